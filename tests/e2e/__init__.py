"""Tests against the real programs of others, which `.ci/go-tools` builds."""
