"""A real Open Policy Agent as the second engine: on this machine, or a server somewhere."""
