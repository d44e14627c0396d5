"""What judging source code takes. None of it is compiled or run."""
