"""The CycloneDX document of a bill of materials."""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core.jsonvalue import Json
from aiverify.errors import UsageError
from aiverify.sbom.bom import Bom, Component
from aiverify.sbom.cyclonedx.card import encode_card
from aiverify.sbom.cyclonedx.citations import Encoded, citations
from aiverify.sbom.cyclonedx.component import encode_component
from aiverify.sbom.cyclonedx.graph import compositions, dependencies
from aiverify.sbom.cyclonedx.refs import refs_of, with_distinct_refs
from aiverify.sbom.cyclonedx.sayers import TOOL, author_ref
from aiverify.sbom.cyclonedx.values import given, properties, utf8
from aiverify.sbom.cyclonedx.version import SpecVersion, version_of
from aiverify.sbom.cyclonedx.vulnerability import encode_vulnerability
from aiverify.sbom.cyclonedx.words import PHASES
from aiverify.version import __version__

LINKED = "pkg:golang/"
"""What the purls of packages begin with that are part of the artifact: Go links them in."""


def encode(
    bom: Bom, *, serial: str, timestamp: str | None, spec_version: str = SpecVersion.V1_6
) -> dict[str, Json]:
    """A CycloneDX document; the same one for the same arguments, keys in a fixed order.

    `serial` is a `urn:uuid:`, `timestamp` an RFC 3339 date-time or None for none. Version 1.7
    has citations, which need one. Refs are taken to be percent-encoded.

    Raises:
        UsageError: there is no such version here, or no time for one that needs it.
    """
    version = version_of(spec_version)
    if timestamp is None and version is not SpecVersion.V1_6:
        raise UsageError(
            f"a CycloneDX {version} document needs a time, which its citations carry",
            hint="Give the time, or write version 1.6.",
        )
    bom = with_distinct_refs(bom)
    root = _root(bom, version)
    components = _components(bom, version)
    refs = refs_of(bom.vulnerabilities)
    found = _vulnerabilities(bom, refs, version)
    document: dict[str, Json] = {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version.value,
        "serialNumber": serial,
        "version": 1,
        "metadata": _metadata(bom, root, timestamp, version),
        "components": components,
        "dependencies": dependencies(bom),
        "compositions": compositions(bom, refs),
        **given({"vulnerabilities": found}),
    }
    if timestamp and version is not SpecVersion.V1_6:
        cited = citations(bom, root, components, found, timestamp)
        document.update(given({"citations": cited}))
    return {key: utf8(value) for key, value in document.items()}


def _metadata(bom: Bom, root: Json, timestamp: str | None, version: SpecVersion) -> Json:
    author = author_ref(bom) if version is not SpecVersion.V1_6 else ""
    return given(
        {
            "timestamp": timestamp,
            "lifecycles": [{"phase" if bom.phase in PHASES else "name": bom.phase}],
            "tools": {"components": [_tool(version)]},
            "authors": bom.author and [given({"bom-ref": author, "name": bom.author})],
            "component": root,
            "properties": properties(bom.properties),
        }
    )


def _tool(version: SpecVersion) -> Json:
    """This program."""
    ref = TOOL if version is not SpecVersion.V1_6 else ""
    return given(
        {"type": "application", "bom-ref": ref, "name": "aiverify", "version": __version__}
    )


def _root(bom: Bom, version: SpecVersion) -> dict[str, Json]:
    root = encode_component(bom.root, version)
    if bom.ancestors:
        ancestors = [encode_component(ancestor, version) for ancestor in bom.ancestors]
        root["pedigree"] = {"ancestors": ancestors}
    if bom.card:
        root["modelCard"] = encode_card(bom.card, bom.datasets)
    return root


def _components(bom: Bom, version: SpecVersion) -> list[Encoded]:
    inside = len(bom.files) + len(bom.parts)
    return [
        encode_component(item, version, external=index >= inside and not _linked(item))
        for index, item in enumerate(bom.components)
    ]


def _linked(component: Component) -> bool:
    return component.purl.startswith(LINKED)


def _vulnerabilities(bom: Bom, refs: Sequence[str], version: SpecVersion) -> list[Encoded]:
    names = {component.ref: component.name for component in (bom.root, *bom.components)}
    return [
        encode_vulnerability(item, ref, names, version)
        for item, ref in zip(bom.vulnerabilities, refs, strict=True)
    ]
