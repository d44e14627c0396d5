"""Setting known vulnerabilities, and what somebody says of them, into a bill of materials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from aiverify.core.digest import Digest
from aiverify.core.names import printable
from aiverify.errors import UsageError
from aiverify.files.extent import Extent
from aiverify.sbom.advisories.database import open_database
from aiverify.sbom.bom import Bom, Property
from aiverify.sbom.identity import serial_number
from aiverify.sbom.properties import ROOT_DIGEST
from aiverify.sbom.vex.document import MAX_SIZE, Vex, combined, read_vex
from aiverify.sbom.vex.products import Bill


def with_advisories(bom: Bom, osv: Path | None, vex: Sequence[Path]) -> tuple[Bom, tuple[str, ...]]:
    """A bill with the vulnerabilities that a database knows of its components, and warnings.

    `osv` is a directory of OSV records or their archive, `vex` are files that say which of the
    vulnerabilities matter. They annotate, and take none away.

    Raises:
        InputError: the database or a VEX file cannot be read.
        MalformedError: one of them is not what it should be.
        UsageError: there is VEX, and no database.
    """
    if osv is None:
        raise UsageError(
            "--vex says which of the known vulnerabilities matter, and without --osv none is known",
            hint="Name a database of OSV records with --osv.",
        )
    documents = [_read(path) for path in vex]
    found = open_database(osv).match((bom.root, *bom.components))
    known = replace(
        bom,
        vulnerabilities=found.vulnerabilities,
        properties=(*bom.properties, *found.state.properties),
    )
    bill = Bill(bom.root, bom.components, _serials(bom, known))
    statements = combined(document for document, _ in documents)
    vulnerabilities, warnings = statements.apply(found.vulnerabilities, bill)
    applied = replace(
        known,
        vulnerabilities=vulnerabilities,
        properties=(*known.properties, *(told for _, told in documents)),
    )
    return applied, (*found.warnings, *warnings)


def _read(path: Path) -> tuple[Vex, Property]:
    """A VEX file, and what the bill says of it: its digest and name, as `sha256sum` does."""
    data = Extent.of_named(path).read(MAX_SIZE)
    told = f"{Digest.of(data)} {printable(path.name)}"
    return read_vex(data, path.name), Property("aiverify:vex:document", told)


def _serials(*boms: Bom) -> frozenset[str]:
    """The numbers of the bills to which VEX may have linked: before there was any."""
    digests = [
        Digest.parse(item.value) for item in boms[0].root.properties if item.name == ROOT_DIGEST
    ]
    return frozenset(serial_number(digest, bom) for digest in digests for bom in (None, *boms))
