"""What CISA's draft of 2025 asks for: its data fields, and two of its practices.

How often a bill is written, how it is delivered and how it is corrected are practices too,
of which a document says nothing.
"""

from __future__ import annotations

from aiverify.sbom.scoring import digests, licensing, metadata, relations, wholes
from aiverify.sbom.scoring.interface import Standard, cluster

ELEMENTS = (
    *cluster(
        Standard.CISA,
        "Data fields",
        "cisa",
        (
            "author",
            "SBOM author",
            "Who made the document.",
            "metadata.authors, or metadata.manufacturer",
            metadata.author,
        ),
        (
            "producer",
            "Software producer",
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
            "Component version",
            "Which version of each component this is.",
            "version",
            wholes.VERSION,
        ),
        (
            "identifier",
            "Software identifiers",
            "What identifies each component everywhere.",
            "purl, cpe, swhid or omniborId",
            wholes.IDENTIFIER,
        ),
        (
            "hash",
            "Component hash",
            "The hash of each component, or of each of its files, with its algorithm.",
            "hashes: alg and content",
            wholes.of_components(digests.sound, "a sound hash"),
        ),
        (
            "licence",
            "Licence",
            "Under what licence each component is.",
            "licenses",
            wholes.of_wholes(licensing.licence, "a licence"),
        ),
        (
            "dependency-relationship",
            "Dependency relationship",
            "What depends on what, with no reference that leads nowhere.",
            "dependencies, with an entry for each bom-ref",
            relations.dependencies,
        ),
        (
            "tool-name",
            "Tool name",
            "With which tool the document was made.",
            "metadata.tools: name",
            metadata.tool_name,
        ),
        (
            "timestamp",
            "Timestamp",
            "When the document was made.",
            "metadata.timestamp",
            metadata.timestamp,
        ),
        (
            "generation-context",
            "Generation context",
            "At which phase of the life cycle it was made.",
            "metadata.lifecycles: phase",
            metadata.context,
        ),
    ),
    *cluster(
        Standard.CISA,
        "Practices",
        "cisa",
        (
            "coverage",
            "Coverage",
            "Whether all components are listed, those of components included.",
            "compositions: aggregate",
            relations.coverage,
        ),
        (
            "known-unknowns",
            "Known unknowns",
            "What nobody knows, told from what is withheld.",
            "compositions: aggregate",
            relations.unknowns,
        ),
    ),
)
