"""hayward, in a process of its own."""
