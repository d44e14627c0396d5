"""A `.pth` file of Python's: lines that Python runs when it starts."""

from __future__ import annotations

import re

from aiverify.core.facts import Facts, Role
from aiverify.core.rules import code
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe, Source
from aiverify.formats.pickling import opcodes
from aiverify.formats.text import is_text

MAX_BYTES = 1 << 20

RUN = re.compile(r"import[ \t]")
BEGUN = re.compile(r"(?:^|[\n\r\f\x85\u2028\u2029])\ufeff?import[ \t]")
"""Such a line, behind all that Python takes for the end of one."""


class SitePath:
    """A path file with code in it, which shares its extension with PyTorch's weights."""

    name = "site_path"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By extension, where a line of the text is an import."""
        if not probe.base.endswith(".pth") or not is_text(probe.head):
            return False
        # What begins with empty lines, or a path, is no pickle of any protocol.
        cut_off = len(probe.head) < probe.size and not opcodes.is_opcode(probe.head[0])
        return cut_off or BEGUN.search(probe.head.decode("utf-8", "replace")) is not None

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Every line that is run."""
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread="larger than any path file")
        data = source.read_at(0, source.size)
        unread = "" if is_text(data, whole=True) else "starts as text and goes on as another"
        text = data.decode("utf-8", "replace").removeprefix("\ufeff")
        found = Found()
        for number, line in enumerate(text.splitlines(), 1):
            if RUN.match(line):
                found.add(code.STARTUP, f"runs when Python starts: {shown(line)}", f"line {number}")
        summary = "path file of Python's"
        return Facts(self.name, self.role, summary, findings=found.all(), unread=unread)
