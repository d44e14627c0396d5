"""Signatures that released tools made, verified on every change."""
