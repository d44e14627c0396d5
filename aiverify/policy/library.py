"""The shipped rules: where they lie, and their names."""

from __future__ import annotations

from pathlib import Path

from aiverify.errors import AiverifyError

NAMESPACE = "aiverify"
"""The package that shipped rules live in. Nobody else may add to it."""

SHARED = "lib"
"""The folder of helpers that every shipped rule may call. It is no rule itself."""


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
