"""Refs: what components are called within a bill, each by its own name and no other's."""

from __future__ import annotations

from urllib.parse import quote

MAX_VERSION = 1024
"""Characters that a version may have (CycloneDX 1.6, `version`)."""


def ref(kind: str, name: str) -> str:
    """A ref such as `file:config.json`."""
    return f"{kind}:{quoted(name)}"


def quoted(text: str) -> str:
    """Text as part of a ref: safe in a URL, and never the same for two texts.

    `@` stays, though it stands before versions as well: some readers take `%40` for a fault.
    """
    return quote(text, safe="/:@", errors="surrogatepass")


def file_ref(name: str) -> str:
    """The ref of a file of the artifact."""
    return ref("file", name)


def short_version(text: str) -> str:
    """A version, if it is one that CycloneDX can hold."""
    return text if len(text) <= MAX_VERSION else ""
