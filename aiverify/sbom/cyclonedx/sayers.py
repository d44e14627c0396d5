"""Who said what stands in a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from aiverify.sbom.bom import Bom, Means, Origin

TOOL = "tool:aiverify"
"""The ref of this program."""

MAX_MARKS = 8
"""`#` in a source that are tried as the end of a file's name."""


@dataclass(frozen=True, slots=True)
class Sayers:
    """The refs of those who can have said something. `files` are by the files' names."""

    author: str
    files: Mapping[str, str]

    @staticmethod
    def of(bom: Bom) -> Sayers:
        """Those of a bill."""
        return Sayers(author_ref(bom), {file.name: file.ref for file in bom.files})

    def ref(self, origin: Origin) -> str:
        """Who said it.

        That is the file that states it, if the bill lists that file, whoever had the bill
        written for what was given, and this program for the rest.
        """
        if origin.means is Means.GIVEN:
            return self.author or TOOL
        return self._file(origin.source) or TOOL

    def _file(self, source: str) -> str:
        """The file of a source such as `README.md#license`; a name may hold a `#` as well."""
        name, mark = source, "#"
        for _ in range(MAX_MARKS):
            if name in self.files or not mark:
                break
            name, mark, _rest = name.rpartition("#")
        return self.files.get(name, "")


def author_ref(bom: Bom) -> str:
    """The ref of whoever had the bill written; empty where nobody says."""
    return f"author:{quote(bom.author, errors='surrogatepass')}" if bom.author else ""
