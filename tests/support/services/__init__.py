"""The real services of Sigstore on loopback: issuer, CT log, Fulcio, Rekor v2, timestamps."""
