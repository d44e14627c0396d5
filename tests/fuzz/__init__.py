"""Fuzzing by coverage, by hand. What it finds becomes a sample of `tests/corpus`."""
