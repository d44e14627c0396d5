"""What a registry says when it refuses, in its own words (distribution-spec 1.1, error codes)."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.words import MAX_SAID, said
from aiverify.errors import AiverifyError, DeniedError, MalformedError, UndecidedError

_SHOWN = 3
"""Errors of one answer that are shown."""


def refusal(host: str, status: int, body: bytes, secret: str = "") -> AiverifyError:
    """The error for an answer that is none that was hoped for.

    What was sent as the `secret` is left out of the registry's words, should it repeat it.
    """
    if 300 <= status < 400:
        return UndecidedError(
            f"{host} sends elsewhere (HTTP {status}), where nobody told to go",
            hint="Name the registry by the host at which it answers itself.",
        )
    if status >= 500:
        return UndecidedError(f"{host} is out of order (HTTP {status})")
    if status < 400:
        return UndecidedError(f"{host} answers what was not asked (HTTP {status})")
    told = words(body, secret)
    if status in (401, 403):
        return DeniedError(
            f"{host} refuses: {told}",
            hint=f"Log in with `docker login {host}` or `podman login {host}`.",
        )
    return DeniedError(f"{host} refuses (HTTP {status}): {told}")


def words(body: bytes, secret: str = "") -> str:
    """The codes and messages of an answer, cut and made safe to print."""
    text = "; ".join(filter(None, map(_one, _errors(body)[:_SHOWN])))
    text = text or body[: 4 * MAX_SAID].decode("utf-8", "replace")
    for part in secret.split():
        if len(part) > len("Bearer"):
            text = text.replace(part, "...")
    return said(text)


def codes(body: bytes) -> frozenset[str]:
    """The error codes of an answer, such as `DIGEST_INVALID`."""
    found = (error.get("code") for error in _errors(body))
    return frozenset(code for code in found if isinstance(code, str))


def _errors(body: bytes) -> list[Mapping[str, Json]]:
    try:
        errors = load_object(body, "an answer").get("errors")
    except MalformedError:
        return []
    if not isinstance(errors, list):
        return []
    return [error for error in errors if isinstance(error, Mapping)]


def _one(error: Mapping[str, Json]) -> str:
    parts = (error.get("code"), error.get("message"))
    return ": ".join(part for part in parts if isinstance(part, str) and part)
