"""Blobs as they come: in order, each byte once, whatever breaks meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from aiverify.core.digest import ALGORITHMS, Digest
from aiverify.core.oci import Descriptor
from aiverify.errors import DeniedError, InputError, MalformedError, UndecidedError
from aiverify.files.progress import Progress, Silent
from aiverify.registry.http import Reply
from aiverify.registry.retrying import TransientError
from aiverify.registry.session import Question, Session

Sink = Callable[[bytes | memoryview], object]

_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_ABSENT = frozenset({404})

MAX_SKIPPED = 16 << 20
"""Bytes that are read and dropped to come to a part, where a registry gives the whole."""


class Blobs:
    """A repository's blobs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def has(self, descriptor: Descriptor) -> bool:
        """Whether the registry says that it has a blob of this digest and size."""
        question = Question("HEAD", self._url(descriptor), allowed=_ABSENT, redirects=True)
        answer = self._session.ask(question)
        length = answer.headers.get("content-length", "")
        return answer.status == 200 and length == str(descriptor.size)

    def read(self, descriptor: Descriptor, limit: int) -> bytes:
        """A small blob. Raises as `Repository.read_blob`."""
        if descriptor.size > limit:
            raise MalformedError(
                f"{self.name_of(descriptor)} is of {descriptor.size} bytes; "
                f"the limit here is {limit}"
            )
        parts: list[bytes | memoryview] = []
        self.stream(descriptor, parts.append, Silent())
        return b"".join(parts)

    def stream(self, descriptor: Descriptor, sink: Sink, progress: Progress) -> None:
        """Hand a blob to a sink, and check it. Raises as `Repository.stream`."""
        hasher = ALGORITHMS[descriptor.digest.algorithm]()
        for chunk in self.chunks(descriptor):
            hasher.update(chunk)
            sink(chunk)
            progress.advance(len(chunk))
        self.check(descriptor, hasher.digest())

    def read_range(self, descriptor: Descriptor, start: int, end: int) -> bytes:
        """A part of a blob, unchecked. Raises as `Repository.read_range`."""
        if not 0 <= start <= end <= descriptor.size:
            raise MalformedError(
                f"{self.name_of(descriptor)}: bytes {start} to {end} lie outside it"
            )
        return b"".join(self.chunks(descriptor, start, end))

    def check(self, descriptor: Descriptor, found: bytes) -> None:
        """Compare a digest.

        Raises:
            DeniedError: it is another.
        """
        if found != descriptor.digest.raw:
            digest = Digest(descriptor.digest.algorithm, found.hex())
            raise DeniedError(f"{self._session.host} gives {descriptor.digest} as {digest}")

    def chunks(
        self, descriptor: Descriptor, start: int = 0, end: int | None = None
    ) -> Iterator[bytes]:
        """The bytes of a blob from `start` to `end` or its own, unchecked but for their number.

        Where the connection breaks it goes on from there (RFC 9110, section 14).

        Raises:
            InputError: there is no such blob.
            DeniedError: it is of another size, or the registry refuses.
            UndecidedError: nothing more comes.
        """
        end = descriptor.size if end is None else end
        done, ranged = start, True
        attempts = self._session.attempts()
        while done < end:
            asked = done if ranged else 0
            fault = TransientError(UndecidedError(f"{self._session.host} breaks off its answers"))
            try:
                with self._session.open(self._question(descriptor, asked, end)) as reply:
                    ranged = False
                    begins = self._begin(reply, descriptor, asked)
                    if end < descriptor.size:
                        self._check_skipped(reply, done - begins)
                    ranged = True
                    for chunk in self._rest(reply, descriptor, begins, done, end):
                        yield chunk
                        done += len(chunk)
                        attempts.progressed()
            except TransientError as error:
                fault = error
            if done < end:
                attempts.failed(fault)

    def name_of(self, descriptor: Descriptor) -> str:
        """A blob's name, for messages."""
        return f"{self._session.host}/{self._session.name}: blob {descriptor.digest}"

    def _url(self, descriptor: Descriptor) -> str:
        return self._session.url(f"blobs/{descriptor.digest}")

    def _question(self, descriptor: Descriptor, start: int, end: int) -> Question:
        whole = start == 0 and end == descriptor.size
        headers = {} if whole else {"Range": f"bytes={start}-{end - 1}"}
        return Question(
            "GET",
            self._url(descriptor),
            headers=headers,
            allowed=frozenset({404, 416}),
            redirects=True,
        )

    def _begin(self, reply: Reply, descriptor: Descriptor, asked: int) -> int:
        """Where in the blob a reply begins."""
        if reply.status == 404:
            raise InputError(f"{self.name_of(descriptor)} does not exist")
        if reply.status == 200:
            self._check_size(descriptor, reply.length)
            return 0
        found = _RANGE.fullmatch(reply.headers.get("content-range", "").strip())
        if reply.status != 206 or not found or int(found[1]) != asked:
            raise TransientError(self._no_part(reply))
        self._check_size(descriptor, None if found[3] == "*" else int(found[3]))
        return asked

    def _check_size(self, descriptor: Descriptor, stated: int | None) -> None:
        if stated is not None and stated != descriptor.size:
            # Servers between us and the registry cut answers off, too.
            raise TransientError(
                DeniedError(
                    f"{self.name_of(descriptor)} is of {descriptor.size} bytes, "
                    f"and {self._session.host} speaks of {stated}"
                )
            )

    def _rest(
        self, reply: Reply, descriptor: Descriptor, begins: int, done: int, end: int
    ) -> Iterator[bytes]:
        """What a reply has from `done` to `end`."""
        skip, room = done - begins, end - done
        for chunk in reply.chunks():
            part = chunk[skip:] if skip else chunk
            skip -= min(skip, len(chunk))
            if len(part) > room and end == descriptor.size:
                raise DeniedError(
                    f"{self._session.host} gives more than the {descriptor.size} bytes "
                    f"of {descriptor.digest}"
                )
            if part := part[:room]:
                yield part
            room -= len(part)
            if not room and end < descriptor.size:
                return

    def _check_skipped(self, reply: Reply, count: int) -> None:
        if count > MAX_SKIPPED:
            raise self._no_part(reply)

    def _no_part(self, reply: Reply) -> UndecidedError:
        return UndecidedError(f"{reply.host} does not give the part of a blob that was asked for")
