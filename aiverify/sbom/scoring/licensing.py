"""Checks of licences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from aiverify.sbom.licences import MAX_EXPRESSION, Form, classify
from aiverify.sbom.reading import Located, member, text
from aiverify.sbom.scoring.document import Document, Thing
from aiverify.sbom.scoring.interface import Rating, Status
from aiverify.sbom.scoring.judging import declared, missing, rating, review, worst
from aiverify.sbom.scoring.words import is_placeholder, quoted

_OWN = re.compile(r"(?:DocumentRef-[\w.-]+:)?LicenseRef-[\w.-]+|AdditionRef-[\w.-]+", re.ASCII)
"""What an SPDX expression says for a licence that SPDX does not know."""


def licence(document: Document, thing: Thing) -> Rating:
    """A licence in SPDX's words, or one by a name with its text or where that is."""
    said = worst(_each(document, thing, "licenses"))
    if said:
        return said
    seen = worst(_each(document, thing, "evidence/licenses"))
    if seen and seen.status.filled:
        return rating(Status.INFERRED, f"as seen in its files: {seen.reason}", *seen.places)
    return seen or missing("it has no licence")


def _each(document: Document, thing: Thing, path: str) -> Iterator[Rating]:
    for item in thing.at(f"{path}[]"):
        inner = member(item, "license")
        if text(item, "expression"):
            yield _concluded(item, _expression(document, item))
        elif inner.value is not None:
            yield _concluded(inner, _single(document, inner))
        elif item.value not in (None, {}, []):
            yield review("a licence is neither an expression nor named", item.place)


def _concluded(item: Located, said: Rating) -> Rating:
    if said.status is Status.DECLARED and text(item, "acknowledgement") == "concluded":
        return rating(Status.INFERRED, f"concluded: {said.reason}", *said.places)
    return said


def _expression(document: Document, item: Located) -> Rating:
    expression = text(item, "expression")
    known = (
        _OWN.sub("MIT", expression[:MAX_EXPRESSION]) if len(expression) <= MAX_EXPRESSION else ""
    )
    if is_placeholder(expression) or _form(known) is Form.NAME:
        return review(f"{quoted(expression)} is no SPDX expression", item.place)
    return declared(document, quoted(expression), item.place)


def _single(document: Document, item: Located) -> Rating:
    identifier, name = text(item, "id"), text(item, "name")
    said = identifier or name
    if is_placeholder(said):
        return review(f"the licence is only {quoted(said)}", item.place)
    if identifier:
        return _by_id(document, item, identifier)
    if _form(name) is not Form.NAME:
        return declared(document, f"{quoted(name)}, which SPDX knows", item.place)
    if text(item, "url").strip() or text(member(item, "text"), "content").strip():
        return declared(document, f"{quoted(name)}, with its text or where that is", item.place)
    return review(f"SPDX knows no {quoted(name)}, and no text is given", item.place)


def _by_id(document: Document, item: Located, identifier: str) -> Rating:
    if _form(identifier) is not Form.ID:
        return review(f"{quoted(identifier)} is no SPDX id", item.place)
    if _spelled(identifier) != identifier:
        spelled = _spelled(identifier)
        return review(f"SPDX spells {quoted(identifier)} as {spelled}", item.place)
    return declared(document, f"the SPDX id {identifier}", item.place)


@lru_cache(maxsize=4096)
def _form(said: str) -> Form:
    return classify(said[: MAX_EXPRESSION + 1]).form


@lru_cache(maxsize=4096)
def _spelled(said: str) -> str:
    return classify(said).text
