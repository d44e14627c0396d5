"""ZIP archives (APPNOTE 6.3.10), a file for each of their parts."""
