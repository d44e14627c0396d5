"""Registries: an OCI distribution client that believes digests and nothing else."""
