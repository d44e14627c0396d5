"""Something said of a line in a template."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.core.finding import Rule


@dataclass(frozen=True, slots=True)
class Remark:
    """A rule, what is said, and the line that it is said of."""

    rule: Rule
    message: str
    line: int

    def place(self, template: str) -> str:
        """Where it stands; `template` is the template's own place in its file."""
        return f"{template}, line {self.line}" if template else f"line {self.line}"
