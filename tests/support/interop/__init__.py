"""Who accepts whose signature: every tool signs, every tool verifies, for real."""
