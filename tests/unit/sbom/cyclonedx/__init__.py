"""The bill of materials as CycloneDX."""
