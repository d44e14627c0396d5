"""Pickles, read as the programs that they are and never run."""
