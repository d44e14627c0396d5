"""From what is said of one thing to the rating of an element."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aiverify.core.jsonvalue import kind
from aiverify.sbom.reading import Located
from aiverify.sbom.scoring.document import Document, Thing
from aiverify.sbom.scoring.interface import MAX_PLACES, Rating, Status
from aiverify.sbom.scoring.words import is_placeholder, quoted

MAX_NAMED = 3
"""Things that a reason names of those that lack something."""

Check = Callable[[Document, Thing], Rating]


def rating(status: Status, reason: str, *places: str) -> Rating:
    """A rating, with as many places as one may have."""
    return Rating(status, reason, places[:MAX_PLACES])


def missing(reason: str, *places: str) -> Rating:
    """It does not stand there."""
    return rating(Status.MISSING, reason, *places)


def review(reason: str, *places: str) -> Rating:
    """A person has to look."""
    return rating(Status.REVIEW, reason, *places)


def found(reason: str, *places: str) -> Rating:
    """It stands there, and was checked from the document."""
    return rating(Status.FOUND, reason, *places)


def declared(document: Document, reason: str, *places: str) -> Rating:
    """It stands there as a claim; or as what somebody inferred, where the document says so."""
    if places and all(map(document.infers, places)):
        return rating(Status.INFERRED, f"{reason}, which the document calls inferred", *places)
    return rating(Status.DECLARED, reason, *places)


def proved(document: Document, reason: str, *places: str) -> Rating:
    """It was checked, unless the document says that somebody inferred it."""
    if places and all(map(document.infers, places)):
        return declared(document, reason, *places)
    return found(reason, *places)


def claim(document: Document, said: Located) -> Rating | None:
    """What one value claims; None where nothing stands there."""
    value = said.value
    if not isinstance(value, str):
        if value is None or value in ([], {}):
            return None
        return review(f"{kind(value)} stands where a text should", said.place)
    if not value.strip():
        return None
    if is_placeholder(value):
        return review(f"it says only {quoted(value)}", said.place)
    return declared(document, f"it says {quoted(value)}", said.place)


def claims(document: Document, said: Iterable[Located]) -> Rating | None:
    """The best of several values, each of which would do."""
    return best(claim(document, each) for each in said)


def best(ratings: Iterable[Rating | None]) -> Rating | None:
    """The best of the ratings that there are; the first of equals."""
    given = [each for each in ratings if each is not None]
    return min(given, key=lambda each: each.status.rank, default=None)


def worst(ratings: Iterable[Rating | None]) -> Rating | None:
    """The worst of the ratings that there are; the first of equals."""
    given = [each for each in ratings if each is not None]
    return max(given, key=lambda each: each.status.rank, default=None)


def over(document: Document, things: Sequence[Thing], check: Check, noun: str, what: str) -> Rating:
    """How many of several things have something: by the worst of them, with the count.

    `noun` is the singular of what they are, `what` is what each should have, in words.
    """
    if not things:
        return missing(f"no {noun} is listed")
    rated = [(thing, check(document, thing)) for thing in things]
    filled = sum(each.status.filled for _, each in rated)
    status = max((each.status for _, each in rated), key=lambda each: each.rank)
    if len(rated) == 1:
        thing, only = rated[0]
        return Rating(status, only.reason, only.places or _place(thing))
    have = "has" if filled == 1 else "have"
    parts = [f"{filled} of {len(rated)} {noun}s {have} {what}"]
    for lacking, lead in ((Status.MISSING, "without"), (Status.REVIEW, "to review")):
        some = [pair for pair in rated if pair[1].status is lacking]
        if some:
            parts.append(f"{lead}: {_named(some, why=lacking is Status.REVIEW)}")
    if (inferred := sum(each.status is Status.INFERRED for _, each in rated)) and status.filled:
        parts.append(f"inferred: {inferred}")
    of_worst = [pair for pair in rated if pair[1].status is status]
    places = (each.places[0] if each.places else thing.place for thing, each in of_worst)
    return rating(status, "; ".join(parts), *dict.fromkeys(places))


def _place(thing: Thing) -> tuple[str, ...]:
    return (thing.place,) if thing.sides else ()


def _named(some: Sequence[tuple[Thing, Rating]], *, why: bool) -> str:
    shown = [
        f"{thing.called} ({each.reason})" if why else thing.called
        for thing, each in some[:MAX_NAMED]
    ]
    if len(some) > MAX_NAMED:
        shown.append(f"and {len(some) - MAX_NAMED} more")
    return ", ".join(shown)
