"""Checks of hashes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from aiverify.sbom.reading import Located, text
from aiverify.sbom.scoring.document import Document, Thing
from aiverify.sbom.scoring.interface import Rating, Status
from aiverify.sbom.scoring.judging import best, missing, proved, rating, review
from aiverify.sbom.scoring.words import quoted

LENGTHS = {
    "MD5": 32,
    "SHA-1": 40,
    "SHA-256": 64,
    "SHA-384": 96,
    "SHA-512": 128,
    "SHA3-256": 64,
    "SHA3-384": 96,
    "SHA3-512": 128,
    "BLAKE2b-256": 64,
    "BLAKE2b-384": 96,
    "BLAKE2b-512": 128,
    "BLAKE3": 64,
    "Streebog-256": 64,
    "Streebog-512": 128,
}
"""CycloneDX's algorithms, and the hexadecimal digits that each gives."""

BROKEN = frozenset(("MD5", "SHA-1"))
"""Algorithms for which two files of one hash can be made."""

_HEX = re.compile("[0-9a-fA-F]+")


def value(document: Document, thing: Thing) -> Rating:
    """A hash of the right length, by whatever algorithm."""
    return _of(document, thing, partial(_value, document))


def algorithm(document: Document, thing: Thing) -> Rating:
    """An algorithm that is known and not broken."""
    return _of(document, thing, partial(_algorithm, document))


def sound(document: Document, thing: Thing) -> Rating:
    """A hash of the right length, by an algorithm that is not broken."""
    return _of(document, thing, partial(_sound, document))


def _of(document: Document, thing: Thing, judge: partial[Rating]) -> Rating:
    """By its own hashes, by those of what can be fetched, or by those of all its files."""
    own = best(map(judge, (*thing.at("hashes[]"), *thing.at("externalReferences[]/hashes[]"))))
    files = [] if own else document.files_of(thing)
    if own or not files:
        return own or missing("it has no hash")
    return _of_files(files, judge)


def _of_files(files: list[Located], judge: partial[Rating]) -> Rating:
    rated = [(item, best(map(judge, _hashes(item))) or missing("no hash")) for item in files]
    status = max((each.status for _, each in rated), key=lambda each: each.rank)
    bad = [item for item, each in rated if each.status is status]
    have = sum(each.status.filled for _, each in rated)
    files_of = "its 1 file" if len(files) == 1 else f"its {len(files)} files"
    reason = f"{have} of {files_of} {'has' if have == 1 else 'have'} a hash"
    if status is Status.FOUND:
        reason = f"it consists of files: {reason}"
    else:
        reason += f", not so {quoted(text(bad[0], 'name'))}"
    return rating(status, reason, *(item.place for item in bad))


def _hashes(item: Located) -> Iterable[Located]:
    return Thing("", (item,)).at("hashes[]")


def _value(document: Document, item: Located) -> Rating:
    alg, content = text(item, "alg"), text(item, "content")
    if alg not in LENGTHS:
        return review(f"{quoted(alg)} is no algorithm that CycloneDX knows", item.place)
    if not _HEX.fullmatch(content[:200]) or len(content) != LENGTHS[alg]:
        return review(f"{quoted(content)} is no {alg} hash", item.place)
    if not content.strip(content[0]):
        return review(f"a {alg} hash of one digit only is made up", item.place)
    return proved(document, f"a {alg} hash of the right length", item.place)


def _algorithm(document: Document, item: Located) -> Rating:
    alg = text(item, "alg")
    if alg not in LENGTHS:
        return review(f"{quoted(alg)} is no algorithm that CycloneDX knows", item.place)
    if alg in BROKEN:
        return review(f"{alg} is broken: other bytes can have the same hash", item.place)
    return proved(document, f"the algorithm is {alg}", item.place)


def _sound(document: Document, item: Located) -> Rating:
    of_value = _value(document, item)
    return (
        of_value
        if of_value.status is Status.REVIEW
        else max((_algorithm(document, item), of_value), key=lambda each: each.status.rank)
    )
