"""What the pipeline is asked, what it may rely on, and what it knows after each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiverify.core.artifact import Artifact
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding, Severity
from aiverify.core.globals import Allowlist
from aiverify.core.jsonvalue import Json
from aiverify.core.manifest import Manifest
from aiverify.core.trust import Trust
from aiverify.files.progress import Progress, Silent
from aiverify.files.tree import Tree
from aiverify.policy.interface import Engine
from aiverify.signing.authenticate import Authentic, Rejected
from aiverify.verify.base import Base
from aiverify.verify.target import SignatureSource, Target


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be verified.

    `signatures` are files beside those that come with the target; `ignore` are exact paths
    to leave out; `ignore_unsigned` accepts files that the signature does not speak of; `base`
    is the model that an adapter must fit.
    """

    path: Path
    signatures: tuple[Path, ...] = ()
    ignore: tuple[str, ...] = ()
    ignore_unsigned: bool = False
    base: Path | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What verification may rely on.

    `unread` is the weight of a file that nobody read; `globals` are what a pickle may import
    beyond what is known to be harmless.
    """

    trust: Trust
    now_ns: int
    engine: Engine | None = None
    policies: Mapping[str, str] = field(default_factory=dict)
    unread: Severity = Severity.WARNING
    globals: Allowlist = field(default_factory=Allowlist)
    require_sbom: bool = False
    profile: str = ""
    progress: Progress = field(default_factory=Silent)


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
    artifact: Artifact | None = None
    files: tuple[FileFacts, ...] = ()
    description: Description = field(default_factory=Description)
    base: Base | None = None
    attestations: tuple[Authentic, ...] = ()
    sbom: Mapping[str, Json] | None = None
    findings: tuple[Finding, ...] = ()
