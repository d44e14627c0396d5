"""Who a profile trusts: signers by keys, certificates and identities, quorums, and revocation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from aiverify.core.artifact import Kind
from aiverify.core.digest import Digest
from aiverify.core.identity import NamePattern
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.core.trust import (
    Quorum,
    Revoked,
    Signer,
    Trust,
    TrustedAuthority,
    TrustedIdentity,
    TrustedKey,
    Window,
)
from aiverify.errors import MalformedError, UsageError
from aiverify.signing import certificates, keys
from aiverify.verify.profile import fields

T = TypeVar("T")

KNOWN = {"threshold", "signers", "kinds", "revoked", "sigstore"}
_SIGNER = {"name", "keys", "certificates", "identities", "logged", "timestamped"}


def read_trust(value: Json, directory: Path, shown: str, *, name: str = "trust") -> Trust:
    """The trust in a profile whose paths are relative to `directory`; `name` is its member.

    Raises:
        InputError: a key or certificate cannot be read.
        MalformedError: a member is unknown or of the wrong type, or trust cannot be met.
    """
    where = f"{shown}: {name}"
    found = fields.members(value, KNOWN, where)
    listed = fields.sequence(found.get("signers", []), f"{where}.signers")
    with_context = _Saying(shown)
    signers = tuple(_signer(item, directory, where, with_context) for item in listed)
    threshold = fields.number(found, "threshold", 1, where)
    kinds = _kinds(found.get("kinds", {}), f"{where}.kinds")
    revoked = _revoked(found.get("revoked", {}), directory, f"{where}.revoked")
    return with_context(lambda: Trust(signers, threshold, kinds, revoked))


class _Saying:
    """Turns what a value says of itself into an error that names the profile."""

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def __call__(self, make: Callable[[], T]) -> T:
        try:
            return make()
        except UsageError as error:
            raise MalformedError(f"{self._shown}: {error.message}", hint=error.hint) from error


def _signer(value: Json, directory: Path, where: str, saying: _Saying) -> Signer:
    where = f"{where}.signers"
    found = fields.members(value, _SIGNER, where)
    return Signer(
        fields.text(found.get("name"), f"{where}.name"),
        tuple(
            _key(item, directory, f"{where}.keys", saying)
            for item in fields.sequence(found.get("keys", []), f"{where}.keys")
        ),
        tuple(
            _authority(item, directory, f"{where}.certificates", saying)
            for item in fields.sequence(found.get("certificates", []), f"{where}.certificates")
        ),
        tuple(
            _identity(item, f"{where}.identities", saying)
            for item in fields.sequence(found.get("identities", []), f"{where}.identities")
        ),
        logged=fields.flag(found, "logged", where),
        timestamped=fields.flag(found, "timestamped", where),
    )


def _key(value: Json, directory: Path, where: str, saying: _Saying) -> TrustedKey:
    """A path or URI, or one with the time in which its signatures count."""
    if not isinstance(value, Mapping):
        return TrustedKey(_public(fields.text(value, where), directory))
    found = fields.members(value, {"key", "from", "until"}, where)
    start, end = (fields.moment(found, name, where) for name in ("from", "until"))
    pem = _public(fields.text(found.get("key"), f"{where}.key"), directory)
    return TrustedKey(pem, saying(lambda: Window(start, end)))


def _public(text: str, directory: Path) -> str:
    if keys.is_remote(text) or text.startswith(keys.ENV):
        return keys.open_public(text).pem
    return keys.read_public(directory / text).pem


def _authority(value: Json, directory: Path, where: str, saying: _Saying) -> TrustedAuthority:
    found = fields.members(value, {"roots", "name", "pattern"}, where)
    paths = fields.texts(found.get("roots", []), f"{where}.roots")
    roots = tuple(item for path in paths for item in certificates.read_pem(directory / path))
    named = "name" in found or "pattern" in found
    return TrustedAuthority(roots, _pattern(found, where, saying) if named else None)


def _identity(value: Json, where: str, saying: _Saying) -> TrustedIdentity:
    found = fields.members(value, {"issuer", "name", "pattern"}, where)
    issuer = fields.text(found.get("issuer"), f"{where}.issuer")
    return TrustedIdentity(issuer, _pattern(found, where, saying))


def _pattern(found: Mapping[str, Json], where: str, saying: _Saying) -> NamePattern:
    if ("name" in found) == ("pattern" in found):
        raise MalformedError(f"{where} must have exactly one of name and pattern")
    wildcards = "pattern" in found
    key = "pattern" if wildcards else "name"
    text = fields.text(found[key], f"{where}.{key}")
    return saying(lambda: NamePattern(text, wildcards))


def _kinds(value: Json, where: str) -> dict[Kind, Quorum]:
    quorums: dict[Kind, Quorum] = {}
    for name, item in fields.mapping(value, where).items():
        if name not in set(Kind):
            raise MalformedError(
                f"{where} names the kind {printable(name)}", hint=f"Known: {', '.join(Kind)}."
            )
        found = fields.members(item, {"threshold", "signers"}, f"{where}.{name}")
        signers = fields.texts(found.get("signers", []), f"{where}.{name}.signers")
        threshold = fields.number(found, "threshold", 1, f"{where}.{name}")
        quorums[Kind(name)] = Quorum(threshold, frozenset(signers))
    return quorums


def _revoked(value: Json, directory: Path, where: str) -> Revoked:
    found = fields.members(value, {"keys", "digests"}, where)
    named = fields.texts(found.get("keys", []), f"{where}.keys")
    digests = fields.texts(found.get("digests", []), f"{where}.digests")
    for item in digests:
        _check_digest(item, f"{where}.digests")
    return Revoked(
        frozenset(_fingerprint(item, directory, f"{where}.keys") for item in named),
        frozenset(digests),
    )


def _fingerprint(text: str, directory: Path, where: str) -> str:
    """A revoked key by its fingerprint, or by the file that it is in."""
    if text.startswith("sha256:"):
        return _check_digest(text, where)
    return keys.read_public(directory / text).fingerprint


def _check_digest(text: str, where: str) -> str:
    if not text.startswith("sha256:"):
        raise MalformedError(
            f"{where} names {printable(text[:100])}, which is no SHA-256 digest",
            hint="Write it as sha256: and 64 hexadecimal digits.",
        )
    try:
        return str(Digest.parse(text))
    except MalformedError as error:
        raise MalformedError(f"{where}: {error.message}") from error
