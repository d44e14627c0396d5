"""What holds for every input, not only for the ones we thought of."""
