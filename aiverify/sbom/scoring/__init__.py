"""How much of what authorities ask for a CycloneDX document says, element by element."""
