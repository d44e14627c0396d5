"""One requirement as PEP 508 writes it: a name, versions, extras, a marker or an address."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from aiverify.formats.packages.entry import Origin, Package, pinned

MAX_TEXT = 4096
"""A longer requirement is not parsed."""

REPOSITORIES = ("git", "hg", "svn", "bzr")

OPTIONS = re.compile(r"\s--(?:hash|global-option|config-settings?|build-option)\b.*")
HASH = re.compile(r"--hash[=\s]\s*([a-z0-9]{1,20}:[0-9a-fA-F]{1,200})")
EDITABLE = re.compile(r"(?:-e|--editable)[=\s]\s*(\S.*)")
PATH = re.compile(r"\.{0,2}[/\\]|[\w.-]+[/\\]|file:|[\w.+-]+\.(?:whl|zip|tar\.\w+|tgz)$")


def parse(
    text: str, place: str, *, group: str = "", hashes: tuple[str, ...] = ()
) -> Package | None:
    """The package that a text asks for, or None where it is no requirement."""
    from packaging.requirements import InvalidRequirement, Requirement

    if len(text) > MAX_TEXT:
        return None
    try:
        found = Requirement(text)
        specifier, marker = str(found.specifier), str(found.marker or "")
    except (InvalidRequirement, RecursionError):
        return None
    return Package(
        name=found.name,
        version=pinned(specifier),
        specifier=specifier,
        place=place,
        hashes=hashes,
        marker=marker,
        extras=tuple(sorted(found.extras)),
        group=group,
        origin=origin_of(found.url) if found.url else None,
    )


def of_line(line: str, place: str) -> Package | None:
    """The package that a line asks pip for, with its options.

    Raises:
        ValueError: it asks for one, and does not say which.
    """
    editable = EDITABLE.match(line)
    asked = OPTIONS.sub("", editable[1] if editable else line).strip()
    if asked.startswith("-"):
        return None
    hashes = tuple(HASH.findall(line))
    package = parse(asked, place, hashes=hashes)
    if package is None and ("://" in asked or PATH.match(asked)):
        package = of_address(asked.partition(";")[0].strip(), place, hashes)
        if package is None:
            raise ValueError("does not say which package it is")
    if package is None:
        raise ValueError("is no requirement")
    return package


def of_address(text: str, place: str, hashes: tuple[str, ...] = ()) -> Package | None:
    """The package at an address, by the name in its fragment or by the file's name."""
    origin = origin_of(text)
    name, version = _egg(text), ""
    if not name and origin.kind not in REPOSITORIES:
        name, version = _by_file(text)
    if not name:
        return None
    return Package(name, version, "", place, hashes, origin=origin)


def origin_of(url: str) -> Origin:
    """Where an address leads: to a repository, a file on the network or one beside."""
    address = url.partition("#")[0]
    scheme = address.partition(":")[0].lower()
    repository = scheme.partition("+")[0]
    if repository in REPOSITORIES:
        path, _, revision = address.rpartition("@")
        if "/" in revision or "://" not in path:
            path, revision = address, ""
        return Origin(repository, path, revision)
    return Origin("url" if "://" in address and scheme != "file" else "path", address)


def _egg(url: str) -> str:
    """The name that pip is told in a fragment, as `#egg=name[extra]`."""
    for part in url.partition("#")[2].split("&"):
        key, _, value = part.partition("=")
        if key == "egg":
            return _name_alone(value.partition("[")[0])
    return ""


def _name_alone(text: str) -> str:
    asked = parse(text, "") if text else None
    return asked.name if asked else ""


def _by_file(url: str) -> tuple[str, str]:
    """Name and version of a wheel or a source archive, by its file's name."""
    from packaging.utils import (
        InvalidSdistFilename,
        InvalidWheelFilename,
        parse_sdist_filename,
        parse_wheel_filename,
    )

    try:
        file = unquote(urlsplit(url).path.rpartition("/")[2])
        if file.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(file)
        else:
            name, version = parse_sdist_filename(file)
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return "", ""
    return name, str(version)
