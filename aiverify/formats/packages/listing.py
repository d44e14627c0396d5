"""What every reader of a list of packages has in common: bounds, and what a broken one says."""

from __future__ import annotations

from abc import ABC, abstractmethod

from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Severity
from aiverify.core.names import printable
from aiverify.core.rules import code
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.complaint import complaint
from aiverify.formats.encoding import decode
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe, Source
from aiverify.formats.packages.entry import Gathered, Origin, Package, is_pypi, without_secret
from aiverify.formats.text import is_text

ELSEWHERE = frozenset({"git", "hg", "svn", "bzr", "url"})
"""Sources that are an address of the list's own choice."""


class PackageList(ABC):
    """A reader of a list of packages.

    Nothing is run or loaded by reading a list, so one that breaks its format's rules is
    flagged with a warning.
    """

    name: str
    role = Role.CODE
    max_bytes = 4 << 20

    @abstractmethod
    def gather(self, text: str, gathered: Gathered, found: Found) -> None:
        """Take all packages of a list.

        Raises:
            MalformedError: the text is not of the format.
        """

    def read(self, probe: Probe, source: Source) -> Facts:
        """The packages, and which of them come from elsewhere than an index."""
        if source.size > self.max_bytes:
            return Facts(self.name, self.role, unread="larger than any list of packages")
        text = _text(source.read_at(0, source.size))
        if text is None:
            return Facts(self.name, self.role, unread="named as a list of packages, and not text")
        gathered, found = Gathered(printable(probe.name)), Found()
        try:
            self.gather(text, gathered, found)
        except MalformedError as error:
            broken = complaint(probe, error.message, Severity.WARNING)
            return Facts(self.name, self.role, "malformed", findings=(*found.all(), broken))
        values = gathered.values()
        summary = counted(len(gathered.packages), "package")
        return Facts(self.name, self.role, summary, values, findings=found.all())


def _text(data: bytes) -> str | None:
    """The text, which a shell may have written as UTF-16, or None where it is none."""
    try:
        text = decode(data)
    except UnicodeDecodeError:
        return None
    return text if is_text(text.encode("utf-8"), whole=True) else None


class Elsewhere:
    """Findings about where packages come from. An index of its own is told of once."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._indexes: set[str] = set()

    def note(self, package: Package) -> None:
        """A package, whose origin may be an address of the list's own choice."""
        origin = package.origin
        if origin is None:
            return
        if origin.kind in ELSEWHERE:
            self._add(package, origin)
        elif origin.kind == "registry" and not is_pypi(origin.url):
            if origin.url not in self._indexes:
                self._add(package, origin)
            self._indexes.add(origin.url)

    def _add(self, package: Package, origin: Origin) -> None:
        address = shown(without_secret(origin.url))
        message = f"takes {shown(package.name)} from: {address}"
        self._found.add(code.SOURCE, message, package.place)
