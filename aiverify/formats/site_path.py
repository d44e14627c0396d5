"""A `.pth` file of Python's: lines that Python runs when it starts."""

from __future__ import annotations

import re

from aiverify.core.facts import Facts, Role
from aiverify.core.rules import code
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe, Source
from aiverify.formats.text import is_text

MAX_BYTES = 1 << 20

RUN = re.compile(r"import[ \t]")
BEGUN = re.compile(rb"^import[ \t]", re.MULTILINE)


class SitePath:
    """A path file with code in it, which shares its extension with PyTorch's weights."""

    name = "site_path"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By extension, where a line of the text is an import."""
        is_path_file = probe.base.endswith(".pth") and is_text(probe.head)
        return is_path_file and BEGUN.search(probe.head) is not None

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Every line that is run."""
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread="larger than any path file")
        text = source.read_at(0, source.size).decode("utf-8", "replace")
        found = Found()
        for number, line in enumerate(text.splitlines(), 1):
            if RUN.match(line):
                found.add(code.STARTUP, f"runs when Python starts: {shown(line)}", f"line {number}")
        return Facts(self.name, self.role, "path file of Python's", findings=found.all())
