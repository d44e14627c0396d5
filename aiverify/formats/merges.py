"""`merges.txt`: the merges of a byte-pair tokenizer, one a line."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Probe, Source
from aiverify.formats.lines import count_lines, read_text


class Merges:
    """Merges. States `merges`: how many, without the line that names the version."""

    name = "merges"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "merges.txt"

    def read(self, _probe: Probe, source: Source) -> Facts:
        """A count, or unread when the file is too large.

        Raises:
            MalformedError: it is not UTF-8.
        """
        text = read_text(source)
        if text is None:
            return Facts(self.name, self.role, unread="larger than any list of merges")
        count = count_lines(text) - text.startswith("#version")
        return Facts(self.name, self.role, f"{count} merges", {"merges": count})
