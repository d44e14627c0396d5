"""By what a signer is known: a key, a certificate, or an identity."""
