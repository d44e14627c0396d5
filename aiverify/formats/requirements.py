"""`requirements.txt`: the packages that a model's code needs, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiverify.core.rules import code
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe
from aiverify.formats.packages import requirement
from aiverify.formats.packages.entry import Gathered, without_secret
from aiverify.formats.packages.listing import PackageList

NAMED = re.compile(r"(?:requirements|constraints)[\w.-]*\.txt")

ELSEWHERE = re.compile(
    r"(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b|(?:git|hg|svn|bzr)\+"
    r"|[A-Za-z][\w+.-]{0,20}://"
)
"""An option or an address by which a package comes from elsewhere than the user's own index."""

COMMENT = re.compile(r"(?:^|\s)#.*")
INCLUDE = re.compile(r"(?:-r|--requirement|-c|--constraint)[=\s]?\s*\S+")
"""A line that takes in another list."""


class Requirements(PackageList):
    """Requirements as pip reads them.

    States `packages`, each with `name` (normalised), `version` (where exactly one is allowed,
    or empty), `specifier`, `place`, and where they are given `hashes`, `marker`, `extras` and
    `source`. A list that is taken in is read only where it is a file of the artifact itself.
    """

    name = "requirements"
    max_bytes = 1 << 20

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return NAMED.fullmatch(probe.base) is not None

    def gather(self, text: str, gathered: Gathered, found: Found) -> None:
        """Packages, and lines that name a place to take them from."""
        for number, line in _lines(text):
            place = f"line {number}"
            if ELSEWHERE.search(line):
                message = f"takes packages from: {shown(without_secret(line))}"
                found.add(code.SOURCE, message, place)
            if INCLUDE.match(line):
                gathered.leave_out(place, line, "takes in another list, which is not followed")
            elif gathered.full:
                gathered.stop()
            else:
                _take(line, place, gathered)


def _take(line: str, place: str, gathered: Gathered) -> None:
    """The package that a line asks for; an option asks for none."""
    try:
        package = requirement.of_line(line, place)
    except ValueError as error:
        gathered.leave_out(place, line, str(error))
        return
    if package:
        gathered.add(package)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that say something, joined where they go on, with the number of their first."""
    begun: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), 1):
        first = first if begun else number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            begun.append(line[:-1])
            continue
        # A comment ends what went on, and is kept apart from it.
        begun.append(f" {line}" if is_comment else line)
        joined, begun = "".join(begun), []
        if kept := COMMENT.sub("", joined).strip():
            yield first, kept
    if kept := COMMENT.sub("", "".join(begun)).strip():
        yield first, kept
