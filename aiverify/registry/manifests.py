"""Manifests and tags: fetched, checked, stored and deleted (distribution-spec 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.mediatypes import OCI_INDEX, OCI_MANIFEST
from aiverify.core.names import printable
from aiverify.core.oci import MAX_MANIFEST, Descriptor
from aiverify.errors import DeniedError, InputError, MalformedError, UndecidedError
from aiverify.registry.http import MAX_ANSWER
from aiverify.registry.interface import Answer
from aiverify.registry.pages import pages
from aiverify.registry.session import DELETE, PUSH, Question, Session

MAX_TAGS = 100_000
"""Tags that a repository may have."""

_TAG_PAGES = 1000

_ACCEPT = ", ".join(
    (
        OCI_MANIFEST,
        OCI_INDEX,
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)
_ABSENT = frozenset({404})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A manifest's bytes, and their type, digest and size."""

    descriptor: Descriptor
    data: bytes


class Manifests:
    """A repository's manifests."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def fetch(self, pointer: str, limit: int = MAX_MANIFEST) -> Fetched:
        """A manifest by its tag or digest. Raises as `Repository.fetch`."""
        found = self.find(pointer, limit)
        if found is None:
            raise InputError(f"{self.name_of(pointer)} does not exist")
        return found

    def find(self, pointer: str, limit: int = MAX_MANIFEST) -> Fetched | None:
        """As `fetch`, or None where there is no such manifest."""
        question = Question(
            "GET",
            self._url(pointer),
            headers={"Accept": _ACCEPT},
            allowed=_ABSENT,
            redirects=True,
        )
        answer = self._session.ask(question, max(limit, MAX_ANSWER))
        if answer.status == 404:
            return None
        data = answer.body
        digest = self._checked(data, pointer, answer)
        value = load_object(data, self.name_of(pointer))
        media_type = _media_type(value, answer.headers.get("content-type", ""))
        return Fetched(Descriptor(media_type, digest, len(data)), data)

    def head(self, pointer: str) -> Descriptor | None:
        """What the registry says of a manifest, or None where it has none."""
        question = Question(
            "HEAD",
            self._url(pointer),
            headers={"Accept": _ACCEPT},
            allowed=frozenset({404, 405}),
            redirects=True,
        )
        answer = self._session.ask(question)
        if answer.status == 404:
            return None
        said = _stated_digest(answer) or _digest_of(pointer)
        asked = _digest_of(pointer)
        size = answer.headers.get("content-length", "")
        media_type = _bare(answer.headers.get("content-type", ""))
        whole = bool(media_type and size.isascii() and size.isdigit() and len(size) < 19)
        if answer.status == 405 or not said or not whole or (asked and asked != said):
            found = self.find(pointer)
            return found.descriptor if found else None
        return Descriptor(media_type, said, int(size))

    def put(self, data: bytes, media_type: str, pointer: str) -> bool:
        """Store a manifest. Whether the registry lists it among its subject's referrers."""
        question = Question(
            "PUT",
            self._url(pointer),
            PUSH,
            {"Content-Type": media_type},
            data,
        )
        answer = self._session.ask(question)
        stated = _stated_digest(answer)
        if stated and stated != Digest.of(data, stated.algorithm):
            self._lies(pointer, stated, Digest.of(data, stated.algorithm))
        subject = answer.headers.get("oci-subject", "").strip()
        return bool(subject) and subject == _subject_of(data)

    def delete(self, digest: Digest) -> bool:
        """Delete a manifest. False where there is none, or the registry deletes none."""
        allowed = frozenset({404, 405})
        question = Question("DELETE", self._url(str(digest)), DELETE, allowed=allowed)
        return self._session.ask(question).status < 300

    def tags(self) -> tuple[str, ...]:
        """The repository's tags, each once, in the registry's order."""
        what = f"the tags of {self._session.host}/{self._session.name}"
        found: dict[str, None] = {}
        question = Question("GET", f"{self._session.url('tags/list')}?n=1000", allowed=_ABSENT)
        for answer in pages(self._session, question, _TAG_PAGES, what):
            if answer.status == 404:
                break
            listed = load_object(answer.body, what).get("tags") or []
            if not isinstance(listed, list) or not all(isinstance(tag, str) for tag in listed):
                raise MalformedError(f"{what}: tags is not a list of strings")
            before = len(found)
            found.update(dict.fromkeys(listed))
            if len(found) > MAX_TAGS:
                raise UndecidedError(f"{what} are more than {MAX_TAGS}")
            if len(found) == before:
                break
        return tuple(found)

    def name_of(self, pointer: str) -> str:
        """A manifest's whole name, safe to print."""
        mark = "@" if ":" in pointer else ":"
        return f"{self._session.host}/{self._session.name}{mark}{printable(pointer[:200])}"

    def _url(self, pointer: str) -> str:
        return self._session.url(f"manifests/{pointer}")

    def _checked(self, data: bytes, pointer: str, answer: Answer) -> Digest:
        """The bytes' digest: the one asked for, and the one that the registry speaks of."""
        asked, stated = _digest_of(pointer), _stated_digest(answer)
        for expected in (asked, stated):
            if expected and Digest.of(data, expected.algorithm) != expected:
                self._lies(pointer, expected, Digest.of(data, expected.algorithm))
        return asked or Digest.of(data)

    def _lies(self, pointer: str, expected: Digest, found: Digest) -> NoReturn:
        raise DeniedError(
            f"{self._session.host} gives {self.name_of(pointer)} as {expected}, "
            f"and its bytes are {found}"
        )


def _digest_of(pointer: str) -> Digest | None:
    return Digest.parse(pointer) if ":" in pointer else None


def _stated_digest(answer: Answer) -> Digest | None:
    """What `Docker-Content-Digest` says, where it is said by an algorithm that we know."""
    try:
        return Digest.parse(answer.headers.get("docker-content-digest", "").strip())
    except MalformedError:
        return None


def _media_type(value: dict[str, Json], content_type: str) -> str:
    own = value.get("mediaType")
    if isinstance(own, str) and own:
        return own
    return _bare(content_type) or (OCI_INDEX if "manifests" in value else OCI_MANIFEST)


def _bare(content_type: str) -> str:
    """A media type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def _subject_of(data: bytes) -> str:
    try:
        subject = load_object(data, "a manifest").get("subject")
    except MalformedError:
        return ""
    digest = subject.get("digest") if isinstance(subject, dict) else None
    return digest if isinstance(digest, str) else ""
