"""Options that say on what terms policies judge."""

from __future__ import annotations

from typing import Annotated

from aiverify.cli.options import a_flag, a_text
from aiverify.core import moments
from aiverify.core.names import printable
from aiverify.core.terms import Terms
from aiverify.errors import UsageError

Include = Annotated[
    list[str] | None,
    a_text(
        "Only these rules: aiverify:RULE, a package, package.code or @COLLECTION. May be repeated.",
        "--include",
        metavar="RULE",
    ),
]
Exclude = Annotated[
    list[str] | None,
    a_text("All rules but these. May be repeated.", "--exclude", metavar="RULE"),
]
FailOnWarn = Annotated[
    bool,
    a_flag("Let a warning of a policy deny.", "--fail-on-warn"),
]
At = Annotated[
    str | None,
    a_text(
        "Judge by policies as of this day or time. Signatures, certificates and attestations "
        "are held against the present all the same.",
        metavar="TIME",
    ),
]
CountsAt = Annotated[
    str | None,
    a_text("Say which of them deny at this day or time.", "--at", metavar="TIME"),
]


def terms(
    include: list[str] | None,
    exclude: list[str] | None,
    at: str | None,
    *,
    fail_on_warn: bool = False,
) -> Terms:
    """The terms that the options come to.

    Raises:
        UsageError: a time is none, or lies before 1970.
    """
    moment = moments.parse(at) if at is not None else None
    if at is not None and (moment is None or moment < moments.EPOCH):
        raise UsageError(
            f"--at is {printable(at)}, which is no time that policies know", hint=moments.HINT
        )
    return Terms(tuple(include or ()), tuple(exclude or ()), fail_on_warn, moment)
