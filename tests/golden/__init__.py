"""Outputs that are compared with a file, to the byte."""
