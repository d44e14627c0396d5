"""Known vulnerabilities of components, from OSV records at hand (OSV schema 1.7)."""
