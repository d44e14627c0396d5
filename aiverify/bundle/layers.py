"""Layers: what a descriptor says of the file that it is."""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core import mediatypes
from aiverify.core.jsonvalue import load_object
from aiverify.core.layers import NAME_KEYS, LayerForm, layer_form, unnamed
from aiverify.core.names import printable
from aiverify.core.oci import Descriptor
from aiverify.errors import MalformedError, UnsafeNameError

ENDINGS = {LayerForm.TAR: ".tar", LayerForm.TAR_GZIP: ".tar.gz", LayerForm.TAR_ZSTD: ".tar.zst"}
"""What an archive's name ends in, so that it is not taken for the directory that it holds."""

MAX_MULTIPLE = 10
"""How often over a bundle may hold its bytes: some models do hold a file twice."""

MULTIPLE_ALLOWED = 256 << 20
"""Bytes that repeated layers may come to in any bundle."""


def file_name(layer: Descriptor, shown: str, at: int = 1, of: int = 1) -> str:
    """The name of the file that a layer is; an archive is a file that says so.

    Where its maker named none it is called as his tool calls it, the `at`th `of` so many of its
    type.

    Raises:
        MalformedError: it has none, or two, or nobody can tell what the layer is.
        UnsafeNameError: it lies in `.git/`.
    """
    form = form_of(layer, shown)
    found = list(dict.fromkeys(filter(None, (layer.annotations.get(key) for key in NAME_KEYS))))
    if len(found) > 1:
        raise MalformedError(
            f"{shown}: the layer {layer.digest} is {printable(found[0])} to some tools and "
            f"{printable(found[1])} to others"
        )
    name = found[0] if found else unnamed(layer.media_type, at, of)
    if form.is_archive:
        return f"{name.rstrip('/') or layer.digest.hex}{ENDINGS[form]}"
    if not name:
        raise MalformedError(f"{shown}: the layer {layer.digest} has no file name")
    if name.casefold().startswith(".git/"):
        raise UnsafeNameError(f"{shown} holds {printable(name)}; git runs what such a file says")
    return name


def form_of(layer: Descriptor, shown: str) -> LayerForm:
    """What a layer is: a file, or an archive of files.

    Raises:
        MalformedError: its type is none that is known.
    """
    form = layer_form(layer.media_type, layer.annotations)
    if form is None:
        name = next(filter(None, (layer.annotations.get(key) for key in NAME_KEYS)), "")
        raise MalformedError(
            f"{shown}: the layer {printable(name or str(layer.digest))} is "
            f"{printable(layer.media_type) or 'of no type'}, of which nobody here knows what it is",
            hint="Pack the model with raw layers, one a file.",
        )
    return form


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
