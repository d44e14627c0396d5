"""What a configuration has its loader do."""
