"""SVG pictures and HTML pages: text that a browser may run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding
from aiverify.core.names import printable
from aiverify.formats.interface import Probe, Source
from aiverify.formats.magic import HTML_START
from aiverify.formats.text import MAX_BYTES, is_text

EVENTS = (
    rb"load|unload|error|click|dblclick|auxclick|contextmenu|focus|focusin|focusout|blur|begin|end"
    rb"|repeat|activate|toggle|submit|change|input|scroll|resize|wheel|copy|cut|paste|drop|message"
    rb"|hashchange|pageshow|popstate|beforeunload"
    rb"|(?:mouse|pointer|key|touch|drag|animation|transition)[a-z]{0,12}"
)

ACTIVE = re.compile(
    rb"<\s{0,8}(?:script|iframe|object|embed|handler)\b"
    rb"|[\s\"'/]on(?:" + EVENTS + rb")\s{0,8}="
    rb"|(?:java|vb)script\s{0,8}:"
    rb"|<!ENTITY\b"
    rb"|data:text/html",
    re.I,
)
"""Scripts, handlers of events, addresses that run, other documents, entities of files."""

MAX_FINDINGS = 10


class Markup:
    """A page or a drawing. States `active`, whether anything in it runs."""

    name = "markup"
    role = Role.DOC

    def recognises(self, probe: Probe) -> bool:
        """By extension, or as a page by its start."""
        if probe.base.endswith((".html", ".htm", ".xhtml", ".svg")):
            return is_text(probe.head)
        return is_text(probe.head) and bool(HTML_START.match(probe.head))

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Whether it runs anything, or unread when it is too large or goes on as another."""
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread=f"larger than {MAX_BYTES >> 20} MiB")
        data = source.read_at(0, source.size)
        if not is_text(data, whole=True):
            return Facts(self.name, self.role, unread="starts as text and goes on as another")
        found = tuple(_active(data))
        return Facts(
            self.name, self.role, "a page or drawing", {"active": bool(found)}, findings=found
        )


def _active(data: bytes) -> Iterator[Finding]:
    for number, match in enumerate(ACTIVE.finditer(data)):
        if number >= MAX_FINDINGS:
            return
        shown = printable(match[0].decode("utf-8", "replace").strip())
        message = f"the document has {shown}, which a browser acts on"
        yield rules.containers.ACTIVE.found(message, place=f"byte {match.start()}")
