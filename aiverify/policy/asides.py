"""What stands in a policy's text and does not run: comments, and texts between quotes."""

from __future__ import annotations

import re

ASIDE = re.compile(r'(#[^\n]*|`[^`]*`|"(?:\\.|[^"\\\n])*")')
"""A comment, or a text between quotes: what stands in one begins no other, and is no name."""


def code(text: str) -> str:
    """What runs of a text: without comments, and with nothing between quotes."""
    return ASIDE.sub(lambda found: "" if found[0].startswith("#") else '""', text)
