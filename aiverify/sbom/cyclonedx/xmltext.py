"""Text that XML 1.0 can hold."""

from __future__ import annotations

import re

_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no `Char` (XML 1.0, 2.2). No escape of XML's own may stand for it either."""


def escaped(text: str) -> str:
    r"""Text with the characters that XML does not know made visible: NUL becomes `\u0000`."""
    if text.isascii() and text.isprintable():
        return text
    return _NO_CHARACTER.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
