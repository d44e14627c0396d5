"""Imported names written out, for an engine that computes a whole package where one is used.

regorus gives `pods.images` under `import data.aiverify.pods` by computing every rule of that
package first, and `data.aiverify.pods.images` by computing the one.
"""

from __future__ import annotations

import re

from aiverify.policy.asides import ASIDE, code

LONGEST = 1000
"""Characters of a line that is written for the engine, which refuses lines of more than 1024."""

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
    parts, runs = ASIDE.split(text), code(text)
    rest = _IMPORT.sub("", runs)
    for found in _IMPORT.finditer(runs):
        name = found["alias"] or found["path"].rpartition(".")[2]
        use = rf"(?<![\w.]){name}\b"
        if not re.search(rf"{use}(?![.\[])", rest, re.ASCII):
            goes_on = re.compile(rf"{use}(?=[.\[])", re.ASCII)
            parts[::2] = [goes_on.sub(found["path"], part) for part in parts[::2]]
    written = "".join(parts)
    return text if max(map(len, written.split("\n"))) > LONGEST else written
