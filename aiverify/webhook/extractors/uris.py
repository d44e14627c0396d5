"""What a text that names an artifact means, in one spelling.

Two spellings of one place come out alike: case of scheme and host, a slash at the end, a default
port, Docker Hub's names, needless percent-encoding. What two readers would read differently
(RFC 3986 leaves much to them) is in doubt, and what is in doubt is not judged but refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from aiverify.core import reference
from aiverify.core.names import printable
from aiverify.errors import UsageError
from aiverify.webhook.extractors.interface import Found, What

MAX_URI = 2048
"""Characters of a URI."""

OCI = "oci://"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_PLAIN = re.compile("[!-~]+")
_HF_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}")
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}")
_CLAIM = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,220}[a-z0-9])?")
_WEB = re.compile(r"([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?")
_HOST = re.compile(
    r"((?:[A-Za-z0-9_-]+\.)*[A-Za-z0-9_-]+|\[[0-9A-Fa-f:.]+\])(?::([1-9][0-9]{0,4}))?"
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PORTS = {"http": "80", "https": "443"}
_HUB = frozenset({"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})


@dataclass(frozen=True, slots=True)
class Uri:
    """A place in its one spelling, and the revision that its text names."""

    text: str
    revision: str = ""


class DoubtError(Exception):
    """A text that names no place, or more than one. Its message goes on from "it"."""


def read(text: str, scheme: str = "") -> Uri:
    """Read a URI. `scheme` is that of a text that has none.

    Raises:
        DoubtError: it is none that can be judged.
    """
    _check_text(text)
    found = _SCHEME.fullmatch(text)
    if not found and not scheme:
        raise DoubtError("has no scheme, such as oci:// or hf://")
    name, rest = (found[1].lower(), found[2]) if found else (scheme.lower(), text)
    reader = _READERS.get(name)
    if reader is None:
        raise DoubtError(f"has the scheme {name}://, which nobody here can judge")
    return reader(name, rest)


def image(text: str) -> str:
    """The `oci://` form of a container image, as a kubelet reads it.

    Raises:
        DoubtError: it is no image.
    """
    _check_text(text)
    first, slash, _ = text.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        text = f"docker.io/{text}"
    return _oci("oci", text).text


def found(
    text: str, where: str, what: What = What.MODEL, *, revision: str = "", scheme: str = ""
) -> Found:
    """What a text leads to. Where that cannot be told, `problem` says so."""
    try:
        uri = read(text, scheme)
        return Found(uri.text, where, what, one_revision(uri.revision, revision))
    except DoubtError as doubt:
        return doubtful(text, where, what, str(doubt))


def found_image(text: str, where: str, what: What = What.IMAGE) -> Found:
    """The image that a text names. Where that cannot be told, `problem` says so."""
    try:
        return Found(image(text), where, what)
    except DoubtError as doubt:
        return doubtful(text, where, what, str(doubt))


def doubtful(text: str, where: str, what: What, reason: str) -> Found:
    """A reference that cannot be judged. `reason` goes on from the text."""
    shown = printable(text[:200])
    return Found(text[:MAX_URI], where, what, problem=f"'{shown}' {reason}")


def one_revision(within: str, beside: str) -> str:
    """The revision that a URI has, or that stands beside it.

    Raises:
        DoubtError: they are two, or it is none.
    """
    if within and beside and within != beside:
        raise DoubtError(f"names the revision {within}, and {printable(beside[:100])} beside it")
    revision = within or beside
    if revision and (not _REVISION.fullmatch(revision) or ".." in revision):
        raise DoubtError(f"has a revision that is none: {printable(revision[:100])}")
    return revision


def has_scheme(text: str) -> bool:
    """Whether a text says what it is."""
    return "://" in text


def is_hub_name(text: str) -> bool:
    """Whether a text has the form of a name on Hugging Face: `owner/name`, or an old `name`."""
    parts = text.split("/")
    return len(parts) <= 2 and all(_HF_NAME.fullmatch(part) and ".." not in part for part in parts)


def plain_path(text: str) -> str:
    """An absolute path without empty parts, `.` and a slash at its end.

    Raises:
        DoubtError: it is none, or leads upwards.
    """
    _check_text(text)
    if not text.startswith("/"):
        raise DoubtError("is no absolute path")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise DoubtError("leads upwards by '..'")
    return "/" + "/".join(parts)


def _check_text(text: str) -> None:
    if len(text) > MAX_URI:
        raise DoubtError(f"has more than {MAX_URI} characters")
    if not _PLAIN.fullmatch(text):
        raise DoubtError("is empty, or has characters that are not plain ASCII")
    if "\\" in text:
        raise DoubtError("has a backslash")


def _hub(_: str, rest: str) -> Uri:
    parts = _segments(rest)
    last = 1 if len(parts) > 1 else 0
    if last and ("@" in parts[0] or ":" in parts[0]):
        raise DoubtError("has a revision within the name")
    name, revision = _split_revision(parts[last])
    parts[last] = name
    if not all(map(_HF_NAME.fullmatch, parts[: last + 1])):
        raise DoubtError("is no name of a repository on Hugging Face")
    if revision == "refs" and len(parts) > 2:
        raise DoubtError("has a revision with slashes; put it beside the name")
    return Uri(f"hf://{'/'.join(parts)}", revision)


def _split_revision(name: str) -> tuple[str, str]:
    if "@" in name and ":" in name:
        raise DoubtError("has both '@' and ':'")
    for mark in "@:":
        head, found, tail = name.partition(mark)
        if found:
            return head, one_revision(tail, "") or _no_revision()
    return name, ""


def _no_revision() -> str:
    raise DoubtError("has an empty revision")


def _segments(rest: str) -> list[str]:
    for char in "%?#":
        if char in rest:
            raise DoubtError(f"has '{char}', which some take literally and others do not")
    parts = rest.removesuffix("/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise DoubtError("has an empty part, '.' or '..' in its path")
    return parts


def _bucket(scheme: str, rest: str) -> Uri:
    parts = _segments(rest)
    if not _BUCKET.fullmatch(parts[0]):
        raise DoubtError("does not begin with a bucket's name")
    return Uri(f"{scheme}://{'/'.join(parts)}")


def _claim(_: str, rest: str) -> Uri:
    parts = _segments(rest)
    if not _CLAIM.fullmatch(parts[0]):
        raise DoubtError("does not begin with a claim's name")
    return Uri(f"pvc://{'/'.join(parts)}")


def _file(_: str, rest: str) -> Uri:
    for char in "%?#":
        if char in rest:
            raise DoubtError(f"has '{char}', which some take literally and others do not")
    return Uri(f"file://{plain_path(rest)}")


def _oci(_: str, rest: str) -> Uri:
    try:
        found = reference.parse(OCI + rest)
    except UsageError as error:
        raise DoubtError(f"is no reference to a registry: {error.message}") from error
    host = found.host.lower().removesuffix(":443")
    host = "docker.io" if host in _HUB else host
    repository = found.repository
    if host == "docker.io" and "/" not in repository:
        repository = f"library/{repository}"
    plain = reference.Reference(host, repository, found.tag, found.digest)
    return Uri(OCI + str(plain.at(found.digest) if found.digest else plain))


def _web(scheme: str, rest: str) -> Uri:
    found = _WEB.fullmatch(rest)
    host = _HOST.fullmatch(found[1]) if found else None
    if not found or not host:
        raise DoubtError("has no plain host, or a name and password before it")
    if found[4]:
        raise DoubtError("has a fragment, which no server sees")
    if found[3] and scheme not in _PORTS:
        raise DoubtError("has a query")
    path = _ESCAPE.sub(_decoded, found[2])
    if path.count("%") != len(_ESCAPE.findall(path)):
        raise DoubtError("has a '%' that encodes nothing")
    if any(part in ("", ".", "..") for part in path.split("/")[1:-1]) or path.endswith(
        ("/.", "/..")
    ):
        raise DoubtError("has an empty part, '.' or '..' in its path")
    port = f":{host[2]}" if host[2] and host[2] != _PORTS.get(scheme) else ""
    return Uri(f"{scheme}://{host[1].lower()}{port}{path or '/'}{found[3] or ''}")


def _decoded(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    if _UNRESERVED.fullmatch(char):
        return char
    if char in "/\\%" or not char.isprintable():
        raise DoubtError("hides a slash, a percent sign or a control character by '%'")
    return found[0].upper()


def _files(scheme: str, rest: str) -> Uri:
    if "%" in rest:
        raise DoubtError("has '%', which some take literally and others do not")
    uri = _web(scheme, rest).text
    return Uri(uri.removesuffix("/"))


_READERS: dict[str, Callable[[str, str], Uri]] = {
    "hf": _hub,
    "oci": _oci,
    "oci+native": _oci,
    "oci+fetch": _oci,
    "s3": _bucket,
    "gs": _bucket,
    "pvc": _claim,
    "file": _file,
    "http": _web,
    "https": _web,
    "hdfs": _files,
    "webhdfs": _files,
}
