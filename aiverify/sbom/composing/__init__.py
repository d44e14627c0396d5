"""Facts to bill of materials, a file a kind of component."""
