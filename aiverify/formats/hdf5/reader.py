"""The reader of HDF5 files, Keras's weights and older models among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.formats.hdf5 import objects, superblock
from aiverify.formats.hdf5.contents import Contents
from aiverify.formats.hdf5.objects import Kind
from aiverify.formats.hdf5.store import NotFollowed
from aiverify.formats.hdf5.superblock import MAGIC, Superblock
from aiverify.formats.hdf5.walk import Walk
from aiverify.formats.interface import Container, Part, Probe, Source
from aiverify.formats.keras import config as keras_config
from aiverify.formats.keras import facts as keras_facts
from aiverify.formats.tally import summary, tally

EXTENSIONS = (".h5", ".hdf5", ".hdf", ".he5")

BOMB_SIZE, BOMB_RATIO = 1 << 32, 1000
"""What Keras takes for a bomb: datasets so large, and so many times what is stored of them."""

MAX_ZEROS = 16 << 20
"""Padding is looked at up to here."""

MAX_STATED = 200


class Hdf5(Container):
    """An HDF5 file, whose parts are the pickles that some programs keep in one.

    States `superblock` (its version), `groups`, `datasets`, `attributes`, `soft_links` and
    `filters`, tensors by their path and what they come to, and of a Keras model
    `keras_version`, `backend` and what the `keras` reader states of a configuration.
    """

    name = "hdf5"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By the signature, which may stand behind other bytes."""
        return any(probe.head.startswith(MAGIC, place) for place in (0, 512, 1024, 2048))

    def open(self, _probe: Probe, source: Source) -> tuple[Facts, Iterable[Part]]:
        """The statements of all objects that can be reached from the root.

        Raises:
            MalformedError: a structural rule of the format is broken.
        """
        try:
            block = superblock.read(source)
        except NotFollowed as error:
            return Facts(self.name, self.role, unread=str(error)), ()
        contents = Walk(block.store).from_root(block.root)
        try:
            _extension(block, contents)
        except NotFollowed as error:
            contents.unread[str(error)] = None
        for finding in (*_outside(block, source), *_bomb(contents, source.size)):
            contents.found(finding)
        stated = _keras(contents)
        return self._facts(block, contents, stated), contents.parts

    def _facts(self, block: Superblock, contents: Contents, stated: dict[str, Json]) -> Facts:
        values: dict[str, Json] = {
            "superblock": block.version,
            "groups": contents.groups,
            "datasets": len(contents.tensors),
            "attributes": contents.attributes,
            "soft_links": contents.soft_links,
            "filters": sorted(contents.filters),
            **tally(contents.tensors),
            **stated,
        }
        kind = f"{stated['class']}: " if "class" in stated else ""
        return Facts(
            self.name,
            self.role,
            kind + summary(contents.tensors),
            values,
            tuple(contents.tensors),
            findings=tuple(contents.findings),
            unread=next(iter(contents.unread), ""),
        )


class NamedHdf5(Hdf5):
    """The same by extension, so that a truncated file is malformed and not unknown."""

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith(EXTENSIONS)


def _keras(contents: Contents) -> dict[str, Json]:
    """What a Keras model's attributes state; what is wrong with its layers becomes findings."""
    stated: dict[str, Json] = {}
    for name in ("keras_version", "backend"):
        for text in contents.texts.get(name, [])[:1]:
            stated[name] = text[:MAX_STATED]
    for name in ("model_config", "training_config"):
        for text in contents.texts.get(name, []):
            config = keras_config.loads(text, name)
            for finding in keras_config.judge(config, name):
                contents.found(finding)
            # The root comes first, and what it states is the file's.
            stated = {**keras_facts.of(config), **stated}
    return stated


def _extension(block: Superblock, contents: Contents) -> None:
    """What may stand beside the objects: other files, and an image in the objects' place."""
    if block.driver is not None:
        _other_files(contents)
    if block.extension is None:
        return
    for message in objects.messages(block.store, block.extension):
        if message.kind == Kind.DRIVER:
            _other_files(contents)
        if message.kind == Kind.CACHE_IMAGE:
            contents.unread["a cache image, which takes the place of the file's structure"] = None


def _other_files(contents: Contents) -> None:
    message = "its superblock says that it is one of several files"
    contents.found(rules.keras.EXTERNAL.found(message, place="superblock"))


def _outside(block: Superblock, source: Source) -> Iterator[Finding]:
    """Bytes before the superblock and behind the end."""
    spans = ((0, block.base, "before the superblock"), (block.end, source.size, "behind the end"))
    for begin, end, where in spans:
        if begin < end:
            severity = Severity.WARNING if _zeros(source, begin, end) else None
            message = f"{end - begin} bytes {where} belong to no object"
            yield rules.containers.HIDDEN.found(message, place=f"byte {begin}", severity=severity)
    if block.stated_base != block.base:
        message = f"the superblock at byte {block.base} says that it is at {block.stated_base}"
        yield rules.containers.MISMATCH.found(message, severity=Severity.WARNING)


def _zeros(source: Source, begin: int, end: int) -> bool:
    if end - begin > MAX_ZEROS:
        return False
    return not any(source.read_at(begin, end - begin))


def _bomb(contents: Contents, size: int) -> Iterator[Finding]:
    if contents.declared > BOMB_SIZE and contents.declared > BOMB_RATIO * size:
        message = f"{size} bytes whose datasets come to {contents.declared} when they are read"
        yield rules.containers.BOMB.found(message)
