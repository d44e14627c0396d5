"""NumPy's arrays as files, a file for each of their parts."""
