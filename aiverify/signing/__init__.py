"""Statements, envelopes, keys: making signatures and checking them."""
