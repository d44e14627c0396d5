"""The types of predicate that people attest, their names, and when each says it was made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UsageError

CYCLONEDX = "https://cyclonedx.org/bom"
PROVENANCE = "https://slsa.dev/provenance/v1"
SUMMARY = "https://slsa.dev/verification_summary/v1"
CONTENTS = "https://aiverify.dev/contents/v1"
"""What somebody's readers found in each file of an artifact (`docs/registry.md`)."""

MANIFEST_SIGNED = "https://sigstore.dev/cosign/sign/v1"
"""That somebody signed an OCI manifest, and with it all that it lists: `cosign sign`."""

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)

EXPIRES = "expires"
"""A member that any extensible predicate may have: when it no longer counts, in RFC 3339."""

SKEW = timedelta(minutes=5)
"""How far the clock of whoever stated a time may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class PredicateType:
    """A predicate type: its short name, its URI, and the members that hold its time, by path.

    `extensible` says that its specification lets a predicate have members of others' making.
    """

    name: str
    uri: str
    times: tuple[tuple[str, ...], ...] = ()
    extensible: bool = False


KNOWN: tuple[PredicateType, ...] = (
    PredicateType("cyclonedx", CYCLONEDX, (("metadata", "timestamp"),)),
    PredicateType(
        "spdx",
        "https://spdx.dev/Document",
        (("creationInfo", "created"),),
    ),
    PredicateType(
        "provenance",
        PROVENANCE,
        (
            ("runDetails", "metadata", "finishedOn"),
            ("runDetails", "metadata", "startedOn"),
        ),
        extensible=True,
    ),
    PredicateType("contents", CONTENTS, (("time",),), extensible=True),
    PredicateType("summary", SUMMARY, (("timeVerified",),), extensible=True),
    PredicateType(
        "vulns",
        "https://in-toto.io/attestation/vulns/v0.1",
        (("metadata", "scanFinishedOn"),),
        extensible=True,
    ),
    PredicateType(
        "cosign-vuln",
        "https://cosign.sigstore.dev/attestation/vuln/v1",
        (("metadata", "scanFinishedOn"),),
        extensible=True,
    ),
    PredicateType(
        "test-result", "https://in-toto.io/attestation/test-result/v0.1", (), extensible=True
    ),
    PredicateType("openvex", "https://openvex.dev/ns/v0.2.0", (("timestamp",),)),
    PredicateType(
        "custom", "https://cosign.sigstore.dev/attestation/v1", (("Timestamp",),), extensible=True
    ),
)
"""Types by the names that `--type` takes. Any other is given by its URI."""

_BY_NAME = {item.name: item for item in KNOWN} | {
    "sbom": KNOWN[0],
    "slsaprovenance1": KNOWN[2],
    "vsa": KNOWN[4],
    "vuln": KNOWN[6],
}
_BY_URI = {item.uri: item for item in KNOWN}


def named(text: str) -> PredicateType:
    """A predicate type by its short name or its URI.

    Raises:
        UsageError: it is neither.
    """
    if text in _BY_NAME:
        return _BY_NAME[text]
    if text in _BY_URI:
        return _BY_URI[text]
    if "://" not in text or not text.isprintable() or " " in text:
        known = ", ".join(item.name for item in KNOWN)
        raise UsageError(
            f"{printable(text)} is no predicate type", hint=f"Name one of {known}, or give a URI."
        )
    return PredicateType(text, text, extensible=True)


def shown(uri: str) -> str:
    """The short name of a predicate type, or its URI."""
    return _BY_URI[uri].name if uri in _BY_URI else uri


def stated_time(uri: str, predicate: Mapping[str, Json]) -> datetime | None:
    """When a predicate says that it was made, or None if it does not say.

    Raises:
        MalformedError: it says so in other words than RFC 3339.
    """
    for path in _BY_URI[uri].times if uri in _BY_URI else ():
        found = _member(predicate, path)
        if found is not None:
            return moment(found, f"the time of the {shown(uri)}")
    return None


def expiry(predicate: Mapping[str, Json]) -> datetime | None:
    """When a predicate no longer counts by its own words, or None if it does not say.

    Raises:
        MalformedError: it says so in other words than RFC 3339.
    """
    found = predicate.get(EXPIRES)
    return None if found is None else moment(found, "its expiry")


def moment(value: Json, what: str) -> datetime:
    """A time in RFC 3339, aware.

    Raises:
        MalformedError: it is something else.
    """
    if isinstance(value, str) and _RFC3339.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise MalformedError(f"{what} is not a time with its zone, such as 2025-01-31T12:00:00Z")


def _member(value: Json, path: tuple[str, ...]) -> Json:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
