"""`requirements.txt`: the packages that a model's code needs, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiverify.core.facts import Facts, Role
from aiverify.core.rules import code
from aiverify.core.words import counted
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe, Source
from aiverify.formats.text import is_text

MAX_BYTES = 1 << 20

NAMED = re.compile(r"(?:requirements|constraints)[\w.-]*\.txt")

PACKAGE = re.compile(r"[A-Za-z0-9][\w.-]*")

ELSEWHERE = re.compile(
    r"(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b|(?:git|hg|svn|bzr)\+"
    r"|[A-Za-z][\w+.-]*://"
)
"""An option or an address by which a package comes from elsewhere than the user's own index."""


class Requirements:
    """Requirements as pip reads them. States `packages`, by name."""

    name = "requirements"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return NAMED.fullmatch(probe.base) is not None

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Packages, and lines that name a place to take them from."""
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread="larger than any list of packages")
        data = source.read_at(0, source.size)
        if not is_text(data, whole=True):
            return Facts(self.name, self.role, unread="named as requirements, and not text")
        found, packages = Found(), []
        for number, line in _lines(data.decode("utf-8")):
            if ELSEWHERE.search(line):
                found.add(code.SOURCE, f"takes packages from: {shown(line)}", f"line {number}")
            if package := PACKAGE.match(line):
                packages.append(package.group())
        summary = counted(len(packages), "package")
        return Facts(self.name, self.role, summary, {"packages": packages}, findings=found.all())


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that say something, with their numbers."""
    for number, line in enumerate(text.splitlines(), 1):
        kept = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if kept:
            yield number, kept
