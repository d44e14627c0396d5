"""Requests that no API server asks: what it would ask if somebody applied a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core import yamlvalue
from aiverify.core.jsonvalue import Json, canonical, load_object
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation, User
from aiverify.webhook.reviewing import API_VERSION, KIND, read_review

MAX_SIZE = 32 << 20
"""Bytes that a file of manifests may have."""

MAX_OBJECTS = 2000


def requests_in(
    data: bytes, shown: str, *, namespace: str, user: User
) -> tuple[AdmissionRequest, ...]:
    """The requests in a file: an AdmissionReview, or manifests in JSON or YAML.

    An object that says no namespace is taken to be in `namespace`. A list stands for its items.

    Raises:
        MalformedError: it is neither, or an object has no kind.
    """
    found: list[AdmissionRequest] = []
    for document in _documents(data, shown):
        if document.get("apiVersion") == API_VERSION and document.get("kind") == KIND:
            found.append(read_review(canonical(document)))
            continue
        for item in _items(document, shown):
            found.append(_created(item, shown, namespace, user))
            if len(found) > MAX_OBJECTS:
                raise MalformedError(f"{shown} has more than {MAX_OBJECTS} objects")
    if not found:
        raise MalformedError(f"{shown} has no object", hint="Name a file with a manifest in it.")
    return tuple(found)


def _documents(data: bytes, shown: str) -> tuple[Mapping[str, Json], ...]:
    if data.lstrip()[:1] == b"{":
        return (load_object(data, shown),)
    try:
        return yamlvalue.parse_all(data.decode("utf-8-sig"), "the manifest")
    except UnicodeError as error:
        raise MalformedError(f"{shown} is not valid UTF-8") from error
    except MalformedError as error:
        raise MalformedError(f"{shown}, {error.message}", hint=error.hint) from error


def _items(document: Mapping[str, Json], shown: str) -> Iterator[Mapping[str, Json]]:
    kind, items = document.get("kind"), document.get("items")
    if not (isinstance(kind, str) and kind.endswith("List") and isinstance(items, list)):
        yield document
        return
    for item in items:
        if not isinstance(item, Mapping):
            raise MalformedError(f"{shown} has a list with something that is no object")
        yield item


def _created(
    document: Mapping[str, Json], shown: str, namespace: str, user: User
) -> AdmissionRequest:
    """The request to create an object."""
    version, kind = document.get("apiVersion"), document.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str) or not version or not kind:
        raise MalformedError(f"{shown} has an object without apiVersion or kind")
    group, slash, number = version.partition("/")
    metadata = document.get("metadata")
    said = metadata if isinstance(metadata, Mapping) else {}
    return AdmissionRequest(
        uid="review",
        kind=GroupVersionKind(group if slash else "", number if slash else group, kind),
        operation=Operation.CREATE,
        object=document,
        namespace=_text(said.get("namespace")) or namespace,
        name=_text(said.get("name")),
        user=user,
        dry_run=True,
    )


def title_of(request: AdmissionRequest) -> str:
    """What an object is called, for people."""
    metadata = request.object.get("metadata") if request.object else None
    said = metadata if isinstance(metadata, Mapping) else {}
    return printable(request.name or _text(said.get("name")) or _text(said.get("generateName")))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
