"""Loading policies, and asking them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aiverify.core.jsonvalue import Json
from aiverify.policy.bounded import BoundedEngine
from aiverify.policy.interface import Engine
from aiverify.policy.opa.place import OpaPlace
from aiverify.policy.sources import PolicySet, load


def engine_for(
    names: Sequence[str],
    config: Mapping[str, Json],
    directory: Path = Path(),
    opa: OpaPlace | None = None,
) -> tuple[Engine, PolicySet]:
    """An engine with policies loaded: paths relative to `directory`, or `aiverify:NAME`.

    It is the embedded one, within limits of time and memory, or an OPA. It is to be closed, and
    is so at the latest when the process ends.

    Raises:
        InputError: a policy cannot be read, or there is none where it is said to be; or there
            is no `opa` program to start.
        MalformedError: one does not compile, or calls what it may not.
        UndecidedError: OPA is out of reach, or holds what is not ours.
    """
    policies = load([name if is_shipped(name) else str(directory / name) for name in names])
    data: Json = {"config": config}
    if opa is None:
        return BoundedEngine(policies, data), policies
    from aiverify.policy.opa.engine import OpaEngine

    return OpaEngine(policies, data, opa), policies


def is_shipped(name: str) -> bool:
    """Whether a policy is named as one of the rules that come with aiverify."""
    return name.startswith("aiverify:")
