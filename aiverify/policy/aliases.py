"""Imported names written out, for an engine that computes a whole package where one is used.

regorus gives `pods.images` under `import data.aiverify.pods` by computing every rule of that
package first, and `data.aiverify.pods.images` by computing the one.
"""

from __future__ import annotations

import re

LONGEST = 1000
"""Characters of a line that is written for the engine, which refuses lines of more than 1024."""

_ASIDE = re.compile(r'(#[^\n]*|`[^`]*`|"(?:\\.|[^"\\\n])*")')
"""A comment, or a text between quotes: what stands in one is no name."""
_IMPORT = re.compile(
    r"^import[ \t]+(?P<path>data(?:\.[A-Za-z_]\w*)+)(?:[ \t]+as[ \t]+(?P<alias>[A-Za-z_]\w*))?"
    r"[ \t]*$",
    re.MULTILINE | re.ASCII,
)


def written_out(text: str) -> str:
    """A module's text with `data.a.b.c` for `b.c` under `import data.a.b`.

    A name that is ever anything but the beginning of a longer one may be a variable, and is left
    as it is.
    """
    parts = _ASIDE.split(text)
    code = "".join(map(_code, parts))
    for found in _IMPORT.finditer(code):
        name = found["alias"] or found["path"].rpartition(".")[2]
        uses = re.compile(rf"(?<![\w.]){name}\b(?P<goes_on>[.\[])?", re.ASCII)
        if all(use["goes_on"] for use in uses.finditer(_IMPORT.sub("", code))):
            used = re.compile(rf"(?<![\w.]){name}(?=[.\[])", re.ASCII)
            parts[::2] = [used.sub(found["path"], part) for part in parts[::2]]
    written = "".join(parts)
    return text if max(map(len, written.split("\n"))) > LONGEST else written


def _code(part: str) -> str:
    """A part of a text, as far as it may run."""
    if part.startswith("#"):
        return ""
    return '""' if part.startswith(('"', "`")) else part
