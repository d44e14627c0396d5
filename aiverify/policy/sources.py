"""Finding policy files and reading them, before anybody looks into their text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from aiverify.core.jsonvalue import canonical
from aiverify.core.names import printable
from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.policy import library

if TYPE_CHECKING:
    from aiverify.core.digest import Digest
    from aiverify.files.extent import Extent

# The process that judges is given its modules: what reads and hashes them is imported by need.
MAX_BYTES = library.MAX_BYTES

SUFFIX = ".rego"
TEST_SUFFIX = "_test.rego"
SHIPPED = f"{library.NAMESPACE}:"


@dataclass(frozen=True, slots=True, order=True)
class Module:
    """One policy file.

    `name` is relative to what was asked for, so that a digest does not depend on where a
    policy lies; `origin` is what messages call it; `shipped` says that it is one of ours.
    """

    name: str
    text: str
    origin: str
    shipped: bool = False

    @property
    def digest(self) -> Digest:
        """SHA-256 over the text."""
        from aiverify.core.digest import Digest

        return Digest.of(self.text.encode("utf-8"))


@dataclass(frozen=True)
class PolicySet:
    """Modules sorted by name. Two of the same name both count; neither hides the other."""

    modules: tuple[Module, ...]

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 over the names and texts, in their order."""
        from aiverify.core.digest import Digest

        return Digest.of(canonical([[module.name, module.text] for module in self.modules]))


def load(paths: Sequence[Path | str]) -> PolicySet:
    """Read policies: files, directories with all `*.rego` below them, or shipped rules.

    Those are `aiverify:NAME`, `aiverify:@COLLECTION` or `aiverify:*`, and bring their helpers.
    Tests (`*_test.rego`) in directories are left out.

    Raises:
        UsageError: no path at all.
        InputError: a path holds no policy, is unreadable or is a link, or no rule or collection
            has that name.
        MalformedError: a file is larger than 1 MiB or not UTF-8.
    """
    if not paths:
        raise UsageError("no policy was named", hint="Name a .rego file or a directory of them.")
    found = [module for path in paths for module in _load(str(path))]
    return PolicySet(tuple(sorted(set(found))))


def _load(path: str) -> list[Module]:
    if path.startswith(SHIPPED):
        return _load_shipped(library.named(path.removeprefix(SHIPPED)))
    if rules := library.rules_at(Path(path)):
        return _load_shipped(rules)
    if Path(path).is_dir():
        return _load_directory(Path(path))
    from aiverify.files.extent import Extent

    return [read(Extent.of_file(Path(path)), Path(path).name, path)]


def _load_shipped(rules: Iterable[str]) -> list[Module]:
    return [
        read(extent, f"{SHIPPED}{folder}/{name}", f"{SHIPPED}{folder}/{name}", shipped=True)
        for folder in (library.SHARED, *rules)
        for name, extent in policies_below(library.root() / folder)
    ]


def _load_directory(directory: Path) -> list[Module]:
    # With the "./" that pathlib drops, no file of a user is called like a shipped module.
    prefix = "./" if directory == Path() else f"{directory}/"
    modules = [read(extent, name, prefix + name) for name, extent in policies_below(directory)]
    if not modules:
        raise InputError(
            f"{printable(str(directory))} holds no policy",
            hint=f"A policy is a file that ends in {SUFFIX} and not in {TEST_SUFFIX}.",
        )
    return modules


def policies_below(directory: Path, *, tests: bool = False) -> Iterator[tuple[str, Extent]]:
    """The policies below a directory by their names there, and on request their tests too."""
    from aiverify.files.tree import list_tree

    for member in list_tree(directory).members:
        is_test = member.name.endswith(TEST_SUFFIX)
        if member.name.endswith(SUFFIX) and (tests or not is_test):
            yield member.name, member.extent


def read(extent: Extent, name: str, origin: str, *, shipped: bool = False) -> Module:
    """Read one policy file.

    Raises:
        MalformedError: it is larger than 1 MiB or not UTF-8.
    """
    try:
        text = extent.read(MAX_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{printable(origin)} is not valid UTF-8") from error
    return Module(name, text, printable(origin), shipped=shipped)
