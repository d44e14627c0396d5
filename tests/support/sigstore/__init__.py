"""A Sigstore of the test suite's own, on loopback: issuer, authority, logs and clock."""
