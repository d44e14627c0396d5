"""Files that are two things at once: what one program loads is not what another sees."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core import rules
from aiverify.core.facts import Facts
from aiverify.core.finding import Finding, Severity
from aiverify.formats.interface import Probe, Source
from aiverify.formats.magic import HTML, PICKLE, SCRIPT, TAR, ZIP, Kind, kind_of
from aiverify.formats.pickling import opcodes, packing
from aiverify.formats.pickling.machine import walk

DATA = (
    *(".txt", ".md", ".rst", ".json", ".jsonl", ".csv", ".tsv", ".yaml", ".yml", ".toml"),
    *(".ini", ".cfg", ".xml", ".svg", ".jinja", ".j2"),
    *(".safetensors", ".gguf", ".ggml", ".onnx", ".h5", ".hdf5", ".npy", ".tflite", ".pb"),
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".ico", ".wav", ".flac", ".mp3", ".ogg"),
    *(".parquet", ".arrow", ".feather"),
)
"""Extensions of files that run nothing, and that scanners pass over for it."""

COMMENTS = frozenset({".txt", ".md", ".rst", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".j2"})
"""Texts in which a first line that starts with `#!` may be a heading or a comment."""

MARKED_UP = frozenset({".md", ".rst", ".xml", ".svg", ".jinja", ".j2"})
"""Texts that may begin as a page does."""

RUNS = {
    "pickle": "pickle",
    "joblib": "pickle",
    "torch": "PyTorch checkpoint",
    "elf": "ELF program",
    "pe": "Windows program",
}
"""Formats of ours that run what they say when they are loaded."""

HOLDS_ARCHIVES = frozenset({"tar"})
"""Formats that hold whole files, the last of which may be an archive. We look into them."""

BEGINS_FREELY = frozenset({"safetensors", "tar"})
"""Formats that begin with a length or a name, which can be made to be another format's mark."""

END, END_SIZE, DIRECTORY, LOCATOR_64 = b"PK\x05\x06", 22, b"PK\x01\x02", b"PK\x06\x07"
MAX_COMMENT = 0xFFFF
MAX_MARKS = 64
"""Marks of an archive's end that are followed. No file has as many by chance."""


def findings(probe: Probe, facts: Facts, source: Source) -> Iterator[Finding]:
    """What else a file is, beside the format that it was read as."""
    kind = kind_of(probe.head)
    if probe.base.endswith(DATA):
        yield from _misnamed("." + probe.base.rpartition(".")[2], facts, kind)
    also = _also_from_the_start(probe.head, facts, kind, source)
    if also:
        message = f"read as {facts.format}, it is {also.article} from its first byte on as well"
        yield rules.containers.DISGUISE.found(message, place="byte 0")
    if (kind is ZIP and not also) or facts.format in HOLDS_ARCHIVES:
        return
    position = archive_end(source)
    if position is not None:
        yield _also_archive(facts, kind, position)


def _also_from_the_start(
    head: bytes, facts: Facts, kind: Kind | None, source: Source
) -> Kind | None:
    """What else programs would take a file for that go by its first bytes."""
    if facts.format not in RUNS and _is_pickle(head, source):
        return PICKLE
    if facts.format not in BEGINS_FREELY:
        return None
    if kind is not None and kind not in (TAR, PICKLE) and not kind.opaque:
        return kind
    how, first = packing.of(head)
    return Kind(f"{how.name} stream") if first else None


def _is_pickle(head: bytes, source: Source) -> bool:
    """Whether a file would be unpickled from its first byte on, and call what it imports.

    A `P`, with which ZIP archives start, asks for a persistent object, and fails.
    """
    if not head or head.startswith(b"P") or not opcodes.is_opcode(head[0]):
        return False
    if opcodes.imports_and_calls(head):
        return True
    if len(head) == source.size:
        return False
    program = walk(source)
    return bool(program.unread) or any(item.invoked for item in program.globals)


def archive_end(source: Source) -> int | None:
    """Where a ZIP archive's directory ends in a file, as the laxest programs find it.

    They search for its mark from the end, and take no offence at what follows.
    """
    reach = min(source.size, END_SIZE + MAX_COMMENT)
    tail = source.read_at(source.size - reach, reach)
    at = len(tail)
    for _ in range(MAX_MARKS):
        at = tail.rfind(END, 0, at)
        if at < 0:
            return None
        position, record = source.size - reach + at, tail[at : at + END_SIZE]
        if len(record) == END_SIZE and _ends_archive(source, position, record):
            return position
    # Whoever writes as many hides one that we did not come to.
    return source.size - reach + at


def _ends_archive(source: Source, position: int, record: bytes) -> bool:
    """Whether a directory stands where the record says, by its size or by its offset."""
    size = int.from_bytes(record[12:16], "little")
    offset = int.from_bytes(record[16:20], "little")
    places = ((position - size, DIRECTORY), (offset, DIRECTORY), (position - 20, LOCATOR_64))
    return any(
        0 <= place <= position - 4 and source.read_at(place, 4) == magic for place, magic in places
    )


def _misnamed(extension: str, facts: Facts, kind: Kind | None) -> Iterator[Finding]:
    """A name that promises data, and content that is something else."""
    runs = RUNS.get(facts.format)
    if runs is None and kind is not None and kind.runs:
        runs = "" if kind is SCRIPT and extension in COMMENTS else kind.name
    if runs:
        message = f"named {extension}, this is {Kind(runs).article}"
        yield rules.containers.DISGUISE.found(message)
    elif kind is None or kind.runs or extension in kind.extensions:
        return
    elif not (kind is HTML and extension in MARKED_UP):
        message = f"named {extension}, this is {kind.article}"
        yield rules.containers.DISGUISE.found(message, severity=Severity.WARNING)


def _also_archive(facts: Facts, kind: Kind | None, position: int) -> Finding:
    """Installers append an archive to a program in good faith, and a pickle may hold one."""
    message = f"a ZIP archive stands at its end, read as {facts.format} from its beginning"
    runs = kind is not None and kind.runs
    severity = Severity.WARNING if runs else Severity.ERROR
    return rules.containers.DISGUISE.found(message, place=f"byte {position}", severity=severity)
