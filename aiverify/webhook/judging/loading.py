"""Everything that is loaded once for each version of a profile."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiverify.core.admission import Admission, Mode
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import canonical
from aiverify.files.progress import Silent
from aiverify.policy.interface import Engine
from aiverify.registry.place import Place
from aiverify.verify.evidence import Context
from aiverify.verify.profile import Profile
from aiverify.webhook.judging.engines import Engines, Hurried, Remembered


@dataclass(frozen=True)
class Loaded:
    """A profile with its keys, policies and engines, ready to judge. Threads share it.

    `context` has no engine: each request gets one by `context_at`. `version` is a digest over
    all that a verdict depends on but the artifact and the request.
    """

    profile: Profile
    context: Context
    version: str
    engines: Engines | None = field(default=None, repr=False)

    @property
    def admission(self) -> Admission:
        """What the profile says of the cluster."""
        return self.profile.admission

    @property
    def policies_digest(self) -> str:
        """One digest over the policies' names and digests; empty without policies."""
        named = dict(self.context.policies)
        return str(Digest.of(canonical(named))) if named else ""

    @property
    def forgiving(self) -> bool:
        """Whether there is a mode in which a denial does not refuse."""
        return any(rule.mode is not Mode.ENFORCE for rule in self.admission.modes)

    def context_at(
        self, now_ns: int, deadline: float, remembered: Remembered | None = None
    ) -> Context:
        """What a request is judged by, now and until that moment of the monotonic clock.

        `remembered` is what was said of the artifact before.
        """
        engine: Engine | None = None
        if self.engines:
            engine = Hurried(self.engines, deadline, remembered)
        return replace(self.context, now_ns=now_ns, engine=engine)

    def close(self) -> None:
        """End the engines. Requests under way then get no verdict, which is a denial."""
        if self.engines:
            self.engines.close()


def load(profile: Path, *, place: Place | None = None) -> Loaded:
    """Read a profile, the keys and policies that it names, and start the engines.

    `place` says how registries are reached in which policies lie.

    Raises:
        InputError: it, a key or a policy cannot be read.
        MalformedError: one of them is malformed, or a policy does not compile.
        DeniedError: policies are not signed by whom they must be.
        UndecidedError: Sigstore's keys, a registry with policies or an engine are out of reach.
    """
    from aiverify.operations.verify import VerifyRequest, context_for
    from aiverify.verify.profile import read_profile

    request = VerifyRequest(Path(), profile=profile, registries=place or Place())
    read = read_profile(profile)
    context = context_for(request, Silent())
    if context.profile != read.digest:  # it changed in between
        context.close()
        read = read_profile(profile)
        context = context_for(request, Silent())
    engines = Engines.of(context.engine)
    context = replace(context, engine=None, trusted=context.trust_digest)
    return Loaded(read, context, _version(read, context), engines)


def _version(profile: Profile, context: Context) -> str:
    summing = str(profile.summaries.trust.digest) if profile.summaries else ""
    parts: Mapping[str, object] = {
        "profile": profile.digest,
        "trust": context.trust_digest,
        "summaries": summing,
        "policies": sorted(context.policies.values()),
    }
    return str(Digest.of(canonical(parts)))  # type: ignore[arg-type]


def now_ns() -> int:
    """The time by which requests are judged."""
    return time.time_ns()
