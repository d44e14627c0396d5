"""Loading policies, and asking them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aiverify.core.jsonvalue import Json
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.interface import Engine
from aiverify.policy.sources import PolicySet, load


def engine_for(
    names: Sequence[str], config: Mapping[str, Json], directory: Path = Path()
) -> tuple[Engine, PolicySet]:
    """An engine with policies loaded: paths relative to `directory`, or `aiverify:NAME`.

    Raises:
        InputError: a policy cannot be read, or there is none where it is said to be.
        MalformedError: one does not compile, or calls what it may not.
    """
    policies = load([name if is_shipped(name) else str(directory / name) for name in names])
    return EmbeddedEngine(policies, {"config": config}), policies


def is_shipped(name: str) -> bool:
    """Whether a policy is named as one of the rules that come with aiverify."""
    return name.startswith("aiverify:")
