"""Checkpoints: a log's signed word on its size and root hash.

C2SP signed-note and tlog-checkpoint; Rekor v1 adds a tree's number to the origin.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from aiverify.core.names import printable
from aiverify.errors import DeniedError, MalformedError
from aiverify.signing.log import keys
from aiverify.signing.log.entry import HASH_SIZE, MAX_CHECKPOINT
from aiverify.signing.protojson import MAX_INT64
from aiverify.signing.trusted_root import TransparencyLog

MAX_SIGNATURES = 100
"""Signatures that a note may have: the log's own, and those of its witnesses."""

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_SIGNATURE = re.compile("\u2014 ([^\\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile("[\0-\x09\x0b-\x1f]")
_TREE = re.compile(" - [0-9]+")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature of a note: who is said to have made it, with which key."""

    name: str
    hint: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint of which nothing has been verified. `text` is what is signed."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: tuple[NoteSignature, ...]

    @property
    def name(self) -> str:
        """The log's name: the origin, without the number of the tree that Rekor v1 adds."""
        return _TREE.sub("", self.origin) if _TREE.search(self.origin) else self.origin


def parse(note: str) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        MalformedError: it is not a signed note of a tree head, or too long.
    """
    if len(note) > MAX_CHECKPOINT or _CONTROL.search(note):
        raise MalformedError("the log's checkpoint is too long or holds control characters")
    text, blank, block = note.partition("\n\n")
    lines = text.split("\n")
    if not blank or "\n\n" in block or not block.endswith("\n") or len(lines) < 3:
        raise MalformedError("the log's checkpoint is not a signed note of a tree head")
    origin, size, root = lines[:3]
    if not origin or not _SIZE.fullmatch(size) or int(size) > MAX_INT64:
        raise MalformedError("the log's checkpoint has no origin or tree size")
    return Checkpoint(
        origin,
        int(size),
        _decoded(root, HASH_SIZE, HASH_SIZE),
        f"{text}\n".encode(),
        _signatures(block[:-1].split("\n")),
    )


def verify(checkpoint: Checkpoint, log: TransparencyLog) -> None:
    """Check that a log signed a checkpoint. What witnesses signed besides is passed over.

    Raises:
        DeniedError: it did not.
    """
    own = keys.hints(log, checkpoint.name)
    made = [
        item for item in checkpoint.signatures if item.name == checkpoint.name and item.hint in own
    ]
    if not made:
        shown = printable(checkpoint.origin[:100])
        raise DeniedError(f"its checkpoint of {shown} is not signed by the log's key")
    if not all(keys.is_signed_by(log, item.signature, checkpoint.text) for item in made):
        raise DeniedError("its checkpoint's signature by the log does not hold")


def _signatures(lines: list[str]) -> tuple[NoteSignature, ...]:
    if len(lines) > MAX_SIGNATURES:
        raise MalformedError(f"the log's checkpoint has more than {MAX_SIGNATURES} signatures")
    found = [_SIGNATURE.fullmatch(line) for line in lines]
    made = []
    for match in found:
        if match is None:
            raise MalformedError("the log's checkpoint has a signature that is not one")
        data = _decoded(match[2], 5, MAX_CHECKPOINT)
        made.append(NoteSignature(match[1], data[:4], data[4:]))
    return tuple(made)


def _decoded(text: str, least: int, most: int) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedError("the log's checkpoint holds text that is not base64") from error
    if base64.b64encode(data).decode() != text or not least <= len(data) <= most:
        raise MalformedError("the log's checkpoint holds base64 of another form or length")
    return data
