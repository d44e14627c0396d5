"""Reading VEX documents, and setting the analyses of vulnerabilities by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aiverify.core.jsonvalue import load_object
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.sbom.advisories.telling import Warnings
from aiverify.sbom.reading import Located
from aiverify.sbom.vex import cyclonedx, openvex
from aiverify.sbom.vex.products import Bill
from aiverify.sbom.vex.statement import Statement, folded
from aiverify.sbom.vulnerability import Analysis, Vulnerability

MAX_SIZE = 64 << 20
"""Bytes of a document."""

MAX_STATEMENTS = 200_000


@dataclass(frozen=True, slots=True)
class Vex:
    """Statements, and sentences about those that were left out."""

    statements: tuple[Statement, ...]
    warnings: tuple[str, ...] = ()

    def apply(
        self, vulnerabilities: Sequence[Vulnerability], bill: Bill
    ) -> tuple[tuple[Vulnerability, ...], tuple[str, ...]]:
        """The vulnerabilities with what the statements say of them, and warnings.

        A statement counts for a vulnerability by its id or an alias, in a component that is one
        of its products. Of several the latest counts; where no time tells, the worst. CycloneDX
        has one analysis a vulnerability, so one of which two things are said in two components
        becomes two. A product that is the artifact means everything in it, or the parts that it
        names.

        Raises:
            MalformedError: the statements name so many components that it would take too long.
        """
        warnings = Warnings()
        said = _Said(vulnerabilities)
        for statement in self.statements:
            said.add(statement, bill, warnings)
        found = tuple(
            part
            for index, vulnerability in enumerate(vulnerabilities)
            for part in said.applied(index, vulnerability, warnings)
        )
        return found, self.warnings + warnings.all("warnings about statements of VEX")


def read_vex(data: bytes, where: str) -> Vex:
    """Read a VEX document: CycloneDX as JSON, or OpenVEX. `where` names it in messages.

    Raises:
        MalformedError: it is neither, or larger than 64 MiB.
    """
    where = printable(where)
    if len(data) > MAX_SIZE:
        raise MalformedError(f"{where} is {len(data)} bytes; the limit here is {MAX_SIZE}")
    document = load_object(data, where)
    warnings = Warnings()
    located = Located(document, "")
    if openvex.is_openvex(document):
        found = openvex.statements(located, where, warnings)
    elif cyclonedx.is_cyclonedx(document):
        found = cyclonedx.statements(located, where, warnings)
    else:
        raise MalformedError(
            f"{where} is neither a CycloneDX document nor OpenVEX",
            hint='CycloneDX has "bomFormat": "CycloneDX", OpenVEX an "@context" of openvex.dev.',
        )
    statements = []
    for statement in found:
        statements.append(statement)
        if len(statements) > MAX_STATEMENTS:
            raise MalformedError(f"{where} has more than {MAX_STATEMENTS} statements")
    if not statements and not warnings.kept:
        warnings.add(f"{where} says nothing about any vulnerability")
    return Vex(tuple(statements), warnings.all(f"warnings about {where}"))


def combined(documents: Iterable[Vex]) -> Vex:
    """Several documents as one: the latest of all their statements counts."""
    listed = tuple(documents)
    return Vex(
        tuple(statement for vex in listed for statement in vex.statements),
        tuple(warning for vex in listed for warning in vex.warnings),
    )


class _Said:
    """What is said of vulnerabilities by their index, as a whole and in single components."""

    def __init__(self, vulnerabilities: Sequence[Vulnerability]) -> None:
        self._by_name: dict[str, list[int]] = {}
        self._refs = [{affects.ref for affects in item.affects} for item in vulnerabilities]
        self._whole: dict[int, list[Statement]] = {}
        self._parts: dict[tuple[int, str], list[Statement]] = {}
        for index, vulnerability in enumerate(vulnerabilities):
            for name in folded((vulnerability.id, *vulnerability.aliases)):
                self._by_name.setdefault(name, []).append(index)

    def add(self, statement: Statement, bill: Bill, warnings: Warnings) -> None:
        """Take in a statement, or say that it is about nothing here."""
        names = folded(statement.ids)
        found = {index for name in names for index in self._by_name.get(name, ())}
        if not found:
            warnings.add(
                f"{statement.analysis.source} was not applied: nothing here is known to have "
                f"{statement.subject}"
            )
            return
        covered = bill.covered(statement.products)
        is_used = False
        for index in found:
            if covered.is_whole:
                self._whole.setdefault(index, []).append(statement)
                is_used = True
                continue
            for ref in covered.refs & self._refs[index]:
                self._parts.setdefault((index, ref), []).append(statement)
                is_used = True
        if not is_used:
            warnings.add(
                f"{statement.analysis.source} was not applied: no product that it names is known "
                f"to have {statement.subject}"
            )

    def applied(
        self, index: int, vulnerability: Vulnerability, warnings: Warnings
    ) -> list[Vulnerability]:
        """A vulnerability once for each analysis that its components have."""
        whole = _standing(self._whole.get(index, ()))
        groups: dict[Analysis | None, list[str]] = {}
        disputed: dict[str, None] = {}
        for affects in vulnerability.affects:
            standing = _standing([*whole, *self._parts.get((index, affects.ref), ())])
            analysis = vulnerability.analysis
            if standing:
                worst = min(standing, key=lambda statement: statement.rank)
                analysis = worst.analysis
                if any(statement.rank != worst.rank for statement in standing):
                    disputed[worst.analysis.state] = None
            groups.setdefault(analysis, []).append(affects.ref)
        for state in disputed:
            warnings.add(
                f"statements about {printable(vulnerability.id)} contradict each other and no "
                f"time tells which is the last, so the worst counts: {state}"
            )
        if not groups:
            return [vulnerability]
        return [_only(vulnerability, refs, analysis) for analysis, refs in groups.items()]


def _standing(statements: Sequence[Statement]) -> list[Statement]:
    """Those that no later one replaces, one for each state. One without a time always stands."""
    last = max((statement.made for statement in statements if statement.made), default=None)
    found: dict[tuple[bool, int], Statement] = {}
    for statement in statements:
        if statement.made is None or statement.made == last:
            found.setdefault((statement.made is None, statement.rank), statement)
    return list(found.values())


def _only(
    vulnerability: Vulnerability, refs: Iterable[str], analysis: Analysis | None
) -> Vulnerability:
    kept = frozenset(refs)
    affects = tuple(item for item in vulnerability.affects if item.ref in kept)
    return replace(vulnerability, affects=affects, analysis=analysis)
