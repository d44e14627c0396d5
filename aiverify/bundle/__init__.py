"""Artifact directory to bundle and back: OCI image layout, CNCF ModelPack."""
