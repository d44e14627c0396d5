"""CNCF ModelPack: the config of a model's bundle, and the layers that are its files."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiverify.core import mediatypes
from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import Description
from aiverify.core.digest import Digest
from aiverify.core.facts import FileFacts
from aiverify.core.jsonvalue import Json, canonical
from aiverify.core.oci import Descriptor
from aiverify.files.tree import Member

_UNITS = ((10**3, "k"), (10**6, "m"), (10**9, "b"), (10**12, "t"))


def config(artifact: Artifact, description: Description, layers: tuple[Descriptor, ...]) -> bytes:
    """The config blob, filled from what the files state (model-spec, config.md)."""
    return canonical(
        {
            "descriptor": _descriptor(artifact, description),
            "config": _model(description),
            "modelfs": {"type": "layers", "diffIds": [str(layer.digest) for layer in layers]},
        }
    )


def layer(member: Member, digest: Digest, facts: FileFacts, kind: Kind, mtime: str) -> Descriptor:
    """The layer that is one file: its digest is the file's digest.

    Owner, times and all permissions but the executable bit are fixed, so that two builds
    of the same files are the same bytes.
    """
    metadata = {
        "name": member.name.rpartition("/")[2],
        "mode": 0o755 if member.executable else 0o644,
        "uid": 0,
        "gid": 0,
        "size": member.extent.size,
        "mtime": mtime,
        "typeflag": ord("0"),
    }
    return Descriptor(
        mediatypes.COMPONENT_FILE
        if kind is Kind.COMPONENT
        else mediatypes.raw_layer(facts.facts.role),
        digest,
        member.extent.size,
        {
            mediatypes.FILEPATH: member.name,
            mediatypes.FILE_METADATA: canonical(metadata).decode(),
            mediatypes.TITLE: member.name,
        },
    )


def magnitude(count: int) -> str:
    """A number of parameters as people say it: `8b`, `22.7m`."""
    if count < 1000:
        return str(count)
    rounded = ((_tenths(count, size), unit) for size, unit in _UNITS)
    tenths, unit = next((pair for pair in rounded if pair[0] < 10_000), (10_000, "t"))
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0") + unit


def _tenths(count: int, size: int) -> int:
    return (count * 10 + size // 2) // size


def _descriptor(artifact: Artifact, description: Description) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "name": artifact.name,
        "version": artifact.version,
        "family": description.family.value if description.family else "",
        "licenses": [licence.value for licence in description.licences],
    }
    return _filled(fields)


def _model(description: Description) -> dict[str, Json]:
    languages = [item.value for item in description.languages]
    capabilities = _filled(
        {"languages": [text for text in languages if re.fullmatch("[a-z]{2}", text)]}
    )
    return _filled(
        {
            "architecture": description.architecture.value if description.architecture else "",
            "format": description.formats[0] if description.formats else "",
            "paramSize": magnitude(description.parameters.value) if description.parameters else "",
            "precision": max(description.dtypes, key=lambda name: description.dtypes[name])
            if description.dtypes
            else "",
            "capabilities": capabilities,
        }
    )


def _filled(fields: Mapping[str, Json]) -> dict[str, Json]:
    """The fields that say something: the schema has no place for an empty one."""
    return {key: value for key, value in fields.items() if value}
