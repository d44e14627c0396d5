"""Real registries on loopback, who may use them, and what is told to their clients."""
