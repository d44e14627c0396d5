"""OSV records, and the files that databases of them are published in."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Component, Sort


def package(ecosystem: str, name: str) -> dict[str, Json]:
    return {"ecosystem": ecosystem, "name": name}


def span(*events: Mapping[str, Json], kind: str = "ECOSYSTEM") -> dict[str, Json]:
    return {"type": kind, "events": list(events)}


def entry(
    name: str,
    *ranges: Mapping[str, Json],
    ecosystem: str = "PyPI",
    versions: Sequence[str] = (),
    **more: Json,
) -> dict[str, Json]:
    return {
        "package": package(ecosystem, name),
        "ranges": list(ranges),
        "versions": list(versions),
        **more,
    }


def record(name: str, *affected: Mapping[str, Json], **more: Json) -> dict[str, Json]:
    return {
        "schema_version": "1.7.0",
        "id": name,
        "modified": "2025-06-01T10:00:00Z",
        "affected": list(affected),
        **more,
    }


INTRODUCED: dict[str, Json] = {"introduced": "0"}

TORCH = record(
    "GHSA-53q9-r3pm-6pq6",
    entry("torch", span(INTRODUCED, {"fixed": "2.6.0"})),
    aliases=["CVE-2025-32434"],
    summary="Loading weights runs code although only weights are asked for",
    details="A file made for it runs code when it is loaded with `weights_only=True`.",
    published="2025-04-18T15:00:00Z",
    modified="2025-05-28T19:00:00Z",
    severity=[
        {
            "type": "CVSS_V4",
            "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        }
    ],
    references=[
        {"type": "ADVISORY", "url": "https://nvd.nist.gov/vuln/detail/CVE-2025-32434"},
        {"type": "PACKAGE", "url": "https://github.com/pytorch/pytorch"},
    ],
    database_specific={"severity": "CRITICAL", "cwe_ids": ["CWE-502"]},
)

TORCH_PYSEC = record(
    "PYSEC-2025-41",
    entry(
        "torch",
        {
            "type": "GIT",
            "repo": "https://github.com/pytorch/pytorch",
            "events": [INTRODUCED, {"fixed": "8d4b8a920a2172523deb95bf20e8e52d50649c04"}],
        },
        span(INTRODUCED, {"fixed": "2.6.0"}),
        versions=["2.5.0", "2.5.1"],
    ),
    aliases=["CVE-2025-32434", "GHSA-53q9-r3pm-6pq6"],
    details="Weights that are loaded may run code.",
)

GO_STDLIB = record(
    "GO-2024-2687",
    entry(
        "stdlib",
        span(
            INTRODUCED,
            {"fixed": "1.21.9"},
            {"introduced": "1.22.0-0"},
            {"fixed": "1.22.2"},
            kind="SEMVER",
        ),
        ecosystem="Go",
    ),
    entry("golang.org/x/net", span(INTRODUCED, {"fixed": "0.23.0"}, kind="SEMVER"), ecosystem="Go"),
    aliases=["CVE-2023-45288", "GHSA-4v7x-pqxf-cx7m"],
    summary="Endless headers keep a server of HTTP/2 busy",
)


def component(purl: str, version: str | None = None, name: str = "") -> Component:
    """A library, called by its purl."""
    address, _, at = purl.partition("?")[0].partition("#")[0].rpartition("@")
    stated = version if version is not None else (at if address else "")
    return Component(f"package:{purl}", Sort.LIBRARY, name or purl, stated, purl)


def zip_of(records: Mapping[str, bytes]) -> bytes:
    """An archive as osv.dev publishes it."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in records.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def encoded(*records: Mapping[str, Json]) -> dict[str, bytes]:
    """Files by name, one for each record."""
    return {f"{item['id']}.json": json.dumps(item).encode() for item in records}


def directory_of(path: Path, *records: Mapping[str, Json]) -> Path:
    """A directory of records."""
    path.mkdir(parents=True, exist_ok=True)
    for name, data in encoded(*records).items():
        (path / name).write_bytes(data)
    return path
