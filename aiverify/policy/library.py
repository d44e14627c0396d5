"""The shipped rules: where they lie, and their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiverify.core.names import printable
from aiverify.errors import AiverifyError, InputError

NAMESPACE = "aiverify"
"""The package that shipped rules live in. Nobody else may add to it."""

SHARED = "lib"
"""The folder of helpers that every shipped rule may call. It is no rule itself."""

EVERY = "*"
"""`aiverify:*` is every shipped rule."""

COLLECTION = "@"
"""How the name of a collection begins: `aiverify:@minimal`."""

MAX_BYTES = 1 << 20
"""A policy is written by people. A larger one is something else."""


def root() -> Path:
    """The directory of the shipped rules: inside the installed package, or beside its source.

    Raises:
        AiverifyError: the installation lacks them.
    """
    package = Path(__file__).resolve().parents[1]
    beside = package.parent
    installed, source = package / "_policies", beside / "policies"
    if (installed / SHARED).is_dir():
        return installed
    # Beside an installed package lie other people's packages: only our own source counts.
    if (beside / "pyproject.toml").is_file() and (source / SHARED).is_dir():
        return source
    raise AiverifyError("the shipped rules are not installed", hint="Install aiverify again.")


def names() -> tuple[str, ...]:
    """The names of the shipped rules, sorted."""
    folders = (path for path in root().iterdir() if path.name != SHARED)
    return tuple(sorted(path.name for path in folders if (path / f"{path.name}.rego").is_file()))


def collections() -> Mapping[str, tuple[str, ...]]:
    """The shipped rules by the collections that they say they belong to, both sorted."""
    # It brings YAML, and the process that judges does not ask for collections.
    from aiverify.files.extent import Extent
    from aiverify.policy import metadata

    found: dict[str, list[str]] = {}
    for name in names():
        origin = f"{name}/{name}.rego"
        text = Extent.of_file(root() / origin).read(MAX_BYTES).decode("utf-8")
        about = metadata.about(text, origin)
        for collection in about.collections if about else ():
            found.setdefault(collection, []).append(name)
    return {collection: tuple(found[collection]) for collection in sorted(found)}


def named(word: str) -> tuple[str, ...]:
    """The shipped rules that a word means: one by its name, `@COLLECTION`, or `*` for all.

    Raises:
        InputError: there is none of that name.
    """
    if word == EVERY:
        return names()
    if word.startswith(COLLECTION):
        there = collections()
        if word.removeprefix(COLLECTION) in there:
            return there[word.removeprefix(COLLECTION)]
        raise InputError(
            f"no collection of shipped rules is called {printable(word)!r}",
            hint=f"There are {', '.join(COLLECTION + name for name in there)}.",
        )
    if word in names():
        return (word,)
    raise InputError(
        f"no shipped rule is called {printable(word)!r}",
        hint=f"There are {', '.join(names())}, {EVERY} for all, and @ with a collection.",
    )


def rules_at(path: Path) -> tuple[str, ...]:
    """The shipped rules that a path leads to: one, all of them, or none for a path elsewhere."""
    try:
        place, home = path.resolve(), root().resolve()
    except (AiverifyError, OSError, RuntimeError, ValueError):
        return ()
    if place == home:
        return names()
    rule = place.relative_to(home).parts[0] if place.is_relative_to(home) else ""
    return (rule,) if rule in names() and not path.name.endswith("_test.rego") else ()
