"""What a token server says: a token and for how long, or why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.words import MAX_SAID, said
from aiverify.errors import MalformedError
from aiverify.registry.credentials.checked import BEARER

MAX_ANSWER = 1 << 20
"""Bytes that an answer may have."""

SHORTEST = 60.0
"""Seconds that every token can be used, and those of one that does not say."""


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, and the seconds that it can be used for."""

    text: str = field(repr=False)
    seconds: float


def read(body: bytes, where: str) -> Token:
    """The token in an answer ("Token Response Fields" of the token protocol).

    Raises:
        MalformedError: there is none that can be used. `where` names the answer.
    """
    if len(body) > MAX_ANSWER:
        raise MalformedError(f"{where} has more than {MAX_ANSWER} bytes")
    answer = load_object(body, where)
    text = answer.get("token") or answer.get("access_token")
    if not isinstance(text, str):
        raise MalformedError(f"{where} has no token")
    if not BEARER.fullmatch(text):
        raise MalformedError(f"{where} has a token that no header can hold")
    seconds = answer.get("expires_in")
    if seconds is None:
        return Token(text, SHORTEST)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise MalformedError(f"{where} does not say in a number how long its token can be used")
    return Token(text, max(SHORTEST, float(seconds)))


def words(body: bytes, secrets: Sequence[str]) -> str:
    """A token server's own words for a failure, without what was told it in secret.

    They are those of an OCI error (distribution-spec 1.1, error codes), of an OAuth2 error
    (RFC 6749 5.2), or the text as it is; cut and made safe to print.
    """
    body = body[:MAX_ANSWER]
    text = body.decode("utf-8", "replace")
    with suppress(MalformedError):
        text = _stated(load_object(body, "an answer")) or text
    for secret in secrets:
        text = text.replace(secret, "[...]")
    return said(text[: 4 * MAX_SAID])


def _stated(answer: Mapping[str, Json]) -> str:
    errors = answer.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    members = {**answer, **first} if isinstance(first, dict) else answer
    for name in ("message", "error_description", "details", "error", "code"):
        stated = members.get(name)
        if isinstance(stated, str) and stated:
            return stated
    return ""
