"""What a user asks for, one file an operation: each opens, composes, and writes."""
