"""The data fields of NTIA's minimum elements of 2021."""

from __future__ import annotations

from aiverify.sbom.scoring import metadata, relations, wholes
from aiverify.sbom.scoring.interface import Standard, cluster

ELEMENTS = cluster(
    Standard.NTIA,
    "Data fields",
    "ntia",
    (
        "supplier",
        "Supplier name",
        "Who made or supplies each component.",
        "supplier, manufacturer or authors",
        wholes.PRODUCER,
    ),
    (
        "name",
        "Component name",
        "What each component is called.",
        "name",
        wholes.NAME,
    ),
    (
        "version",
        "Version of the component",
        "Which version of each component this is.",
        "version",
        wholes.VERSION,
    ),
    (
        "identifier",
        "Other unique identifiers",
        "What identifies each component everywhere.",
        "purl, cpe or swid",
        wholes.IDENTIFIER,
    ),
    (
        "dependency-relationship",
        "Dependency relationship",
        "What depends on what, with no reference that leads nowhere.",
        "dependencies, with an entry for each bom-ref",
        relations.dependencies,
    ),
    (
        "author",
        "Author of SBOM data",
        "Who made the document.",
        "metadata.authors, or metadata.manufacturer",
        metadata.author,
    ),
    (
        "timestamp",
        "Timestamp",
        "When the document was made.",
        "metadata.timestamp",
        metadata.timestamp,
    ),
)
