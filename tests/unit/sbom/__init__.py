"""Bills of materials, from facts to CycloneDX and back to the bytes."""
