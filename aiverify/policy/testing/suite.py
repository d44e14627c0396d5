"""Finding policies together with their tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiverify.core.names import printable
from aiverify.errors import InputError, UsageError
from aiverify.files.extent import Extent
from aiverify.policy import library
from aiverify.policy.sources import (
    SHIPPED,
    SUFFIX,
    TEST_SUFFIX,
    Module,
    PolicySet,
    policies_below,
    read,
)


@dataclass(frozen=True, slots=True)
class Suite:
    """Modules with their tests, sorted.

    `helpers` are the origins of those that came along for others to call: what they hold is
    not what was asked for.
    """

    policies: PolicySet
    helpers: frozenset[str]

    @property
    def asked(self) -> tuple[Module, ...]:
        """The modules that were asked for."""
        return tuple(item for item in self.policies.modules if item.origin not in self.helpers)


def load_suite(names: Sequence[str]) -> Suite:
    """Read policies and their tests: files, directories, or shipped rules.

    Those are `aiverify:RULE`, `aiverify:@COLLECTION` or `aiverify:*`, which has their helpers too.
    A file brings the test that lies beside it, and a test the policy that it is for.

    Raises:
        UsageError: no name at all.
        InputError: there is no policy at a name, or it is unreadable or a link.
        MalformedError: a file is larger than 1 MiB or not UTF-8.
    """
    if not names:
        raise UsageError("no policy was named", hint="Name a directory of policies and tests.")
    found: set[Module] = set()
    folders: set[str] = set()
    for name in names:
        shipped = _shipped_folders(name)
        folders.update(shipped)
        if not shipped:
            found.update(_at(Path(name), name))
    asked = {module for folder in folders for module in _shipped(folder)}
    helpers = set(_shipped(library.SHARED)) - asked if folders else set()
    return Suite(
        PolicySet(tuple(sorted(found | asked | helpers))),
        frozenset(module.origin for module in helpers),
    )


def _shipped_folders(name: str) -> tuple[str, ...]:
    """The folders of shipped rules that a name means, by name or by the path to them."""
    every = (*library.names(), library.SHARED)
    if not name.startswith(SHIPPED):
        return _folders_at(Path(name), every)
    word = name.removeprefix(SHIPPED)
    if word == library.SHARED:
        return (word,)
    return every if word == library.EVERY else library.named(word)


def _folders_at(path: Path, every: tuple[str, ...]) -> tuple[str, ...]:
    try:
        place, home = path.resolve(), library.root().resolve()
    except (OSError, RuntimeError, ValueError):
        return ()
    if place == home:
        return every
    folder = place.relative_to(home).parts[0] if place.is_relative_to(home) else ""
    return (folder,) if folder in every else ()


def _shipped(folder: str) -> Iterator[Module]:
    for name, extent in policies_below(library.root() / folder, tests=True):
        shown = f"{SHIPPED}{folder}/{name}"
        yield read(extent, shown, shown, shipped=True)


def _at(path: Path, shown: str) -> Iterator[Module]:
    if not path.is_dir():
        yield read(Extent.of_file(path), path.name, shown)
        partner = _partner(path)
        if partner.is_file():
            yield read(Extent.of_file(partner), partner.name, str(partner))
        return
    # With the "./" that pathlib drops, no file of a user is called like a shipped module.
    prefix = "./" if path == Path() else f"{path}/"
    modules = [
        read(extent, name, prefix + name) for name, extent in policies_below(path, tests=True)
    ]
    if not modules:
        raise InputError(
            f"{printable(str(path))} holds no policy",
            hint=f"A policy is a file that ends in {SUFFIX}, and its test ends in {TEST_SUFFIX}.",
        )
    yield from modules


def _partner(path: Path) -> Path:
    """The test of a policy, or the policy of a test, if it lies beside it."""
    if path.name.endswith(TEST_SUFFIX):
        return path.with_name(path.name.removesuffix(TEST_SUFFIX) + SUFFIX)
    return path.with_name(path.name.removesuffix(SUFFIX) + TEST_SUFFIX)
