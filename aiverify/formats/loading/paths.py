"""Members that name a file, which must be one of the artifact's own."""

from __future__ import annotations

import re

from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.rules import configs
from aiverify.formats.found import Found, shown

ELSEWHERE = re.compile(r"[A-Za-z][\w+.-]*://|file:|~|\\\\|//|/(?:etc|proc|sys|dev|var|run)/", re.I)
"""How a path starts that no trainer leaves behind: addresses, shares, homes, the system's own."""

ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]")


def path(found: Found, place: str, value: Json) -> None:
    """A file's name. An absolute one is often what the trainer's own machine left behind."""
    if not isinstance(value, str):
        return
    if ELSEWHERE.match(value) or ".." in re.split(r"[\\/]", value) or "\0" in value:
        found.add(configs.PATH, f"names the file {shown(value)}", place)
    elif ABSOLUTE.match(value):
        message = f"names a file by its place on some machine: {shown(value)}"
        found.add(configs.PATH, message, place, Severity.WARNING)
