"""Facts to bill of materials, and the bill of materials to CycloneDX."""
