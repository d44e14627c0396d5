"""Loading policies, and asking them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiverify.core.jsonvalue import Json
from aiverify.core.terms import Terms
from aiverify.operations.policy_origin import Origin, load_from
from aiverify.policy import effective, selection
from aiverify.policy.bounded import BoundedEngine
from aiverify.policy.interface import Engine
from aiverify.policy.opa.place import OpaPlace
from aiverify.policy.selection import Choice
from aiverify.policy.sources import PolicySet
from aiverify.policy.weighing import Scale


@dataclass(frozen=True, slots=True)
class Wanted:
    """Policies by name, and the terms that choose among them.

    Paths are relative to `directory`; `profile` is the file that says so, or empty; `origin`
    says who must have signed them.
    """

    names: Sequence[str]
    terms: Terms = field(default_factory=Terms)
    directory: Path = Path()
    profile: str = ""
    origin: Origin = field(default_factory=Origin)

    def load(self) -> Choice:
        """Read them. Raises as `policy_origin.load_from`."""
        found = load_from(self.names, self.directory, self.origin)
        return Choice(found, self.terms, self.profile)


@dataclass(frozen=True, slots=True)
class Judge:
    """An engine with policies, the files that it has loaded, and what results are weighed by."""

    engine: Engine
    policies: PolicySet
    scale: Scale


def judge_by(
    wanted: Sequence[Wanted],
    config: Mapping[str, Json],
    terms: Terms | None = None,
    opa: OpaPlace | None = None,
) -> Judge:
    """Load policies, each set by its own terms; `terms` are those of the command line, for all.

    The engine is the embedded one, within limits of time and memory, or an OPA. It is to be
    closed, and is so at the latest when the process ends.

    Raises:
        UsageError: the terms of the command line name no rule, or leave none.
        InputError: a policy cannot be read, or there is none where it is said to be; or there
            is no `opa` program to start.
        MalformedError: one does not compile, calls what it may not, or says that it counts from
            what is no day; or the terms of a profile name no rule, or leave none.
        DeniedError: policies are not signed by whom they must be.
        UndecidedError: OPA or a registry is out of reach, or OPA holds what is not ours.
    """
    later = terms or Terms()
    found = selection.select([item.load() for item in wanted if item.names], later)
    told = Terms()
    for item in wanted:
        told = told.and_those(item.terms)
    since = effective.since(found.policies.modules)
    scale = Scale(told.and_those(later), found.chosen, since)
    return Judge(_engine(found.policies, {"config": config}, opa), found.policies, scale)


def _engine(policies: PolicySet, data: Json, opa: OpaPlace | None) -> Engine:
    if opa is None:
        return BoundedEngine(policies, data)
    from aiverify.policy.opa.engine import OpaEngine

    return OpaEngine(policies, data, opa)
