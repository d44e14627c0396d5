"""hayward's opinion of a file, beside our own: it knows many attacks by name.

Only this file and the two that run it know of hayward, so that it can be replaced.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from aiverify.core import rules
from aiverify.core.facts import Facts
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.files.tree import Member
from aiverify.formats.interface import Source

FORMATS = frozenset(
    {
        "hdf5",
        "joblib",
        "keras",
        "npy",
        "npz",
        "numpy",
        "onnx",
        "pickle",
        "savedmodel",
        "skops",
        "tar",
        "tensorflow",
        "tflite",
        "torch",
        "torchscript",
        "unknown",
        "zip",
    }
)
"""Formats of ours of which it may know more. The others are read strictly, to the last byte."""

EXTENSIONS = (".pmml", ".nemo", ".mar", ".skops", ".tflite")
"""Files that it knows by name, whatever we take them for."""

ASKED = (
    ".bin",
    ".ckpt",
    ".h5",
    ".hdf5",
    ".joblib",
    ".keras",
    ".npy",
    ".npz",
    ".onnx",
    ".pb",
    ".pickle",
    ".pkl",
    ".pt",
    ".pth",
    *EXTENSIONS,
)
"""How files end of which it is nearly always asked."""

NEVER = (".7z",)
"""It would call another program for these."""

MAX_BYTES = 64 << 20
"""It holds a file in memory as a whole."""

CHUNK = 1 << 20

SEVERITIES = {
    "critical": Severity.ERROR,
    "high": Severity.ERROR,
    "medium": Severity.WARNING,
}
"""By hayward's own. What it merely does not know is left to our lists."""

EMBEDDED = "MFV-EXEC-001"
"""A program in a file. In an archive it is a file, which a reader of ours judges."""


def second_opinion(member: Member, facts: Facts, source: Source) -> Iterator[Finding]:
    """What hayward finds in a file of a kind that it knows.

    Of a pickle whose every import is on our lists or the profile's, it can only remark: the
    lists are what decides.
    """
    if not _concerns(member.name.lower(), facts, source):
        return
    # Imported here: most runs ask nothing, and need no processes.
    from aiverify.formats.hayward.process import NoAnswerError, ask

    try:
        with tempfile.TemporaryDirectory(prefix="aiverify-") as folder:
            copy = Path(folder) / plain_name(member.name)
            _write(source, copy)
            answers = ask(copy)
    except (NoAnswerError, OSError) as error:
        reason = printable(str(error)[:200])
        yield rules.scanners.FAILED.found(f"hayward gave no opinion: {reason}")
        return
    for answer in answers:
        yield from _finding(answer, Severity.WARNING if facts.globals else Severity.ERROR)


def prepare(names: Iterable[str]) -> None:
    """Have it start meanwhile, if files are there of which it will be asked."""
    if any(name.lower().endswith(ASKED) for name in names):
        from aiverify.formats.hayward.process import start

        start()


def plain_name(name: str) -> str:
    """A file's name that is a name on every system, and ends as the given one does."""
    base = re.sub(r"[^A-Za-z0-9._-]", "_", name.rpartition("/")[2])
    return base[-100:].lstrip(".-") or "file"


def _concerns(name: str, facts: Facts, source: Source) -> bool:
    if not 0 < source.size <= MAX_BYTES or name.endswith(NEVER):
        return False
    return facts.format in FORMATS or name.endswith(EXTENSIONS)


def _write(source: Source, copy: Path) -> None:
    """The very bytes that we looked into; the folder is nobody else's."""
    with copy.open("xb") as file:
        for position in range(0, source.size, CHUNK):
            file.write(source.read_at(position, min(CHUNK, source.size - position)))


def _finding(answer: Json, most: Severity) -> Iterator[Finding]:
    if not isinstance(answer, dict):
        return
    severity = SEVERITIES.get(str(answer.get("severity")))
    if severity is None:
        return
    severity = most if severity is Severity.ERROR else severity
    rule, member = str(answer.get("rule")), str(answer.get("member"))
    if rule == EMBEDDED and member:
        severity = Severity.WARNING
    message = printable(f"hayward: {answer.get('message')} [{rule}]")
    numbers = answer.get("cwe")
    cwe = f"CWE-{numbers[0]}" if isinstance(numbers, list) and numbers else ""
    known = rules.scanners.HAYWARD
    yield Finding(known.id, severity, message, place=member, fix=known.fix, cwe=cwe or known.cwe)
