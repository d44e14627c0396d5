"""One script a scanner, run by the interpreter of its own environment. They share no code."""
