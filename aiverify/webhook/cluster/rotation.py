"""When a certificate is replaced, so that no request is lost while it is.

A new certificate takes the place of an old one in four steps, each of which one replica takes and
the others find in the Secret:

1. The next pair is put beside the current one, and its authority into the bundle.
2. Once every webhook configuration carries both authorities, and the API server has had time to
   see that, the next pair becomes the current one.
3. Replicas read it within moments. The former authority stays in the bundle meanwhile.
4. After that it is taken out.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.webhook.cluster.minting import Pair, mint

MAX_PEM = 1 << 16
"""Characters that a certificate or key in the Secret may have."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long what lasts.

    A certificate is valid for `lifetime` and replaced `before` its end. `settle` is how long both
    authorities are in the bundle before the next certificate is served; `overlap` is how long
    the former one stays there afterwards.
    """

    lifetime: timedelta = timedelta(days=90)
    before: timedelta = timedelta(days=30)
    settle: timedelta = timedelta(minutes=2)
    overlap: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Held:
    """What the Secret holds. `former` is an authority in PEM; `since` is the last step's time."""

    current: Pair | None = None
    following: Pair | None = None
    former: str = ""
    since: datetime = _NEVER

    @property
    def bundle(self) -> str:
        """The authorities that the API server is to believe, in PEM."""
        pairs = (self.current, self.following)
        return "".join((*(pair.authority for pair in pairs if pair), self.former))


def advance(
    held: Held, names: Sequence[str], now: datetime, timing: Timing, *, published: bool
) -> Held:
    """The next step, or the same where none is due.

    `published` says that every webhook configuration carries the whole bundle.
    """
    if held.current is None or not held.current.serves(names, now):
        return _replaced_at_once(held, names, now, timing)
    if held.following is not None:
        return _followed(held, held.current, held.following, names, now, timing, published)
    if held.former:
        return replace(held, former="") if now - held.since >= timing.overlap else held
    if held.current.end - now <= timing.before:
        return replace(held, following=mint(names, now, timing.lifetime), since=now)
    return held


def _replaced_at_once(held: Held, names: Sequence[str], now: datetime, timing: Timing) -> Held:
    """There is nothing to wait for: what cannot be served is of no use to anybody."""
    former = held.current.authority if held.current else ""
    ready = held.following
    if ready is None or not ready.serves(names, now):
        ready = mint(names, now, timing.lifetime)
    return Held(ready, None, former, now)


def _followed(
    held: Held,
    current: Pair,
    following: Pair,
    names: Sequence[str],
    now: datetime,
    timing: Timing,
    published: bool,
) -> Held:
    if not following.serves(names, now):
        return replace(held, following=None, since=now)
    if published and now - held.since >= timing.settle:
        return Held(following, None, current.authority, now)
    return held


def read(secret: Mapping[str, Json]) -> Held:
    """What a Secret holds. What is broken in it is as if it were not there."""
    data = secret.get("data")
    fields = data if isinstance(data, Mapping) else {}
    former = _text(fields, "former-ca.crt")
    return Held(
        _pair(fields, "ca.crt", "tls.crt", "tls.key"),
        _pair(fields, "next-ca.crt", "next.crt", "next.key"),
        former if _is_certificate(former) else "",
        _moment(_text(fields, "since")),
    )


def written(held: Held) -> dict[str, Json]:
    """The `data` of the Secret."""
    fields: dict[str, str] = {"since": held.since.isoformat()}
    if held.current:
        fields |= _fields(held.current, "ca.crt", "tls.crt", "tls.key")
    if held.following:
        fields |= _fields(held.following, "next-ca.crt", "next.crt", "next.key")
    if held.former:
        fields["former-ca.crt"] = held.former
    return {name: base64.b64encode(text.encode()).decode() for name, text in fields.items()}


def _fields(pair: Pair, authority: str, certificate: str, key: str) -> dict[str, str]:
    return {authority: pair.authority, certificate: pair.certificate, key: pair.key}


def _pair(fields: Mapping[str, Json], authority: str, certificate: str, key: str) -> Pair | None:
    texts = tuple(_text(fields, name) for name in (authority, certificate, key))
    try:
        return Pair.read(*texts) if all(texts) else None
    except MalformedError:
        return None


def _text(fields: Mapping[str, Json], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > MAX_PEM:
        return ""
    try:
        return base64.b64decode(value, validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        return ""


def _is_certificate(text: str) -> bool:
    from cryptography import x509

    try:
        return bool(text) and len(x509.load_pem_x509_certificates(text.encode())) == 1
    except ValueError:
        return False


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _NEVER
    return found if found.tzinfo else _NEVER
