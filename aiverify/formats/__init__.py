"""Readers of file formats: header-only, bounded, one file a format."""
