"""What the pipeline is asked, what it may rely on, and what it knows after each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from aiverify.core.artifact import Artifact
from aiverify.core.description import Description
from aiverify.core.digest import Digest
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding, Severity
from aiverify.core.globals import Allowlist
from aiverify.core.jsonvalue import Json, canonical
from aiverify.core.manifest import Manifest
from aiverify.core.moments import of_nanoseconds
from aiverify.core.trust import Trust
from aiverify.core.waiver import Waiver
from aiverify.files.progress import Progress, Silent
from aiverify.files.tree import Tree
from aiverify.policy.interface import Engine
from aiverify.policy.weighing import Scale
from aiverify.signing.authenticate import Authentic
from aiverify.signing.material import Material
from aiverify.signing.means.interface import Ground
from aiverify.signing.rejected import Rejected
from aiverify.verify.base import Base
from aiverify.verify.location import Location
from aiverify.verify.required import Required, SummaryTrust
from aiverify.verify.target import SignatureSource, Target


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be verified.

    `signatures` are files instead of the one that is looked for, `attestations` files besides;
    `ignore` are exact paths to leave out; `ignore_unsigned` accepts files that the signature
    does not speak of; `base` is the model that an adapter must fit; `only` are the paths that
    are about to be used, or empty for all of the artifact.
    """

    location: Location
    signatures: tuple[Path, ...] = ()
    ignore: tuple[str, ...] = ()
    ignore_unsigned: bool = False
    base: Location | None = None
    attestations: tuple[Path, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What verification may rely on.

    `material` holds Sigstore's keys, where anything needs them; `required` are attestations
    that must be there; `summaries` says whose summaries of a verdict stand for the bytes;
    `unread` is the weight of a file that nobody read; `globals` are what a pickle may import
    beyond what is known to be harmless; `scale` is what results of policies are weighed by, and
    `waivers` are the exceptions that the profile makes.
    """

    trust: Trust
    now_ns: int
    material: Material | None = None
    required: tuple[Required, ...] = ()
    summaries: SummaryTrust | None = None
    engine: Engine | None = None
    policies: Mapping[str, str] = field(default_factory=dict)
    scale: Scale = field(default_factory=Scale)
    waivers: tuple[Waiver, ...] = ()
    unread: Severity = Severity.WARNING
    globals: Allowlist = field(default_factory=Allowlist)
    require_sbom: bool = False
    profile: str = ""
    progress: Progress = field(default_factory=Silent)
    trusted: str = ""
    """`trust_digest`, where it was computed before."""

    def close(self) -> None:
        """Let go of the engine."""
        if self.engine is not None:
            self.engine.close()

    @property
    def trust_digest(self) -> str:
        """Who is believed: the digest of trust, and of the Sigstore instance where one is used."""
        if self.trusted:
            return self.trusted
        if self.material is None:
            return str(self.trust.digest)
        both = {"trust": str(self.trust.digest), "sigstore": self.material.instance}
        return str(Digest.of(canonical(both)))

    @property
    def ground(self) -> Ground:
        """What signatures are authenticated on, besides trust."""
        return Ground(datetime.fromtimestamp(self.now_ns / 10**9, UTC), self.material)

    @property
    def waived_at(self) -> datetime:
        """When exceptions have to count: a look ahead ends them, a look back renews none."""
        now = of_nanoseconds(self.now_ns)
        return max(now, self.scale.terms.at or now)


@dataclass(frozen=True)
class Evidence:
    """What is known so far. Each step returns a new one; none changes an old one."""

    request: Request
    target: Target | None = None
    signatures: tuple[SignatureSource, ...] = ()
    authentic: tuple[Authentic, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    counted: tuple[Authentic, ...] = ()
    tree: Tree | None = None
    manifest: Manifest | None = None
    digests: frozenset[Digest] = frozenset()
    """What the artifact may be called by: root digests, its OCI manifest's, a single file's."""
    whole: frozenset[Digest] = frozenset()
    """Those of them that speak of just the files that enough signers vouch for."""
    outside: frozenset[str] = frozenset()
    """Files of it that too few signers vouch for, what OMS always leaves out not among them."""
    artifact: Artifact | None = None
    files: tuple[FileFacts, ...] | None = None
    recorded: tuple[FileFacts, ...] = ()
    """What enough trusted signers attest of the files: believed where the bytes are not at hand."""
    description: Description = field(default_factory=Description)
    base: Base | None = None
    attestations: tuple[Authentic, ...] = ()
    sbom: Mapping[str, Json] | None = None
    findings: tuple[Finding, ...] = ()
    until: datetime | None = None
    """When something first denies that does not deny now, as policies and exceptions say."""
    asked: Mapping[str, Json] | None = None
    """What a cluster is asked for, where one is: policies see it as `input.request`."""

    def holding(self, until: datetime | None) -> Evidence:
        """The same, holding no longer than until then."""
        ends = [end for end in (self.until, until) if end]
        return replace(self, until=min(ends, default=None))

    @property
    def settled(self) -> Evidence:
        """The same without what only the steps before policy need, the files first of all."""
        return replace(
            self,
            target=None,
            signatures=(),
            authentic=(),
            tree=None,
            manifest=None,
            digests=frozenset(),
            recorded=(),
        )
