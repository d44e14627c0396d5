"""Statements, envelopes, keys: what they accept, and what an attacker tries on them."""
