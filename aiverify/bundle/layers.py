"""Layers: what a descriptor says of the file that it is."""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core import mediatypes
from aiverify.core.jsonvalue import load_object
from aiverify.core.names import printable
from aiverify.core.oci import Descriptor
from aiverify.errors import MalformedError, UnsafeNameError

MAX_MULTIPLE = 10
"""How often over a bundle may hold its bytes: some models do hold a file twice."""

MULTIPLE_ALLOWED = 256 << 20
"""Bytes that repeated layers may come to in any bundle."""


def file_name(layer: Descriptor, shown: str) -> str:
    """The name of the file that a layer is.

    Raises:
        MalformedError: it has none, or two.
        UnsafeNameError: it lies in `.git/`.
    """
    stated = (layer.annotations.get(key, "") for key in (mediatypes.FILEPATH, mediatypes.TITLE))
    found = list(dict.fromkeys(name for name in stated if name))
    if not found:
        raise MalformedError(f"{shown}: the layer {layer.digest} has no file name")
    name = found[0]
    if len(found) > 1:
        raise MalformedError(
            f"{shown}: the layer {layer.digest} is {printable(name)} to some tools and "
            f"{printable(found[1])} to others"
        )
    if name.casefold().startswith(".git/"):
        raise UnsafeNameError(f"{shown} holds {printable(name)}; git runs what such a file says")
    return name


def refuse_multiplied(layers: Sequence[Descriptor], shown: str) -> None:
    """A small bundle whose layers repeat one blob would fill the disk it is unpacked to.

    Raises:
        MalformedError: it would unpack to many times its size.
    """
    total = sum(layer.size for layer in layers)
    distinct = sum({layer.digest: layer.size for layer in layers}.values())
    if total > MAX_MULTIPLE * distinct + MULTIPLE_ALLOWED:
        raise MalformedError(f"{shown} holds {distinct} bytes and would unpack to {total}")


def is_executable(layer: Descriptor, shown: str) -> bool:
    """Whether the bundle's maker says that the file may be run. Nobody signs that."""
    text = layer.annotations.get(mediatypes.FILE_METADATA)
    if text is None:
        return False
    mode = load_object(text, f"{shown}: the metadata of a layer").get("mode")
    return isinstance(mode, int) and bool(mode & 0o100)
