"""Protocol Buffers by their wire format, without a schema."""
