"""Values as CycloneDX holds them, and what becomes of those that it cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Property
from aiverify.sbom.unicode import encodable

MISFIT = "aiverify:misfit:"
"""Before a field's name: a value that the bill has for it, and that CycloneDX cannot hold there."""

MAX_OFFSET = timedelta(hours=14)
"""From UTC, in a date-time of XML Schema (1.1 part 2, 3.3.7)."""

_NOT_IN_URIS = re.compile(r"[^A-Za-z0-9._~:/?#@!$&'()*+,;=%-]|%(?![0-9A-Fa-f]{2})")

_URI = re.compile(
    r"""(?: [A-Za-z][A-Za-z0-9+.-]*:                               # a scheme, and then either
            (?: //(?:[^/?\#@]*@)?[^/?\#@:]*(?::[0-9]{1,5})?(?![^/?\#])  # an authority
              | (?!//) )                                           # or none
          | (?![^/?\#]*:)(?!//) )                                  # or relative to nobody knows
        [^?\#]*(?:\?[^\#]*)?(?:\#[^\#]*)?""",
    re.VERBOSE,
)
"""RFC 3986, less IP addresses in brackets: of text in which the characters are allowed."""

_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


def given(values: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out what nobody said."""
    return {key: value for key, value in values.items() if value}


def utf8(value: Json) -> Json:
    """A value that UTF-8 can hold, with the lone surrogates in its texts escaped."""
    if isinstance(value, str):
        return value if value.isascii() else encodable(value)
    if isinstance(value, Mapping):
        return {key: utf8(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [utf8(item) for item in value]
    return value


def named(names: Iterable[str]) -> list[Json]:
    """People or organizations of whom nothing but the name is known."""
    return [{"name": name} for name in names]


def properties(items: Iterable[Property]) -> list[Json]:
    """Properties in the order given."""
    return [{"name": item.name, "value": item.value} for item in items]


def misfits(values: Mapping[str, str]) -> tuple[Property, ...]:
    """Properties for the values, by field, that CycloneDX has no place for."""
    return tuple(Property(MISFIT + field, value) for field, value in values.items() if value)


def uri(text: str) -> str:
    """A text as a URI (RFC 3986); empty where it is none.

    What a URI may not hold is percent-encoded, letters beyond ASCII as RFC 3987, section 3.1
    has it. So JSON's `iri-reference` and XML's `anyURI` take it alike.
    """
    encoded = _NOT_IN_URIS.sub(lambda match: quote(match[0], safe=""), encodable(text))
    return encoded if _URI.fullmatch(encoded) else ""


def date_time(text: str) -> str:
    """An RFC 3339 date-time, as XML Schema's `dateTime` takes it too; empty where it is none."""
    upper = text.upper()
    if not _TIME.fullmatch(upper):
        return ""
    try:
        offset = datetime.fromisoformat(upper).utcoffset()
    except ValueError:
        return ""
    return upper if offset is not None and abs(offset) <= MAX_OFFSET else ""
