"""GGUF: metadata, tensors, and where they lie."""
