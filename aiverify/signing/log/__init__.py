"""Transparency logs (Rekor v1 and v2): entries, their proofs, and submitting to one."""
