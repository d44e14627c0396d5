"""A few telling members of the predicates that people attest, as labels and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from aiverify.core.jsonvalue import Json, kind
from aiverify.operations.seen.words import cut, cut_all
from aiverify.signing import predicates
from aiverify.signing.predicates import CYCLONEDX, EXPIRES, PROVENANCE, SUMMARY

Fact = tuple[str, str]
"""What a predicate says: a label of ours, and a text of its own. A label may come again."""

MAX_ITEMS = 8
"""Items of one list that are told."""

_VERSION = re.compile(r"/v[0-9]+(\.[0-9]+)*$")


def facts(uri: str, predicate: Mapping[str, Json]) -> tuple[Fact, ...]:
    """What is telling in a predicate of a type. Whatever is not as it should be is left out."""
    lines = _LINES.get(uri) or _LINES.get(variant_of(uri))
    if lines is None:
        return (("members", _names(predicate)), *_told(_ENDS, predicate))
    return (*_told(lines, predicate), *_told(_ENDS, predicate))


def variant_of(uri: str) -> str:
    """The known type of which a type is another version, or nothing."""
    if any(item.uri == uri for item in predicates.KNOWN):
        return ""
    stem = _VERSION.sub("", uri)
    return next((item.uri for item in predicates.KNOWN if _VERSION.sub("", item.uri) == stem), "")


@dataclass(frozen=True, slots=True)
class _Line:
    """A label, the path of the member that it tells, and how."""

    label: str
    path: str
    say: Callable[[Json], Iterable[str]]


def _told(lines: Iterable[_Line], predicate: Mapping[str, Json]) -> Iterator[Fact]:
    for line in lines:
        value: Json = predicate
        for key in line.path.split("/"):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is not None:
            yield from ((line.label, text) for text in line.say(value) if text)


def _text(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield cut(value)
    elif isinstance(value, bool):
        yield "yes" if value else "no"
    elif isinstance(value, int | float):
        yield str(value)


def _count(value: Json) -> Iterator[str]:
    if isinstance(value, list | Mapping):
        yield f"{len(value):,}"


def _listed(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        texts = [item if isinstance(item, str) else kind(item) for item in value]
        yield ", ".join(cut_all(texts, MAX_ITEMS))


def _members(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield _names(value)


def _digests(value: Json) -> Iterator[str]:
    """The digests of a resource by algorithm (in-toto, DigestSet)."""
    if isinstance(value, Mapping):
        found = (f"{name}:{item}" for name, item in value.items() if isinstance(item, str))
        yield ", ".join(cut_all(found, MAX_ITEMS))


def _resources(value: Json) -> Iterator[str]:
    """Resources with their role, name and digests (in-toto, ResourceDescriptor)."""
    if isinstance(value, list):
        yield from map(_resource, value[:MAX_ITEMS])
        if len(value) > MAX_ITEMS:
            yield f"and {len(value) - MAX_ITEMS:,} more"


def _resource(value: Json) -> str:
    if not isinstance(value, Mapping):
        return kind(value)
    notes = value.get("annotations")
    role = notes.get("role") if isinstance(notes, Mapping) else ""
    name = value.get("name") or value.get("uri")
    said = (cut(item) for item in (role, name) if isinstance(item, str))
    every = (*said, *_digests(value.get("digest")))
    return " ".join(filter(None, every)) or "a resource without a name"


def _names(value: Mapping[str, Json]) -> str:
    return ", ".join(cut_all(value, MAX_ITEMS)) or "none"


_ENDS = (_Line("expires", EXPIRES, _text),)

_SCAN = (
    _Line("scanner", "scanner/uri", _text),
    _Line("version", "scanner/version", _text),
    _Line("found", "scanner/result", _count),
    _Line("scanned", "metadata/scanFinishedOn", _text),
)

_LINES: Mapping[str, tuple[_Line, ...]] = {
    CYCLONEDX: (
        _Line("name", "metadata/component/name", _text),
        _Line("version", "metadata/component/version", _text),
        _Line("kind", "metadata/component/type", _text),
        _Line("components", "components", _count),
        _Line("CycloneDX", "specVersion", _text),
        _Line("made", "metadata/timestamp", _text),
    ),
    "https://spdx.dev/Document": (
        _Line("name", "name", _text),
        _Line("packages", "packages", _count),
        _Line("format", "spdxVersion", _text),
        _Line("creators", "creationInfo/creators", _listed),
        _Line("made", "creationInfo/created", _text),
    ),
    PROVENANCE: (
        _Line("builder", "runDetails/builder/id", _text),
        _Line("build type", "buildDefinition/buildType", _text),
        _Line("run", "runDetails/metadata/invocationId", _text),
        _Line("started", "runDetails/metadata/startedOn", _text),
        _Line("finished", "runDetails/metadata/finishedOn", _text),
        _Line("parameters", "buildDefinition/externalParameters", _members),
        _Line("dependency", "buildDefinition/resolvedDependencies", _resources),
    ),
    "https://slsa.dev/provenance/v0.2": (
        _Line("builder", "builder/id", _text),
        _Line("build type", "buildType", _text),
        _Line("run", "metadata/buildInvocationId", _text),
        _Line("started", "metadata/buildStartedOn", _text),
        _Line("finished", "metadata/buildFinishedOn", _text),
        _Line("dependency", "materials", _resources),
    ),
    SUMMARY: (
        _Line("result", "verificationResult", _text),
        _Line("about", "resourceUri", _text),
        _Line("verifier", "verifier/id", _text),
        _Line("policy", "policy/uri", _text),
        _Line("policy", "policy/digest", _digests),
        _Line("levels", "verifiedLevels", _listed),
        _Line("verified", "timeVerified", _text),
    ),
    "https://in-toto.io/attestation/vulns/v0.1": _SCAN,
    "https://cosign.sigstore.dev/attestation/vuln/v1": _SCAN,
    "https://in-toto.io/attestation/test-result/v0.1": (
        _Line("result", "result", _text),
        _Line("passed", "passedTests", _count),
        _Line("warned", "warnedTests", _count),
        _Line("failed", "failedTests", _count),
        _Line("tested with", "configuration", _resources),
    ),
    "https://openvex.dev/ns/v0.2.0": (
        _Line("author", "author", _text),
        _Line("statements", "statements", _count),
        _Line("made", "timestamp", _text),
    ),
    "https://cosign.sigstore.dev/attestation/v1": (
        _Line("data", "Data", _text),
        _Line("made", "Timestamp", _text),
    ),
}
"""What is told of each type, in this order."""
