"""What may be asked of an engine, and why there may be no answer: the same of every engine."""

from __future__ import annotations

import re
from typing import Self

from aiverify.core.names import printable
from aiverify.errors import MalformedError, UndecidedError, UsageError

QUERY = re.compile(r"data(\.[A-Za-z_][A-Za-z0-9_]*)+")
"""The name of a rule, from `data` on."""


class Closing:
    """What is closed when its context ends."""

    def close(self) -> None:
        """Let go of everything. Once more does nothing."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def nothing_to_ask() -> MalformedError:
    """Why policies without a set of results are not judged by."""
    return MalformedError(
        "the policies define no deny, violation or warn, so they can refuse nothing",
        hint="Write `deny contains ... if`, or name a rule with --query.",
    )


def refuse_other_than_name(query: str) -> None:
    """Let nothing but the name of a rule be asked.

    Raises:
        UsageError: it is more than a name, or does not begin with `data`.
    """
    if not QUERY.fullmatch(query):
        raise UsageError(
            f"{printable(query)!r} is not the name of a rule",
            hint="Name it from data on, as in data.policy.verify.",
        )


def undefined(query: str) -> UndecidedError:
    """Why a rule without a value is no answer."""
    return UndecidedError(
        f"{printable(query)} is undefined: there is no such rule, or its conditions do not hold",
        hint="Give it a value for every document with `default`.",
    )
