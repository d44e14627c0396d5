"""What speaks of a manifest: by the referrers API, and by the tag that stands in for it.

Distribution-spec 1.1, "Listing referrers" and "Referrers tag schema". The tag's index is read
and written by clients alone, and no registry says whether it changed in between. So a writer
looks again, after a while, whether what it wrote is still there.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, canonical, load_object
from aiverify.core.mediatypes import OCI_INDEX
from aiverify.core.oci import Descriptor, parse_index
from aiverify.core.words import counted
from aiverify.errors import MalformedError, UndecidedError
from aiverify.registry.manifests import Manifests
from aiverify.registry.pages import pages
from aiverify.registry.session import Question, Session

MAX_PAGES = 10
MAX_REFERRERS = 1000
"""Manifests that may speak of one."""

TRIES = 12
"""Times that the index is written while others write it, too."""

_SETTLE = 0.5
"""Seconds, in the middle, after which it is looked whether others wrote over an entry: longer
than it takes between reading and writing."""

_NO_API = frozenset({400, 404, 405})


class _NoIndexError(UndecidedError):
    """A tag that stands in for the API holds something else."""


class Referrers:
    """The lists of one repository."""

    def __init__(self, session: Session, manifests: Manifests) -> None:
        self._session = session
        self._manifests = manifests
        self._lock = threading.Lock()

    def find(self, digest: Digest) -> tuple[Descriptor, ...]:
        """What is said to speak of a manifest. Raises as `Repository.referrers`.

        The tag is read even where there is an API: a client without one may have written it.
        """
        found: dict[Digest, Descriptor] = {}
        by_api = self._by_api(digest)
        for entry in (*(by_api or ()), *self._by_tag(digest, is_needed=by_api is None)):
            found.setdefault(entry.digest, entry)
        if len(found) > MAX_REFERRERS:
            raise self._too_many(digest)
        return tuple(found.values())

    def add(self, descriptors: Sequence[Descriptor], subject: Digest) -> None:
        """List manifests in the tag's index. Raises as `Repository.add_referrers`."""
        backoff = self._session.backoff
        seen: dict[str, Json] = {str(item.digest): item.to_json() for item in descriptors}
        # Threads of this program need not get in each other's way.
        with self._lock:
            for attempt in range(TRIES):
                if attempt:
                    backoff.pause(_SETTLE * (0.5 + backoff.jitter()))
                value = self._index(subject)
                listed = _by_digest(value.get("manifests"))
                missing = [entry for key, entry in seen.items() if key not in listed]
                if not missing:
                    return
                seen.update(listed)
                # What others wrote over in the meantime is put back, too.
                value["manifests"] = [*listed.values(), *missing]
                self._manifests.put(canonical(value), OCI_INDEX, _tag(subject))
        raise UndecidedError(
            f"{self._manifests.name_of(_tag(subject))} is written by others all the time",
            hint="Run the command again.",
        )

    def _by_api(self, digest: Digest) -> list[Descriptor] | None:
        """What the API lists; None where there is none."""
        what = f"the referrers of {self._manifests.name_of(str(digest))}"
        url = self._session.url(f"referrers/{digest}")
        allowed = _NO_API | frozenset(range(300, 400))
        question = Question("GET", url, headers={"Accept": OCI_INDEX}, allowed=allowed)
        found: list[Descriptor] | None = None
        for answer in pages(self._session, question, MAX_PAGES, what):
            content_type = answer.headers.get("content-type", "").partition(";")[0].strip()
            if answer.status != 200 or content_type.lower() != OCI_INDEX:
                break
            found = found or []
            found += _entries(load_object(answer.body, what).get("manifests"), what)
            if len(found) > MAX_REFERRERS:
                raise self._too_many(digest)
        return found

    def _by_tag(self, digest: Digest, *, is_needed: bool) -> list[Descriptor]:
        name = self._manifests.name_of(_tag(digest))
        try:
            return _entries(self._index(digest).get("manifests"), name)
        except (_NoIndexError, MalformedError):
            # Where there is an API, anybody may use the tag for something else.
            if is_needed:
                raise
            return []

    def _index(self, digest: Digest) -> dict[str, Json]:
        """The tag's index as it is, or an empty one.

        Raises:
            _NoIndexError: the tag holds something else.
            MalformedError: it holds no JSON object.
        """
        name = self._manifests.name_of(_tag(digest))
        fetched = self._manifests.find(_tag(digest))
        if fetched is None:
            return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
        value = load_object(fetched.data, name)
        listed = value.get("manifests")
        if fetched.descriptor.media_type != OCI_INDEX or not isinstance(listed, list):
            raise _NoIndexError(
                f"{name} is not an index of referrers, which has this tag in a registry "
                "without the referrers API",
                hint="Remove the tag, or move it.",
            )
        return value

    def _too_many(self, digest: Digest) -> UndecidedError:
        name = self._manifests.name_of(str(digest))
        return UndecidedError(f"{name} has more than {counted(MAX_REFERRERS, 'referrer')}")


def _tag(digest: Digest) -> str:
    """The tag that stands in for the API: at most 32 characters of the algorithm, 64 of the hex."""
    return f"{digest.algorithm[:32]}-{digest.hex[:64]}"


def _entries(listed: Json, where: str) -> list[Descriptor]:
    """The entries that can be understood. One that cannot be hides no other."""
    found: list[Descriptor] = []
    for entry in listed if isinstance(listed, list) else []:
        try:
            found += parse_index(
                canonical({"schemaVersion": 2, "manifests": [entry]}), where
            ).manifests
        except MalformedError:
            continue
    return found


def _by_digest(listed: Json) -> dict[str, Json]:
    """Entries by what tells them apart, of whatever else they hold."""
    entries = listed if isinstance(listed, list) else []
    found: dict[str, Json] = {}
    for entry in entries:
        digest = entry.get("digest") if isinstance(entry, Mapping) else None
        found.setdefault(digest if isinstance(digest, str) else repr(entry), entry)
    return found
