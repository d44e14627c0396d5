"""A profile in one text: written where the webhook is, and read on the node.

The container has it in its own specification. A ConfigMap beside the pod would belong to whoever
made the pod, and so would the trust in it.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aiverify.core import names
from aiverify.core.jsonvalue import Json, canonical, load_object
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UsageError

MAX_CARRIED = 100 << 10
"""Bytes of a profile with its files: Linux takes 128 KiB in one variable."""

_PROFILE = "aiverify.yaml"


def bundled(profile: Path) -> str:
    """A profile and all that it names, in one text that needs nothing beside it.

    What it says of admission is left out: a container on a node admits nobody.

    Raises:
        InputError: a file cannot be read.
        MalformedError: the profile is broken.
        UsageError: it names what cannot be carried, or is too large with what it names.
    """
    from aiverify.core import yamlvalue
    from aiverify.verify.profile import read_profile
    from aiverify.webhook.manifests.carried import carry

    found = carry(profile, summaries=True)
    members = dict(yamlvalue.parse(found.profile.decode("utf-8-sig"), "the profile"))
    left_out = _summaries(members.pop("admission", None))
    files = {
        name: base64.b64encode(data).decode()
        for name, data in found.files.items()
        if not any(name == path or name.startswith(f"{path}/") for path in left_out)
    }
    text = canonical({"files": files, "profile": members}).decode()
    size = len(text.encode())
    if size > MAX_CARRIED:
        raise UsageError(
            f"{printable(str(profile))} and its files have {size} bytes; a container can carry "
            f"{MAX_CARRIED}",
            hint="Push policies to a registry, and name them oci://...@sha256:...",
        )
    with tempfile.TemporaryDirectory() as folder:
        read_profile(unpacked(text, Path(folder)))
    return text


def unpacked(text: str, directory: Path) -> Path:
    """Write a profile and its files into a directory, and say where the profile is.

    Raises:
        MalformedError: it is not what `bundled` makes.
        UnsafeNameError: a name leads out of the directory.
    """
    found = load_object(text, "the carried profile")
    files, profile = found.get("files"), found.get("profile")
    if not isinstance(files, Mapping) or not isinstance(profile, Mapping):
        raise MalformedError("the carried profile lacks its files or the profile itself")
    for name, data in files.items():
        place = directory / names.check(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_decoded(data))
    place = directory / _PROFILE
    place.write_bytes(canonical(profile))
    return place


def _decoded(data: Json) -> bytes:
    try:
        return base64.b64decode(data if isinstance(data, str) else "-", validate=True)
    except ValueError as error:
        raise MalformedError("a file of the carried profile is not in base64") from error


def _summaries(admission: Json) -> tuple[str, ...]:
    listed = admission.get("summaries") if isinstance(admission, Mapping) else None
    found = listed if isinstance(listed, list) else []
    return tuple(item.rstrip("/") for item in found if isinstance(item, str))
