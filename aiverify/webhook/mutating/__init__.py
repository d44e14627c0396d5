"""The mutating side: an init container that verifies what only a node can read."""
