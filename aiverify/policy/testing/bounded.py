"""The bench with limits: in a process of its own, so that a test that does not end is ended."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.policy.bounded import MAX_MEMORY, TIMEOUT, Bounded, to_load
from aiverify.policy.sources import PolicySet
from aiverify.policy.testing.bench import Lines


class BoundedBench(Bounded):
    """A `Bench` in a process that is ended when a test takes too long or too much.

    It starts with the first question. Lines that were run before a process was ended do not
    count: they could only be too many. Close it, or leave its context.
    """

    def __init__(
        self,
        policies: PolicySet,
        *,
        counting: bool = False,
        timeout: float = TIMEOUT,
        max_memory: int = MAX_MEMORY,
    ) -> None:
        load = {**to_load(policies, max_memory), "counting": counting}
        super().__init__("aiverify.policy.testing.worker", load, timeout)

    def ask(self, query: str) -> tuple[str, tuple[str, ...]]:
        """How the value of a test without any document begins, and what it printed.

        Raises:
            MalformedError: the policies break Rego's rules or ours.
            UndecidedError: it failed while it ran, or did not end.
        """
        value, printed = self._ask({"do": "ask", "query": query})
        return value, tuple(printed)

    def lines(self) -> Mapping[str, Lines]:
        """The lines of each file, by its origin, since the last `forget`. Raises as `ask`."""
        found = self._ask({"do": "lines"})
        return {
            file: Lines(frozenset(run), frozenset(missed)) for file, (run, missed) in found.items()
        }

    def forget(self) -> None:
        """Count lines anew. Raises as `ask`."""
        self._ask({"do": "forget"})
