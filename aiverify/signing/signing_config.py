"""Sigstore's signing configuration (v0.2): which services a signer asks, and how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import InputError, MalformedError
from aiverify.signing import dsse, protojson
from aiverify.signing.trusted_root import Period, part, period

LOG_VERSIONS = (1, 2)
"""Major versions of Rekor's API that are spoken."""

_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json"
_MEMBERS = (
    "mediaType",
    "caUrls",
    "oidcUrls",
    "rekorTlogUrls",
    "rekorTlogConfig",
    "tsaUrls",
    "tsaConfig",
)
_SERVICE = ("url", "majorApiVersion", "validFor", "operator")
_SELECTORS = ("ALL", "ANY", "EXACT")
_MAX_SERVICES = 100


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service is, the major version of its API, and when it is to be asked."""

    url: str
    version: int
    valid: Period
    operator: str


@dataclass(frozen=True, slots=True)
class Choice:
    """How many of the services that would do are to be asked: `ALL`, `ANY` one, or `EXACT`."""

    selector: str = "ALL"
    count: int = 0


@dataclass(frozen=True, slots=True)
class SigningConfig:
    """The services of one Sigstore, past and future ones included."""

    certificate_services: tuple[Service, ...]
    identity_services: tuple[Service, ...]
    log_services: tuple[Service, ...]
    timestamp_services: tuple[Service, ...]
    log_choice: Choice = Choice()
    timestamp_choice: Choice = Choice()

    @classmethod
    def parse(cls, data: bytes, where: str) -> SigningConfig:
        """Read a signing configuration, by itself or in a client's trust configuration.

        Raises:
            MalformedError: it is neither, or a part is missing, unknown, of the wrong type
                or too large.
        """
        where = f"the signing configuration {printable(where)}"
        found = dsse.members(part(data, "signingConfig", where), _MEMBERS, where)
        media_type = protojson.text(found, "mediaType", where)
        if media_type != _TYPE:
            raise MalformedError(f"{where} is of the unknown type {printable(media_type[:100])}")
        return cls(
            _services(found, "caUrls", where),
            _services(found, "oidcUrls", where),
            _services(found, "rekorTlogUrls", where),
            _services(found, "tsaUrls", where),
            _choice(found.get("rekorTlogConfig"), where),
            _choice(found.get("tsaConfig"), where),
        )

    def logs(self, now: datetime, versions: Sequence[int] = LOG_VERSIONS) -> tuple[Service, ...]:
        """The transparency logs to submit to, newest version first.

        Raises:
            InputError: fewer are valid now than must be asked.
        """
        usable = _usable(self.log_services, versions, now)
        return _chosen(usable, self.log_choice, "transparency logs")

    def timestampers(self, now: datetime) -> tuple[Service, ...]:
        """The timestamp authorities to ask. Raises as `logs`."""
        usable = _usable(self.timestamp_services, (1,), now)
        return _chosen(usable, self.timestamp_choice, "timestamp authorities")

    def authorities(self, now: datetime) -> tuple[Service, ...]:
        """The certificate authorities that may be asked; the first will do."""
        return _usable(self.certificate_services, (1,), now)

    def issuers(self, now: datetime) -> tuple[Service, ...]:
        """The identity providers that may be asked; the first will do."""
        return _usable(self.identity_services, (1,), now)


def _services(value: Mapping[str, Json], key: str, where: str) -> tuple[Service, ...]:
    listed = protojson.items(value, key, where, _MAX_SERVICES)
    return tuple(_service(item, f"{key} in {where}") for item in listed)


def _service(value: Json, where: str) -> Service:
    found = dsse.members(value, _SERVICE, where)
    return Service(
        protojson.text(found, "url", where),
        protojson.integer(found, "majorApiVersion", where),
        period(found, where),
        protojson.optional_text(found, "operator", where),
    )


def _choice(value: Json, where: str) -> Choice:
    if value is None:
        return Choice()
    found = dsse.members(value, ("selector", "count"), where)
    selector = protojson.text(found, "selector", where, 100)
    count = protojson.integer(found, "count", where)
    if selector not in _SELECTORS:
        raise MalformedError(f"{where} has the unknown selector {printable(selector)}")
    if selector == "EXACT" and not 0 < count <= _MAX_SERVICES:
        raise MalformedError(f"{where} selects exactly {count} services")
    return Choice(selector, count)


def _usable(
    services: Sequence[Service], versions: Sequence[int], now: datetime
) -> tuple[Service, ...]:
    """The newest that is valid of each operator, newest version first.

    Two services of one operator are one witness, so only one of them counts.
    """
    best: dict[str, Service] = {}
    for service in services:
        if service.version in versions and service.valid.covers(now):
            known = best.get(service.operator)
            if known is None or known.version < service.version:
                best[service.operator] = service
    return tuple(sorted(best.values(), key=lambda service: -service.version))


def _chosen(usable: tuple[Service, ...], choice: Choice, what: str) -> tuple[Service, ...]:
    if choice.selector == "ALL":
        return usable
    wanted = choice.count if choice.selector == "EXACT" else 1
    if choice.selector == "EXACT" and len(usable) < wanted:
        raise InputError(
            f"the signing configuration asks for {wanted} of its {what}, and {len(usable)} can "
            "be used now"
        )
    return usable[:wanted]
