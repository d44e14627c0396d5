"""Credentials: where docker and podman keep them, and the helpers that keep them better."""

from __future__ import annotations

from aiverify.registry.credentials.finding import find as find
from aiverify.registry.credentials.finding import found_for as found_for
