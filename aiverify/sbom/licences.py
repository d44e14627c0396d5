"""Licences: which of them SPDX knows, and in what spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from json import loads
from pathlib import Path

from aiverify.sbom.unicode import encodable

MAX_EXPRESSION = 500
"""Characters. A longer text is no expression that a person wrote, and is kept as a name."""

_OPERATORS = frozenset({"AND", "OR", "WITH"})
_WORD = re.compile(r"[^\s()]+")


class Form(StrEnum):
    """How a licence is given: an SPDX id, an SPDX expression, or a name SPDX does not know."""

    ID = "id"
    EXPRESSION = "expression"
    NAME = "name"


@dataclass(frozen=True, slots=True, order=True)
class Licence:
    """A licence in SPDX's spelling where SPDX has one, and as it was written where not."""

    form: Form
    text: str

    @property
    def key(self) -> str:
        """What two spellings of one licence have in common."""
        return self.text.casefold()


def classify(text: str) -> Licence:
    """Read one licence statement: `apache-2.0` is SPDX's `Apache-2.0`; `llama3.2` is a name."""
    stripped = encodable(text).strip()
    if identifier := _ids().get(stripped.casefold()):
        return Licence(Form.ID, identifier)
    if expression := _expression(stripped):
        return Licence(Form.EXPRESSION, expression)
    return Licence(Form.NAME, stripped)


def classify_all(texts: Iterable[str]) -> tuple[Licence, ...]:
    """Each licence once, in the order of the statements. Empty statements say nothing."""
    licences = (classify(text) for text in texts if text.strip())
    return tuple({licence.key: licence for licence in licences}.values())


def _expression(text: str) -> str:
    """The text as an SPDX expression, or empty: every word must be an operator or a known id."""
    if len(text) > MAX_EXPRESSION:
        return ""
    found = _WORD.findall(text)
    words = {word: _operator(word) or _ids().get(word.casefold()) for word in found}
    if None in words.values() or _OPERATORS.isdisjoint(filter(None, words.values())):
        return ""
    from cyclonedx.spdx import is_expression

    spelled = _WORD.sub(lambda match: words[match[0]] or "", text)
    return spelled if is_expression(spelled) else ""


@cache
def _ids() -> Mapping[str, str]:
    """The ids that CycloneDX's schema has, by themselves in lower case.

    `cyclonedx.spdx` has them as well, and loads a parser of expressions first.
    """
    from cyclonedx.schema._res import SPDX_JSON

    schema = loads(Path(SPDX_JSON).read_bytes())
    return {text.casefold(): text for text in schema["enum"]}


def _operator(word: str) -> str | None:
    return word.upper() if word.upper() in _OPERATORS else None
