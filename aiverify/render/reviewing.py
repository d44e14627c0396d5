"""What a cluster would say of objects, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json, pretty
from aiverify.core.names import printable
from aiverify.core.words import counted
from aiverify.render.github import COMMANDS, DATA, PROPERTY
from aiverify.render.page import Style, columns, heading, page
from aiverify.render.table import finding_rows

if TYPE_CHECKING:
    from rich.console import RenderableType

API_VERSION = "aiverify.dev/review/v1"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in an object: where it stands, what was judged, and what was found about it."""

    uri: str
    where: str
    verdict: str
    digest: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An object, and what would be answered.

    `verdict` is `allow`, `deny`, or `error` where it is refused for want of an answer; `message`
    is what the person sees who is refused; `source` the file that it is from.
    """

    source: str
    kind: str
    namespace: str
    name: str
    verdict: str
    code: int
    message: str
    warnings: tuple[str, ...]
    references: tuple[Reference, ...]
    note: str = ""

    @property
    def shown(self) -> str:
        """The object as people name it."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else self.title

    @property
    def title(self) -> str:
        """The object without its namespace."""
        return f"{self.kind} {self.name}"


def exit_code(reviewed: Sequence[Reviewed]) -> int:
    """0 if all are admitted, 10 if one is refused, 11 if nobody could decide, 1 if we failed."""
    verdicts = {item.verdict for item in reviewed}
    if "deny" in verdicts:
        return 10
    if any(item.verdict == "error" and item.code == 500 for item in reviewed):
        return 1
    return 11 if "error" in verdicts else 0


def as_table(reviewed: Sequence[Reviewed], *, style: Style) -> str:
    """Each object with its references and why, and the sum last."""
    return page(_parts(reviewed), style)


def as_json(reviewed: Sequence[Reviewed]) -> str:
    """Each object with its references, their verdicts and findings."""
    return pretty({"apiVersion": API_VERSION, "objects": [_object(item) for item in reviewed]})


def as_github(reviewed: Sequence[Reviewed]) -> str:
    """A workflow command for each finding, and one for each object that is refused."""
    return "".join(f"{line}\n" for item in reviewed for line in _commands(item))


def _parts(reviewed: Sequence[Reviewed]) -> Iterator[RenderableType]:
    for item in reviewed:
        yield heading(item.shown)
        yield columns(_rows(item))
        if item.note:
            yield columns([("", item.note)])
        if item.warnings:
            yield columns([("warning", text) for text in item.warnings])
    yield heading("Result")
    refused = sum(item.verdict != "allow" for item in reviewed)
    word = "deny" if refused else "allow"
    told = f"{refused} of {counted(len(reviewed), 'object')} would be refused"
    yield columns([(word, told if refused else f"{counted(len(reviewed), 'object')} admitted")])


def _rows(item: Reviewed) -> Iterator[tuple[str, str]]:
    if not item.references:
        yield item.verdict, item.message or "it names no model"
    for reference in item.references:
        yield reference.verdict, reference.uri or "no reference"
        if reference.where:
            yield "", f"at {reference.where}"
        if reference.digest and reference.digest not in reference.uri:
            yield "", f"judged {reference.digest}"
        yield from (("", f"{first}  {second}".strip()) for first, second in _reasons(reference))


def _reasons(reference: Reference) -> Iterator[tuple[str, str]]:
    told = [item for item in reference.findings if item.severity is not Severity.NOTE]
    yield from finding_rows(told) if told else ()


def _object(item: Reviewed) -> dict[str, Json]:
    return {
        "source": item.source,
        "kind": item.kind,
        "namespace": item.namespace,
        "name": item.name,
        "verdict": item.verdict,
        "code": item.code,
        "message": item.message,
        "warnings": list(item.warnings),
        "note": item.note,
        "references": [
            {
                "uri": reference.uri,
                "path": reference.where,
                "verdict": reference.verdict,
                "digest": reference.digest,
                "findings": [finding.to_json() for finding in reference.findings],
            }
            for reference in item.references
        ],
    }


def _commands(item: Reviewed) -> Iterator[str]:
    for reference in item.references:
        for finding in reference.findings:
            subject = f"{item.shown}, {reference.uri}: " if reference.uri else f"{item.shown}: "
            lines = (f"{subject}{finding.located}", finding.fix)
            message = "\n".join(printable(line) for line in lines if line)
            yield _command(COMMANDS[finding.severity], item.source, finding.rule, message)
    name = "notice" if item.verdict == "allow" else "error"
    told = "would be admitted" if item.verdict == "allow" else "would be refused"
    yield _command(name, item.source, "aiverify", f"{printable(item.shown)} {told}")


def _command(name: str, file: str, title: str, message: str) -> str:
    """`::name key=value,key=value::message`; only what is escaped can start no other command."""
    pairs = {"file": file, "title": title} if file != "-" else {"title": title}
    told = ",".join(f"{key}={printable(text).translate(PROPERTY)}" for key, text in pairs.items())
    return f"::{name} {told}::{message.translate(DATA)}"
