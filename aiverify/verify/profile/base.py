"""Where the files lie that a profile names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aiverify.core import names
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UnsafeNameError


@dataclass(frozen=True, slots=True)
class Base:
    """The directory that paths of a profile are relative to.

    One that is `confined` lends nothing but what lies in it, and no key of a service: who may
    write an object of a cluster does not thereby choose what a program opens on its node.
    """

    directory: Path
    confined: bool = False

    def path(self, text: str, where: str) -> Path:
        """A file or directory by how the profile names it; `where` is the member that does.

        Raises:
            MalformedError: it is not below a directory that is confined.
        """
        if self.confined:
            try:
                names.check(text.removesuffix("/"))
            except UnsafeNameError as error:
                raise MalformedError(
                    f"{where} names {printable(text[:200])}, and only files below the profile's "
                    "directory can be named in an object",
                    hint="Write a relative path without .., or a key itself as pem.",
                ) from error
        return self.directory / text
