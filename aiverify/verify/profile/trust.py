"""Who a profile trusts: signers by keys, certificates and identities, quorums, and revocation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from aiverify.verify.profile import fields, model
from aiverify.verify.profile.base import Base

T = TypeVar("T")


def read_trust(value: Json, base: Base, shown: str, *, name: str = "trust") -> Trust:
    """The trust in a profile whose files `base` knows; `name` is its member.

    Raises:
        InputError: a key or certificate cannot be read.
        MalformedError: a member is unknown or of the wrong type, or trust cannot be met.
    """
    where = f"{shown}: {name}"
    found = fields.members(value, model.TRUST, where)
    listed = fields.sequence(found.get("signers", []), f"{where}.signers")
    with_context = _Saying(shown)
    signers = tuple(_signer(item, base, where, with_context) for item in listed)
    threshold = fields.number(found, "threshold", 1, where)
    kinds = _kinds(found.get("kinds", {}), f"{where}.kinds")
    revoked = _revoked(found.get("revoked", {}), base, f"{where}.revoked")
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


def _signer(value: Json, base: Base, where: str, saying: _Saying) -> Signer:
    where = f"{where}.signers"
    found = fields.members(value, model.SIGNER, where)
    return Signer(
        fields.text(found.get("name"), f"{where}.name"),
        tuple(
            _key(item, base, f"{where}.keys", saying)
            for item in fields.sequence(found.get("keys", []), f"{where}.keys")
        ),
        tuple(
            _authority(item, base, f"{where}.certificates", saying)
            for item in fields.sequence(found.get("certificates", []), f"{where}.certificates")
        ),
        tuple(
            _identity(item, f"{where}.identities", saying)
            for item in fields.sequence(found.get("identities", []), f"{where}.identities")
        ),
        logged=fields.flag(found, "logged", where),
        timestamped=fields.flag(found, "timestamped", where),
    )


def _key(value: Json, base: Base, where: str, saying: _Saying) -> TrustedKey:
    """A path or URI, or one with the time in which its signatures count."""
    if not isinstance(value, Mapping):
        return TrustedKey(_public(fields.text(value, where), base, where))
    found = fields.members(value, model.KEY, where)
    start, end = (fields.moment(found, name, where) for name in ("from", "until"))
    return TrustedKey(_pem(found, base, where), saying(lambda: Window(start, end)))


def _pem(found: Mapping[str, Json], base: Base, where: str) -> str:
    if "pem" not in found:
        return _public(fields.text(found.get("key"), f"{where}.key"), base, f"{where}.key")
    if "key" in found:
        raise MalformedError(f"{where} has both key and pem", hint="Remove one of the two.")
    return keys.parse_public(_inline(found, where), f"{where}.pem").pem


def _public(text: str, base: Base, where: str) -> str:
    if not base.confined and (keys.is_remote(text) or text.startswith(keys.ENV)):
        return keys.open_public(text).pem
    return keys.read_public(base.path(text, where)).pem


def _inline(found: Mapping[str, Json], where: str) -> bytes:
    data = fields.text(found["pem"], f"{where}.pem").encode()
    if len(data) > model.MAX_PEM:
        raise MalformedError(f"{where}.pem is {len(data)} bytes; the limit here is {model.MAX_PEM}")
    return data


def _authority(value: Json, base: Base, where: str, saying: _Saying) -> TrustedAuthority:
    found = fields.members(value, model.CERTIFICATE, where)
    paths = fields.texts(found.get("roots", []), f"{where}.roots")
    roots = [
        item for path in paths for item in certificates.read_pem(base.path(path, f"{where}.roots"))
    ]
    if "pem" in found:
        roots += certificates.parse_pem(_inline(found, where), f"{where}.pem")
    named = "name" in found or "pattern" in found
    return TrustedAuthority(tuple(roots), _pattern(found, where, saying) if named else None)


def _identity(value: Json, where: str, saying: _Saying) -> TrustedIdentity:
    found = fields.members(value, model.IDENTITY, where)
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
        found = fields.members(item, model.QUORUM, f"{where}.{name}")
        signers = fields.texts(found.get("signers", []), f"{where}.{name}.signers")
        threshold = fields.number(found, "threshold", 1, f"{where}.{name}")
        quorums[Kind(name)] = Quorum(threshold, frozenset(signers))
    return quorums


def _revoked(value: Json, base: Base, where: str) -> Revoked:
    found = fields.members(value, model.REVOKED, where)
    named = fields.texts(found.get("keys", []), f"{where}.keys")
    digests = fields.texts(found.get("digests", []), f"{where}.digests")
    for item in digests:
        _check_digest(item, f"{where}.digests")
    return Revoked(
        frozenset(_fingerprint(item, base, f"{where}.keys") for item in named),
        frozenset(digests),
    )


def _fingerprint(text: str, base: Base, where: str) -> str:
    """A revoked key by its fingerprint, or by the file that it is in."""
    if text.startswith("sha256:"):
        return _check_digest(text, where)
    return keys.read_public(base.path(text, where)).fingerprint


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
