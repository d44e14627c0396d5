"""Bundles: built, read, added to, unpacked, and forged."""
