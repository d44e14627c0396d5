"""Looking into an artifact's files: each goes to the first reader that recognises it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from time import process_time

from aiverify.core.external import settle
from aiverify.core.facts import Facts, FileFacts, Role
from aiverify.core.fields import Fields
from aiverify.core.finding import Finding, Severity, denies
from aiverify.core.globals import Allowlist, judge
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.files.tree import Member
from aiverify.formats import disguise
from aiverify.formats.complaint import complaint
from aiverify.formats.interface import Container, Part, Probe, Source, TooLarge
from aiverify.formats.pickling import allowlist
from aiverify.formats.readers import READERS
from aiverify.formats.roles import role_of
from aiverify.formats.second_opinion import prepare, second_opinion
from aiverify.formats.sources import Memory
from aiverify.formats.tally import tally
from aiverify.formats.text import is_text

HEAD = 4096
"""Bytes that readers recognise a file by."""

MAX_DEPTH = 3
"""Files within files within files."""

MAX_PARTS = 10_000
"""Parts of one file that are looked into, at every depth together."""

MAX_UNPACKED = 512 << 20
"""Bytes that are unpacked of one file, one part in memory at a time."""

MAX_SECONDS = 20.0
"""Of the processor's time, after which no further part of a file is looked into: a few
kilobytes may hold thousands of documents, each of which takes a second."""

MAX_FINDINGS = 1000
"""Findings of one file that are kept, the weightiest of them."""

MAX_SHOWN = 200
"""Characters of a part's name that a message repeats."""

MAX_OPCODES = 4_000_000
"""Opcodes of pickles that are followed in the parts of one file, together."""

NOTHING = Allowlist()


def look(member: Member, allowed: Allowlist = NOTHING) -> FileFacts:
    """The facts of one file. A file that breaks its format's rules is a finding, not an error.

    `allowed` are globals that a pickle may import beyond those that are known to be harmless.

    Raises:
        InputError: it cannot be read.
        ChangedError: it changed since it was listed.
    """
    with member.extent.open() as source:
        facts = _Look().into(member.name, source)
        found = (*facts.findings, *_judged(facts, allowed))
        if not denies(found):
            # What is refused already needs nobody's second opinion.
            found += tuple(second_opinion(member, facts, source))
    unique = dict.fromkeys(finding.of_file(member.name) for finding in found)
    kept = tuple(_weightiest(list(unique)))
    return FileFacts(member.name, member.extent.size, replace(facts, findings=kept))


def look_at_all(members: Iterable[Member], allowed: Allowlist = NOTHING) -> tuple[FileFacts, ...]:
    """The facts of an artifact's files, in their order.

    Bytes that only another file explains, such as an ONNX graph's weights, are held against
    what that file says of them.

    Raises:
        InputError: one cannot be read, or changed since it was listed.
    """
    listed = tuple(members)
    prepare(member.name for member in listed)
    return settle(tuple(look(member, allowed) for member in listed))


def look_inside(name: str, source: Source, allowed: Allowlist = NOTHING) -> Facts:
    """The same by our own readers alone, for bytes that are no file of an artifact."""
    facts = _Look().into(name, source)
    return replace(facts, findings=(*facts.findings, *_judged(facts, allowed)))


def _judged(facts: Facts, allowed: Allowlist) -> Iterator[Finding]:
    return judge(facts.globals, allowlist.harmless() | allowed, allowlist.dangerous())


class _Look:
    """One look into a file and the files within it, with a budget for all of them."""

    def __init__(self) -> None:
        self._parts = 0
        self._unpacked = 0
        self._opcodes = 0
        self._began = process_time()

    def into(self, name: str, source: Source, depth: int = 0) -> Facts:
        """The facts of a file or part, by the first reader that recognises it."""
        head = source.read_at(0, min(HEAD, source.size))
        probe = Probe(name, source.size, head)
        facts = self._read(probe, source, depth)
        found = tuple(disguise.findings(probe, facts, source))
        return replace(facts, findings=facts.findings + found) if found else facts

    def _read(self, probe: Probe, source: Source, depth: int) -> Facts:
        reader = next((reader for reader in READERS if reader.recognises(probe)), None)
        if reader is None:
            return _unknown(probe)
        try:
            if isinstance(reader, Container):
                facts, parts = reader.open(probe, source)
                return _joined(facts, [self._part(part, depth + 1) for part in parts])
            return reader.read(probe, source)
        except MalformedError as error:
            found = (complaint(probe, error.message),)
            return Facts(reader.name, reader.role, "malformed", findings=found)

    def _part(self, part: Part, depth: int) -> tuple[str, Facts]:
        refusal = self._refusal(depth)
        if refusal:
            return part.name, _shut(refusal)
        try:
            source = part.open()
            self._unpacked += source.size if isinstance(source, Memory) else 0
            facts = self.into(part.name, source, depth)
        except TooLarge as error:
            facts = _shut(str(error))
        except MalformedError as error:
            found = (complaint(Probe(part.name, 0, b""), error.message),)
            facts = Facts("unknown", Role.WEIGHT, "malformed", findings=found)
        self._opcodes += Fields(facts.values, "").integer("opcodes") or 0
        return part.name, facts

    def _refusal(self, depth: int) -> str:
        """Why no further part is looked into, or nothing."""
        self._parts += 1
        spent = {
            f"more than {MAX_DEPTH} files deep": depth > MAX_DEPTH,
            f"beyond the first {MAX_PARTS} parts": self._parts > MAX_PARTS,
            f"beyond the first {MAX_UNPACKED >> 20} MiB unpacked": self._unpacked > MAX_UNPACKED,
            f"beyond the first {MAX_OPCODES} opcodes": self._opcodes > MAX_OPCODES,
            "beyond the time that one file is given": process_time() - self._began > MAX_SECONDS,
        }
        return next((reason for reason, is_spent in spent.items() if is_spent), "")


def _joined(facts: Facts, parts: Sequence[tuple[str, Facts]]) -> Facts:
    """A container's facts, with what its parts say; places name the part."""
    tensors = facts.tensors + tuple(item for _, part in parts for item in part.tensors)
    shut = [(name, part.unread) for name, part in parts if part.unread]
    unread = facts.unread
    if shut and not unread:
        name, reason = shut[0]
        shown = printable(name[:MAX_SHOWN])
        unread = f"{len(shut)} of its parts not looked into; {shown}: {reason}"
    return replace(
        facts,
        values={**facts.values, **(tally(tensors) if tensors else {})},
        tensors=tensors,
        globals=facts.globals
        + tuple(
            replace(item, place=f"{name}, {item.place}")
            for name, part in parts
            for item in part.globals
        ),
        findings=facts.findings
        + tuple(_inside(name, item) for name, part in parts for item in part.findings),
        unread=unread,
    )


def _weightiest(findings: list[Finding]) -> list[Finding]:
    """The findings in their order; of too many, those that weigh most."""
    if len(findings) <= MAX_FINDINGS:
        return findings
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))[:MAX_FINDINGS]


def _inside(part: str, finding: Finding) -> Finding:
    """A finding about a part, said of the file that holds it."""
    shown = printable(part[:MAX_SHOWN])
    message = finding.message if shown in finding.message else f"{shown}: {finding.message}"
    place = f"{part}, {finding.place}" if finding.place else part
    return replace(finding, message=message, file="", place=place)


def _shut(reason: str) -> Facts:
    return Facts("unknown", Role.WEIGHT, unread=reason)


def _unknown(probe: Probe) -> Facts:
    role = role_of(probe, binary=not is_text(probe.head))
    return Facts("unknown", role, unread="no reader knows this content")
