"""RIFF files: WebP pictures and WAV sounds, walked to their end and never decoded."""

from __future__ import annotations

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.interface import Probe, Source
from aiverify.formats.trailing import trailing

FORMS = {b"WEBP": "WebP picture", b"WAVE": "WAV sound"}
MAX_CHUNKS = 100_000


class Riff:
    """A picture or a sound. States its `form` and the `chunks` it is made of."""

    name = "riff"
    role = Role.DOC

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return probe.head.startswith(b"RIFF") and probe.head[8:12] in FORMS

    def read(self, probe: Probe, source: Source) -> Facts:
        """Its kind, once its chunks fill it.

        Raises:
            MalformedError: a chunk reaches outside.
        """
        cursor = Cursor(source, 4)
        end = told = 8 + cursor.integer(4)
        if end > source.size:
            raise MalformedError(f"it says it has {end} bytes, and there are {source.size}")
        cursor.skip(4)
        chunks = 0
        while end - cursor.position >= 8:
            cursor.skip(4)
            size = cursor.integer(4)
            cursor.skip(min(size + size % 2, max(size, cursor.left)))
            end = max(end, cursor.position)
            chunks += 1
            if chunks > MAX_CHUNKS:
                raise MalformedError(f"it has more than {MAX_CHUNKS} chunks")
        what = FORMS[probe.head[8:12]]
        values: dict[str, Json] = {"form": what, "chunks": chunks}
        found = list(trailing(source, min(end + end % 2, source.size), what))
        if end > told + 1:
            # Some recorders forget to count the head.
            message = f"it says it has {told} bytes, and its chunks have {end}"
            found.append(rules.contents.MALFORMED.found(message, severity=Severity.WARNING))
        return Facts(self.name, self.role, f"a {what}", values, findings=tuple(found))
