"""Files that are two things at once: what one program loads is not what another sees."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.facts import Facts
from aiverify.core.finding import Finding
from aiverify.formats.interface import Source


def findings(facts: Facts, source: Source) -> Iterator[Finding]:
    """What else a file is, beside the format that it was read as."""
    del facts, source
    yield from ()
