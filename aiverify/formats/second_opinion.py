"""hayward's opinion of a file, beside our own: it knows many attacks by name."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.facts import Facts
from aiverify.core.finding import Finding
from aiverify.files.tree import Member
from aiverify.formats.interface import Source


def second_opinion(member: Member, facts: Facts, source: Source) -> Iterator[Finding]:
    """What hayward finds in a file of a kind that it knows."""
    del member, facts, source
    yield from ()
