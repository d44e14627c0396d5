"""Keras's own archive, `.keras`: a configuration, weights in HDF5, and assets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.formats import zip as archive
from aiverify.formats.interface import Container, Part, Probe, Source, TooLarge
from aiverify.formats.keras import config as keras_config
from aiverify.formats.keras import facts as keras_facts
from aiverify.formats.zip import Zip

EXTENSION = ".keras"
CONFIG, METADATA = "config.json", "metadata.json"
WEIGHTS = ("model.weights.h5", "model.weights.npz")
ASSETS = "assets/"
MEMBERS = (CONFIG, METADATA, *WEIGHTS)

MAX_DOCUMENT = 64 << 20
MAX_PART = 256 << 20
MAX_SHOWN = 200
MAX_STATED = 200


class Keras(Container):
    """A Keras 3 model, whose parts are its weights and assets.

    States `keras_version` and `date_saved` of its metadata, and of its configuration `class`,
    `model` (its name), `layers` (how many of each class), `inputs`, `outputs`, `optimizer` and
    `loss`.
    """

    name = "keras"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """An archive, by extension or by the name of its first member."""
        if not probe.head.startswith(archive.MAGICS):
            return False
        size = int.from_bytes(probe.head[26:28], "little")
        first = probe.head[30 : 30 + size].decode("utf-8", "replace")
        return probe.base.endswith(EXTENSION) or first in (METADATA, *WEIGHTS)

    def open(self, _probe: Probe, source: Source) -> tuple[Facts, Iterable[Part]]:
        """The configuration's statements, and what is wrong with it.

        Raises:
            MalformedError: it is no archive, or a document in it is no JSON.
        """
        opened = archive.read(source)
        more = facts(opened)
        return replace(more, findings=opened.findings + more.findings), _parts(opened)


class NamedKeras(Keras):
    """The same by extension, so that a truncated file is malformed and not unknown."""

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith(EXTENSION)


def is_keras(opened: Zip) -> bool:
    """Whether an archive is a Keras model, whatever its name and its first member are."""
    names = {entry.name for entry in opened.entries}
    if not names.isdisjoint(WEIGHTS):
        return True
    return {CONFIG, METADATA} <= names


def facts(opened: Zip) -> Facts:
    """What such an archive says beyond its directory.

    Raises:
        MalformedError: a document in it is no JSON.
    """
    documents = _Documents(opened)
    values = {**documents.metadata(), **documents.config()}
    kind = values.get("class", "an archive")
    return Facts(
        Keras.name,
        Keras.role,
        f"{kind} of Keras {values.get('keras_version', 'of unknown version')}",
        values,
        findings=(*documents.findings, *_members(opened)),
        unread=documents.unread,
    )


class _Documents:
    """The two documents. All members with their names are looked at, if there are more."""

    def __init__(self, opened: Zip) -> None:
        self._opened = opened
        self.findings: list[Finding] = []
        self.unread = ""

    def config(self) -> dict[str, Json]:
        stated: dict[str, Json] = {}
        for document in self._all(CONFIG):
            self.findings += keras_config.judge(document, CONFIG)
            stated.update(keras_facts.of(document))
        return stated

    def metadata(self) -> dict[str, Json]:
        stated: dict[str, Json] = {}
        for document in self._all(METADATA):
            for key in ("keras_version", "date_saved"):
                value = document.get(key) if isinstance(document, dict) else None
                if isinstance(value, str):
                    stated[key] = value[:MAX_STATED]
        return stated

    def _all(self, name: str) -> Iterator[Json]:
        for entry in self._opened.entries:
            if entry.name != name:
                continue
            try:
                source = self._opened.open(entry, MAX_DOCUMENT)
            except TooLarge as error:
                self.unread = f"{name}: {error}"
                continue
            if source.size > MAX_DOCUMENT:
                self.unread = f"{name}: larger than the {MAX_DOCUMENT >> 20} MiB that are parsed"
                continue
            yield keras_config.loads(source.read_at(0, source.size), name)


def _members(opened: Zip) -> Iterator[Finding]:
    """What Keras needs and is not there, and what is there that it does not know."""
    names = [entry.name for entry in opened.entries]
    for needed in ((CONFIG,), WEIGHTS):
        if not set(needed) & set(names):
            yield rules.keras.MEMBER.found(f"the archive has no {needed[0]}")
    for name in names:
        if name not in MEMBERS and not name.startswith(ASSETS):
            shown = printable(name[:MAX_SHOWN])
            yield rules.keras.MEMBER.found(f"Keras knows no member {shown}", place=name)


def _parts(opened: Zip) -> Iterator[Part]:
    for entry in opened.entries:
        if entry.name not in (CONFIG, METADATA) and not entry.is_folder:
            yield Part(entry.name, partial(opened.open, entry, MAX_PART))
