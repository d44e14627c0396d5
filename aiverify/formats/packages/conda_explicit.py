"""Lists of Conda packages by their addresses, as `conda list --explicit` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiverify.formats.found import Found
from aiverify.formats.interface import Probe
from aiverify.formats.packages.entry import Gathered, Origin, Package
from aiverify.formats.packages.listing import Elsewhere, PackageList
from aiverify.formats.packages.requirement import MAX_TEXT

MARK = re.compile(rb"^@EXPLICIT[ \t]*\r?$", re.MULTILINE)

ADDRESS = re.compile(
    r"(?P<channel>[^#\s]{1,1000})/[\w-]{1,40}/(?P<file>[^/#\s]{1,300})\.(?:conda|tar\.bz2)"
    r"(?:#(?:(?P<algorithm>md5|sha256):)?(?P<digest>[0-9a-f]{32,64}))?"
)
"""Channel, platform, the file of a package, and its digest, which is MD5 if short."""

FILE = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)-(?P<build>[^-]+)")


class CondaExplicit(PackageList):
    """The packages of an environment, each by the address of its file.

    States `packages`, each with the `type` conda, and with `name`, `version`, `specifier`,
    `hashes`, `source` (its channel) and `place`.
    """

    name = "conda_explicit"

    def recognises(self, probe: Probe) -> bool:
        """By the mark that begins such a list, in a file that is a list by its name."""
        return probe.base.endswith((".txt", ".lock")) and MARK.search(probe.head) is not None

    def gather(self, text: str, gathered: Gathered, found: Found) -> None:
        """A package a line; comments and the mark are none."""
        elsewhere = Elsewhere(found)
        for place, asked in gathered.taking(_asked(text)):
            package = _package(asked, place)
            if package is None:
                gathered.leave_out(place, asked, "is no address of a package of Conda's")
            else:
                gathered.add(package)
                elsewhere.note(package)


def _asked(text: str) -> Iterator[tuple[str, str]]:
    """Lines that name a package, each with its place."""
    for number, line in enumerate(text.split("\n"), 1):
        asked = line.strip()
        if asked and not asked.startswith(("#", "@")):
            yield f"line {number}", asked


def _package(text: str, place: str) -> Package | None:
    address = ADDRESS.fullmatch(text) if len(text) <= MAX_TEXT else None
    file = FILE.fullmatch(address["file"]) if address else None
    if address is None or file is None:
        return None
    digest = address["digest"] or ""
    algorithm = address["algorithm"] or ("md5" if len(digest) == 32 else "sha256")
    return Package(
        name=file["name"],
        version=file["version"],
        specifier=f"=={file['version']}={file['build']}",
        place=place,
        hashes=(f"{algorithm}:{digest}",) if digest else (),
        kind="conda",
        origin=Origin("channel", address["channel"]),
    )
