"""HDF5 (file format specification 3.0), read in Python alone: what a file names, never its data.

Section numbers in this package are those of the specification.
"""
