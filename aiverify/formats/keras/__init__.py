"""Keras models, and what their configuration would run."""
