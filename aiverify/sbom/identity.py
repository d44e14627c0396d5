"""The serial number of a bill of materials, which follows from what it describes."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from aiverify.core.digest import Digest


def serial_number(root: Digest) -> str:
    """A `urn:uuid:` that is the same for the same root digest (RFC 9562, version 5)."""
    return uuid5(NAMESPACE_URL, f"https://aiverify.dev/sbom/{root}").urn
