"""What judging a chat template takes."""
