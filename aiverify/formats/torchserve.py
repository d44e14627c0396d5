"""TorchServe's model archives: a ZIP with a manifest, which names the code that serves it."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core import jsonvalue, rules
from aiverify.core.facts import Facts, Role
from aiverify.core.fields import TEXT, Fields
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.formats.interface import TooLarge
from aiverify.formats.zip import Zip

MANIFEST = "MAR-INF/MANIFEST.json"
MAX_MANIFEST = 1 << 20

SHAPES = dict.fromkeys(("modelName", "modelVersion", "serializedFile", "handler"), TEXT)

BUILT_IN = frozenset({"image_classifier", "image_segmenter", "object_detector", "text_classifier"})
"""Handlers that TorchServe brings itself."""


def is_torchserve(archive: Zip) -> bool:
    """Whether an archive has the manifest."""
    return any(entry.name == MANIFEST for entry in archive.entries)


def facts(archive: Zip) -> Facts:
    """What the manifest says of the model: its name, version, weights and handler.

    Raises:
        MalformedError: the manifest is no JSON object.
    """
    entry = next(entry for entry in archive.entries if entry.name == MANIFEST)
    try:
        source = archive.open(entry, MAX_MANIFEST)
    except TooLarge as error:
        return Facts("torchserve", Role.WEIGHT, unread=f"{MANIFEST}: {error}")
    if source.size > MAX_MANIFEST:
        return Facts("torchserve", Role.WEIGHT, unread=f"{MANIFEST} is {source.size} bytes")
    manifest = jsonvalue.load_object(source.read_at(0, source.size), MANIFEST)
    model = manifest.get("model")
    fields = Fields(model if isinstance(model, dict) else {}, f"{MANIFEST}#/model/")
    values = fields.pick(SHAPES)
    found = tuple(_handler(values.get("handler")))
    return Facts("torchserve", Role.WEIGHT, values=values, findings=found)


def _handler(handler: Json) -> Iterator[Finding]:
    if isinstance(handler, str) and handler not in BUILT_IN:
        message = f"the server runs the handler {printable(handler[:200])} from the archive"
        yield rules.containers.CODE.found(message, place=f"{MANIFEST}#/model/handler")
