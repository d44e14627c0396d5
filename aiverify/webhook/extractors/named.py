"""Words of a command line, and what they are found to name."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.webhook.extractors.interface import What
from aiverify.webhook.extractors.options import Form
from aiverify.webhook.extractors.shell import UNKNOWN

UNKNOWABLE = "comes from a variable or a shell, and is not in the object"

NOT_TOLD = "is not told which model to load"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command line, and the pointer to where it stands."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Named:
    """A text that names something. `problem` goes on from the text."""

    text: str
    where: str
    form: Form = Form.PLAIN
    what: What = What.MODEL
    revision: str = ""
    problem: str = ""


def is_unknown(text: str) -> bool:
    """Whether a part of a text is what only a shell or a cluster could tell."""
    return UNKNOWN in text


def shown(text: str) -> str:
    """A text for people, in which they see that something is unknown."""
    return text.replace(UNKNOWN, "$(...)")
