"""Admission through a real API server, measured."""
