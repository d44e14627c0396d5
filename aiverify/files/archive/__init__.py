"""Layers that are archives: decompressed, walked and written out in one pass, in bounded memory."""
