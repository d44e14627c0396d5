"""The serial number of a bill of materials, which follows from what it says."""

from __future__ import annotations

from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from aiverify.core.digest import Digest
from aiverify.sbom.bom import Bom


def serial_number(root: Digest, bom: Bom | None = None) -> str:
    """A `urn:uuid:` that is the same for the same root digest (RFC 9562, version 5).

    A bill that says more than the artifact's bytes do, such as who wrote it and which
    vulnerabilities were known, has a number of its own.
    """
    said = repr((bom.author, bom.root, bom.bases, bom.datasets, bom.vulnerabilities)) if bom else ""
    more = f"/{sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()}" if said else ""
    return uuid5(NAMESPACE_URL, f"https://aiverify.dev/sbom/{root}{more}").urn
