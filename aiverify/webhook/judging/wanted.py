"""What a reference that was found asks for: an artifact in a registry, or a URI with a revision."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TypeAlias

from aiverify.core import reference, rules
from aiverify.core.admission import Admission
from aiverify.core.finding import Finding
from aiverify.core.names import printable
from aiverify.core.reference import Reference
from aiverify.errors import UsageError
from aiverify.webhook.extractors.interface import Found, What

MAX_URI = 2048

BY_SUMMARY = frozenset(
    {"hf", "s3", "gs", "https", "pvc", "file", "ngc", "hdfs", "webhdfs", "abfs", "azblob"}
)
"""Schemes of what only a signed summary can vouch for."""

_OCI = re.compile(r"oci(\+[a-z]+)?://")
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>.+)")
_COMMIT = re.compile("[0-9a-f]{40}")
_HUB = re.compile(r"https://(?:[^/@?#]*@)?(?:www\.)?(?:huggingface\.co|hf\.co)(?=[/:?#]|\Z)", re.I)
_AT = re.compile(r"/(?:resolve|raw)/(?P<at>[0-9a-f]{40})/")
_LOCAL = frozenset({"pvc", "file"})
"""Schemes of what is not the same in another namespace."""


@dataclass(frozen=True, slots=True)
class InOci:
    """An artifact in a registry."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class ByUri:
    """What is somewhere that the webhook does not read: its whole URI, the revision included."""

    uri: str


Wanted: TypeAlias = InOci | ByUri


def wanted(found: Found, admission: Admission, namespace: str) -> Wanted | Finding | None:
    """What is to be judged, why it cannot be, or None for an image that nobody wants verified.

    `namespace` is where the object is, as the API server says.
    """
    if found.what is What.IMAGE and not admission.judges_image(found.uri):
        return None
    if found.problem:
        return rules.admission.UNRESOLVED.found(printable(found.problem[:300]))
    if len(found.uri) > MAX_URI:
        return rules.admission.UNRESOLVED.found(f"it has more than {MAX_URI} characters")
    if found.what is What.IMAGE or _OCI.match(found.uri):
        return _in_registry(found, admission)
    return _elsewhere(found, namespace)


def shown(found: Found) -> str:
    """A reference, for messages and annotations."""
    revision = f"@{found.revision}" if found.revision and found.revision not in found.uri else ""
    text = printable(f"{found.uri}{revision}")
    return text if len(text) <= 200 else f"{text[:197]}..."


def _in_registry(found: Found, admission: Admission) -> Wanted | Finding:
    name = _OCI.sub("", found.uri)
    try:
        parsed = reference.parse(name)
    except UsageError as error:
        return rules.admission.UNRESOLVED.found(printable(error.message[:300]))
    if not admission.allows_origin(str(parsed)):
        place = printable(f"{parsed.host}/{parsed.repository}")
        return rules.admission.REGISTRY.found(f"artifacts may not come from {place}")
    return InOci(parsed)


def _elsewhere(found: Found, namespace: str) -> Wanted | Finding:
    if found.uri.startswith("http://"):
        message = f"{shown(found)} is fetched in the clear, where anybody on the way can change it"
        return replace(rules.admission.MOVABLE.found(message), fix="Name it by https://.")
    parts = _SCHEME.fullmatch(found.uri)
    if parts is None or parts["scheme"] not in BY_SUMMARY:
        message = f"nobody can say what {shown(found)} leads to"
        return rules.admission.UNRESOLVED.found(message)
    return _by_uri(found, parts["scheme"], namespace)


def _by_uri(found: Found, scheme: str, namespace: str) -> Wanted | Finding:
    """The URI that a summary must be about, to the letter.

    A hub has revisions, so one must be named, and a commit: where a branch leads tomorrow,
    nobody can have summed up. Where there are none, as in a bucket or a claim, whoever signs a
    summary for the place vouches for what is there. A claim or a path is one of a namespace:
    somebody else may have one of that name.
    """
    uri = found.uri
    if scheme == "hf":
        name, colon, revision = uri.removeprefix("hf://").rpartition(":")  # as KServe writes it
        uri = f"hf://{name}@{revision}" if colon else uri
    if found.revision and not uri.endswith(f"@{found.revision}"):
        uri = f"{uri}@{found.revision}"
    if scheme == "hf" and not _COMMIT.fullmatch(uri.rpartition("@")[2]):
        return rules.admission.MOVABLE.found(f"{shown(found)} names no commit")
    if _HUB.match(uri) and not _AT.search(uri):
        return rules.admission.MOVABLE.found(f"{shown(found)} names no commit")
    if scheme in _LOCAL:
        uri = f"{uri}?namespace={namespace}"
    return ByUri(uri)
