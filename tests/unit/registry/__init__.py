"""The registry client: who it is, what it sends and what it believes, and what is tried on it."""
