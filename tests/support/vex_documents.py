"""VEX documents, and a bill that they are about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Bom, Component, Property, Sort
from aiverify.sbom.properties import ROOT_DIGEST
from aiverify.sbom.vex.document import Vex, read_vex
from aiverify.sbom.vex.products import Bill
from aiverify.sbom.vulnerability import Affects, Analysis, Effect, Vulnerability

CVE, OTHER_CVE = "CVE-2025-32434", "CVE-2025-0001"
TORCH, NUMPY = "pkg:pypi/torch@2.5.1", "pkg:pypi/numpy@1.26.0"
ROOT = Digest.of(b"all files")
SERIAL = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"
LINK = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1"


def ref_of(purl: str) -> str:
    """The ref of a library, as bills have it."""
    return f"package:{quote(purl, safe='/:')}"


def library(purl: str) -> Component:
    address, _, version = purl.rpartition("@")
    return Component(ref_of(purl), Sort.LIBRARY, address.rpartition("/")[2], version, purl)


def bom() -> Bom:
    """A model that comes with two libraries."""
    root = Component(
        "artifact:tiny", Sort.MODEL, "tiny", "1.0", properties=(Property(ROOT_DIGEST, str(ROOT)),)
    )
    file = Component("file:m.bin", Sort.FILE, "m.bin", digest=Digest.of(b"m"))
    return Bom(root, (file,), packages=(library(TORCH), library(NUMPY)))


def bill() -> Bill:
    whole = bom()
    return Bill(whole.root, whole.components, frozenset({SERIAL}))


def vulnerability(*purls: str, name: str = CVE) -> Vulnerability:
    """One that affects libraries of the bill."""
    affects = tuple(
        Affects(ref_of(purl), purl.rpartition("@")[2], Effect.AFFECTED) for purl in purls
    )
    return Vulnerability(name, affects, aliases=(f"GHSA-of-{name}",))


def openvex(*statements: Json, **more: Json) -> dict[str, Json]:
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.org/vex/1",
        "author": "Example Ltd.",
        "timestamp": "2025-07-01T00:00:00Z",
        "version": 1,
        "statements": list(statements),
        **more,
    }


def statement(status: str = "not_affected", product: Json = TORCH, **more: Json) -> dict[str, Json]:
    given: dict[str, Json] = {
        "vulnerability": {"name": CVE},
        "products": [{"@id": product} if isinstance(product, str) else product],
        "status": status,
    }
    if status == "not_affected":
        given["justification"] = "vulnerable_code_not_in_execute_path"
    return {**given, **more}


def cyclonedx(*vulnerabilities: Json, **more: Json) -> dict[str, Json]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": "2025-07-01T00:00:00Z"},
        "vulnerabilities": list(vulnerabilities),
        **more,
    }


def analysed(state: str = "not_affected", ref: str = TORCH, **more: Json) -> dict[str, Json]:
    return {
        "id": CVE,
        "analysis": {"state": state, "justification": "code_not_reachable"},
        "affects": [{"ref": ref}],
        **more,
    }


def vex_of(document: Json) -> Vex:
    return read_vex(json.dumps(document).encode(), "a.vex.json")


def applied(
    document: Json, *vulnerabilities: Vulnerability
) -> tuple[tuple[Vulnerability, ...], tuple[str, ...]]:
    """What is left to say of vulnerabilities (one in PyTorch, if none is given)."""
    return vex_of(document).apply(vulnerabilities or (vulnerability(TORCH),), bill())


def analyses(document: Json, *vulnerabilities: Vulnerability) -> Sequence[Analysis | None]:
    return [item.analysis for item in applied(document, *vulnerabilities)[0]]


def states(document: Json, *vulnerabilities: Vulnerability) -> list[str]:
    """The states alone; empty where nothing is said."""
    found = analyses(document, *vulnerabilities)
    return [analysis.state if analysis else "" for analysis in found]
