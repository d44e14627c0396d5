"""The profile and its files as a ConfigMap, and where a pod finds them."""

from __future__ import annotations

import base64
import re

from aiverify.core.jsonvalue import Json
from aiverify.core.names import is_visible
from aiverify.webhook.manifests.carried import PROFILE, Carried
from aiverify.webhook.manifests.objects import Document, of_namespace
from aiverify.webhook.manifests.values import Values

NAME = "aiverify-profile"
MOUNTED = "/etc/aiverify/config"
FOLDER = "profile"
"""The directory in the volume. The top of a ConfigMap's volume is of symbolic links, which are
followed for no policy; below it are plain files."""

CLIENT_CA = "aiverify-client-ca"

_MAX_KEY = 200
_UNFIT = re.compile("[^-._a-zA-Z0-9]")


def config_map(values: Values) -> Document:
    """The profile with its files."""
    data: dict[str, Json] = {}
    binary: dict[str, Json] = {}
    for key, content in _entries(values.carried).items():
        text = _as_text(content)
        if text is None:
            binary[key] = base64.b64encode(content).decode()
        else:
            data[key] = text
    members: dict[str, Json] = {"data": data}
    if binary:
        members["binaryData"] = binary
    return of_namespace(values, "v1", "ConfigMap", NAME, **members)


def client_ca(values: Values) -> Document:
    """Who signs the API server's client certificate."""
    return of_namespace(
        values, "v1", "ConfigMap", CLIENT_CA, data={"ca.crt": values.reach.client_ca}
    )


def items(carried: Carried) -> list[Json]:
    """Which entry is which file of the volume."""
    return [{"key": key, "path": f"{FOLDER}/{path}"} for path, key in _keys(carried).items()]


def _entries(carried: Carried) -> dict[str, bytes]:
    contents = {PROFILE: carried.profile, **carried.files}
    return {key: contents[path] for path, key in _keys(carried).items()}


def _keys(carried: Carried) -> dict[str, str]:
    """What each file is called in a ConfigMap, where names have no slashes and few characters."""
    keys = {PROFILE: PROFILE}
    for path in sorted(carried.files):
        key = _UNFIT.sub("_", path.replace("/", "__"))[-_MAX_KEY:].lstrip(".") or "_"
        number, taken = 1, set(keys.values())
        plain = key
        while key in taken:
            number += 1
            key = f"{plain}.{number}"
        keys[path] = key
    return keys


def _as_text(content: bytes) -> str | None:
    """The text that YAML gives back to the byte, or None."""
    try:
        text = content.decode("utf-8")
    except UnicodeError:
        return None
    return text if all(char in "\n\t" or is_visible(char) for char in text) else None
