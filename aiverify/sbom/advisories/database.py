"""A database of OSV records on disk, and what it says of the components of a bill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiverify.core.digest import Digest
from aiverify.core.moments import EPOCH
from aiverify.core.moments import parse as moment
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.sbom.advisories import source
from aiverify.sbom.advisories.evaluation import fixes, judge
from aiverify.sbom.advisories.joining import Hit, joined
from aiverify.sbom.advisories.packages import Key, Subject, subject_of
from aiverify.sbom.advisories.record import Affected, Glance, Record, glance, read
from aiverify.sbom.advisories.telling import Warnings, strangers, undecided, unusable
from aiverify.sbom.bom import Component, Property
from aiverify.sbom.vulnerability import Affects, Effect, Vulnerability

MAX_WHERE = 300
"""Characters, the last ones, of where a record stands that are shown."""


@dataclass(frozen=True, slots=True)
class State:
    """Which database it was.

    `digest` is that of the file, or of a directory's file names and digests. `date` is when the
    newest record was modified (RFC 3339), empty where none says so. `unread` counts records
    that could not be read, `components` those of the bill that could be looked up.
    """

    digest: Digest
    date: str
    records: int
    unread: int
    components: int

    @property
    def properties(self) -> tuple[Property, ...]:
        """The same for the bill of materials."""
        given = {
            "aiverify:osv:digest": str(self.digest),
            "aiverify:osv:date": self.date,
            "aiverify:osv:records": str(self.records),
            "aiverify:osv:unread": str(self.unread),
            "aiverify:osv:components": str(self.components),
        }
        return tuple(Property(name, value) for name, value in given.items() if value)


@dataclass(frozen=True, slots=True)
class Matched:
    """What a database says of components. `warnings` are sentences about what nobody can say."""

    vulnerabilities: tuple[Vulnerability, ...]
    warnings: tuple[str, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Database:
    """OSV records in a directory, a file or an archive. They are read when it is asked."""

    files: source.Source

    def match(self, components: Sequence[Component]) -> Matched:
        """Every vulnerability that affects a component, or of which nobody can say.

        Components are looked up by their purl. Each record is read once, and kept only if it
        names one of them. A withdrawn record does not count, and of several with one id only
        the one that was modified last (OSV schema, `id, modified fields`).

        Raises:
            InputError: a file is out of reach, or changed meanwhile.
            MalformedError: an archive cannot be followed, or there is no record at all.
        """
        subjects = [found for component in components if (found := subject_of(component))]
        scan = _Scan(subjects)
        reading = self.files.read()
        for raw in reading.records():
            scan.add(raw)
        if not scan.records:
            raise MalformedError(
                f"{printable(str(self.files.path))} holds no OSV record that can be read",
                hint=source.HINT,
            )
        vulnerabilities = joined(scan.hits())
        warnings = (
            *reading.warnings,
            *scan.warnings(),
            *strangers(components),
            *undecided(vulnerabilities, components),
            *unusable(vulnerabilities),
        )
        date = scan.newest[1]
        state = State(reading.digest, date, scan.records, scan.unread, len(subjects))
        return Matched(vulnerabilities, warnings, state)


def open_database(path: Path) -> Database:
    """The OSV records at a path: a directory with records or archives of them, or one of either.

    Raises:
        InputError: nothing is there, it cannot be read, or holds no file of records.
    """
    return Database(source.find(path))


@dataclass(frozen=True, slots=True)
class _Found:
    """A record that names a component: when it was modified, and what it does if anything."""

    modified: datetime | None
    hit: Hit | None


@dataclass(slots=True)
class _Scan:
    """One pass through the records, for some components."""

    subjects: Sequence[Subject]
    records: int = 0
    unread: int = 0
    newest: tuple[datetime, str] = (EPOCH, "")
    _faults: Warnings = field(default_factory=Warnings)
    _ecosystems: set[str] = field(default_factory=set)
    _found: dict[str, list[_Found]] = field(default_factory=dict)
    _wanted: dict[Key, list[Subject]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for subject in self.subjects:
            for name in subject.names:
                self._wanted.setdefault(name, []).append(subject)

    def add(self, raw: source.Raw) -> None:
        """Take in one record, or what may be one."""
        try:
            seen, record = self._read(raw)
        except MalformedError as error:
            self.unread += 1
            where = printable(raw.where[-MAX_WHERE:])
            reason = error.message.removeprefix(f"{where} ")
            self._faults.add(
                f"{where} is no OSV record that can be read: {reason}; what it says is unknown"
            )
            return
        self.records += 1
        self._ecosystems.update(base for base, _ in seen.names)
        self.newest = max(self.newest, _dated(seen.modified), key=lambda pair: pair[0])
        if record:
            affects = () if record.is_withdrawn else tuple(self._affects(record))
            hit = Hit(record, affects) if affects else None
            self._found.setdefault(record.id, []).append(_Found(moment(record.modified), hit))

    def _read(self, raw: source.Raw) -> tuple[Glance, Record | None]:
        if raw.fault:
            raise MalformedError(raw.fault)
        seen = glance(raw.data)
        is_wanted = any(name in self._wanted for name in seen.names)
        return seen, read(raw.data, printable(raw.where[-MAX_WHERE:])) if is_wanted else None

    def warnings(self) -> Iterator[str]:
        """What could not be read, and of which packages the database knows nothing."""
        yield from self._faults.all("OSV records could not be read")
        counts = Counter(subject.ecosystem for subject in self.subjects)
        for ecosystem, count in sorted(counts.items()):
            if ecosystem not in self._ecosystems:
                yield (
                    f"the OSV database has no record of {ecosystem}, so that nothing is known of "
                    f"{count} {'component' if count == 1 else 'components'} from there"
                )

    def hits(self) -> list[Hit]:
        """The records that count, with what they do to the components."""
        latest = (_latest(found) for found in self._found.values())
        return [found.hit for group in latest for found in group if found.hit]

    def _affects(self, record: Record) -> Iterator[Affects]:
        for subject, entries in self._named(record):
            verdict = judge(subject, entries)
            if verdict.effect is not Effect.UNAFFECTED:
                yield Affects(
                    subject.ref,
                    subject.version,
                    verdict.effect,
                    fixes(subject, entries),
                    verdict.reason,
                )

    def _named(self, record: Record) -> Iterator[tuple[Subject, list[Affected]]]:
        """The components that a record names, each with the entries that name it."""
        found: dict[str, tuple[Subject, list[Affected]]] = {}
        for entry in record.affected:
            named = {
                subject.ref: subject
                for name in entry.package.names
                for subject in self._wanted.get(name, ())
            }
            for ref, subject in named.items():
                found.setdefault(ref, (subject, []))[1].append(entry)
        yield from found.values()


def _latest(records: Sequence[_Found]) -> Sequence[_Found]:
    """Those of one id that nobody has replaced: the last, and those that have no time."""
    last = max((found.modified for found in records if found.modified), default=None)
    return [found for found in records if found.modified in (None, last)]


def _dated(modified: str) -> tuple[datetime, str]:
    found = moment(modified)
    return (found, modified) if found else (EPOCH, "")
