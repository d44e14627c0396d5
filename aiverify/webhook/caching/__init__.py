"""What was found before, and the questions that are under way."""
