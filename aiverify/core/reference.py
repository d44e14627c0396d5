"""References to artifacts in registries: `registry.example/acme/llama:1.2` or `@sha256:...`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from aiverify.core.digest import Digest
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UsageError

SCHEME = "oci://"
"""What may stand before a reference, to say that it is no path."""

MAX_REPOSITORY = 255
"""Characters that registries take for a host and a repository together."""

MAX_PORT = 65535

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[1-9][0-9]{{0,4}})?")
_PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(f"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")

_HINT = "Write it as registry.example/acme/llama:1.2, or with @sha256:... for what cannot move."


@dataclass(frozen=True, slots=True)
class Reference:
    """What a registry knows an artifact by (distribution-spec 1.1, pull and push).

    `host` has its port, if it is not the scheme's own; `tag` may be empty, and `digest` is None
    where only a tag is known. Where both are given, the digest decides.
    """

    host: str
    repository: str
    tag: str = ""
    digest: Digest | None = None

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.host}/{self.repository}{tag}{digest}"

    @property
    def own_name(self) -> str:
        """The last part of the repository."""
        return self.repository.rpartition("/")[2]

    @property
    def pointer(self) -> str:
        """What the manifest is asked for by: the digest if there is one, or else the tag."""
        return str(self.digest) if self.digest else self.tag

    def at(self, digest: Digest) -> Reference:
        """The same repository's manifest of a digest, and no tag."""
        return replace(self, tag="", digest=digest)


def parse(text: str) -> Reference:
    """Read a reference. Without tag and digest it means the tag `latest`.

    The host is always named: there is no registry that is meant when none is.

    Raises:
        UsageError: it is none, with the part that is wrong.
    """
    shown = printable(text[:300])
    rest, at, hexed = text.removeprefix(SCHEME).partition("@")
    host, slash, path = rest.partition("/")
    if not slash or not _HOST.fullmatch(host) or not _names_host(host):
        raise UsageError(f"'{shown}' does not begin with a registry's host", hint=_HINT)
    if _port(host) > MAX_PORT:
        raise UsageError(f"'{shown}' names a port that there is not", hint=_HINT)
    repository, colon, tag = path.partition(":")
    if not _REPOSITORY.fullmatch(repository) or len(host) + len(repository) > MAX_REPOSITORY:
        raise UsageError(
            f"'{printable(repository[:200])}' in '{shown}' is no name of a repository",
            hint="It has lower-case letters and digits, with . _ - between them, and slashes.",
        )
    if colon and not _TAG.fullmatch(tag):
        raise UsageError(f"'{printable(tag[:200])}' in '{shown}' is no tag", hint=_HINT)
    digest = _digest(hexed, shown) if at else None
    return Reference(host, repository, tag or ("" if digest else "latest"), digest)


def is_reference(text: str) -> bool:
    """Whether a text can be read as a reference; a path may look the same."""
    try:
        parse(text)
    except UsageError:
        return False
    return True


def _names_host(host: str) -> bool:
    """Whether it can only be a host: `acme/llama` is a path, and no host is called acme."""
    return "." in host or ":" in host or host == "localhost"


def _port(host: str) -> int:
    port = host.rpartition("]")[2].partition(":")[2]
    return int(port or 0)


def _digest(text: str, shown: str) -> Digest:
    try:
        digest = Digest.parse(text)
    except MalformedError as error:
        raise UsageError(
            f"the digest in '{shown}' is wrong: {error.message}", hint=_HINT
        ) from error
    if digest.algorithm != "sha256":
        raise UsageError(f"'{shown}' is by {digest.algorithm}, and manifests are by sha256")
    return digest
