"""The Kubernetes API server: asking it, keeping certificates there, and watching profiles."""
