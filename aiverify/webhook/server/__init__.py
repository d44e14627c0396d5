"""The server: TLS, HTTP/1.1 within bounds, reviews, probes and metrics."""
