"""What a pickle imports, calls and does besides that should be known of it."""

from __future__ import annotations

from aiverify.core.finding import Finding, Rule
from aiverify.core.globals import Global
from aiverify.errors import MalformedError

MAX_NAMES = 1000
"""Different globals of one pickle. A model with all its parts has a hundred."""

MAX_FINDINGS = 100


class Uses:
    """Globals by name with the place of the first import, and findings."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}
        self._invoked: set[str] = set()
        self._findings: dict[tuple[str, str], Finding] = {}

    def imports(self, name: str, position: int) -> None:
        """A global is imported.

        Raises:
            MalformedError: too many are.
        """
        if len(self._places) >= MAX_NAMES and name not in self._places:
            raise MalformedError(f"more than {MAX_NAMES} different globals are imported")
        self._places.setdefault(name, f"byte {position}")

    def calls(self, name: str) -> None:
        """A global is called."""
        self._invoked.add(name)

    def note(self, rule: Rule, message: str, position: int) -> None:
        """Something else was found. It is said once, with the first place."""
        if len(self._findings) < MAX_FINDINGS:
            found = rule.found(message, place=f"byte {position}")
            self._findings.setdefault((rule.id, message), found)

    @property
    def globals(self) -> tuple[Global, ...]:
        """All that is imported, in the order of the first imports."""
        return tuple(
            Global(name, place, name in self._invoked) for name, place in self._places.items()
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What else was found."""
        return tuple(self._findings.values())
