"""Rego: the engine, the policy document, and the shipped rules."""
