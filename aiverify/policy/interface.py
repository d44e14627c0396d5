"""What a policy engine is."""

from __future__ import annotations

from typing import Protocol

from aiverify.core.jsonvalue import Json
from aiverify.policy.results import PolicyResult


class Engine(Protocol):
    """Rego rules, ready to judge documents.

    There is no value for "undefined": an engine that has no answer raises, so that nobody
    can take the lack of one for an allow.
    """

    def evaluate(self, document: Json) -> tuple[PolicyResult, ...]:
        """Everything that the `deny`, `violation` and `warn` sets hold for a document, sorted.

        Raises:
            MalformedError: there is no such set to ask.
            UndecidedError: a rule failed, or answered with something that is no result.
        """
        ...

    def query(self, query: str, document: Json) -> Json:
        """The value of one rule, named from `data` on: `data.policy.verify`.

        Raises:
            UsageError: the query is more than a name.
            UndecidedError: the rule is undefined, or failed.
        """
        ...

    def close(self) -> None:
        """End what was started for it, and take away what was put elsewhere. Twice is once."""
        ...
