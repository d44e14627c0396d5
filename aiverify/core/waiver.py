"""The exceptions of a profile: findings that do not deny, for a reason and until a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiverify.core import rules
from aiverify.core.artifact import Artifact
from aiverify.core.finding import Finding, Severity
from aiverify.core.identity import fits
from aiverify.core.moments import shown
from aiverify.core.names import is_below, printable
from aiverify.errors import UsageError

OWN = "AIV-"
"""How the rules of aiverify's own code begin."""

CONTENTS = frozenset(
    rule.id
    for subject in (
        rules.contents,
        rules.containers,
        rules.pickles,
        rules.torch,
        rules.keras,
        rules.onnx,
        rules.savedmodel,
        rules.templates,
        rules.configs,
        rules.code,
        rules.programs,
        rules.scanners,
        rules.adapters,
    )
    for rule in subject.RULES
    if rule is not rules.adapters.BASE  # which says that bytes are not those that were attested
)
"""Those of them that an exception may be made from: what files are, never who vouches for them."""

_RULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\.(\*|[^\s*]+)", re.ASCII)
_DIGEST = re.compile("sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One exception. Python has taken that word.

    `rule` is `package.code` or `package.*`, or the id of a rule about contents; `artifact` is
    a name with wildcards or a digest; `path` is a JSON pointer into the policy input, `file` a
    file or directory of the artifact, and either stands for all below it; `until` is when the
    exception ends, and `by` who made it.

    Raises:
        UsageError: there may be no exception from the rule, or a member says nothing.
    """

    rule: str
    artifact: str
    reason: str
    until: datetime
    path: str = ""
    file: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise UsageError(f"the exception for {self.told} has no reason")
        if self.artifact.startswith("sha256:") and not _DIGEST.fullmatch(self.artifact):
            raise UsageError(f"{printable(self.artifact)} is no digest of an artifact")
        if self.path and not self.path.startswith("/"):
            raise UsageError(
                f"{printable(self.path)} is no JSON pointer", hint="It begins with a slash."
            )
        self._check_rule()

    def _check_rule(self) -> None:
        if self.is_of_contents:
            if self.rule not in CONTENTS:
                raise UsageError(
                    f"there is no exception from {self.told}",
                    hint="There is one from rules about contents, and from those of policies.",
                )
        elif not _RULE.fullmatch(self.rule):
            raise UsageError(
                f"{self.told} is no rule", hint="Name it as package.code, or as package.*."
            )
        if self.path and self.is_of_contents:
            raise UsageError(f"{self.told} is about files", hint="Give file instead of path.")
        if self.file and not self.is_of_contents:
            raise UsageError(f"{self.told} is about the policy input", hint="Give path.")

    @property
    def is_of_contents(self) -> bool:
        """Whether it is from a rule of aiverify's own, and not from a policy's."""
        return self.rule.startswith(OWN)

    @property
    def told(self) -> str:
        """What it is for, to be shown."""
        return printable(self.rule)

    def concerns(self, artifact: Artifact) -> bool:
        """Whether it is made for an artifact."""
        if _DIGEST.fullmatch(self.artifact):
            return self.artifact == str(artifact.digest)
        return fits(self.artifact, artifact.name)

    def covers(self, finding: Finding, package: str = "") -> bool:
        """Whether it is made for a finding; `package` is that of the policy, if one made it."""
        if self.rule not in (finding.rule, f"{package}.*"):
            return False
        if self.path and not f"{finding.place}/".startswith(f"{self.path.removesuffix('/')}/"):
            return False
        return not self.file or is_below(finding.file, self.file.removesuffix("/"))


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, the package that made it if a policy did, and from when on it denies.

    `denies_from` is None for what never does.
    """

    finding: Finding
    package: str = ""
    denies_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """Findings after exceptions, and what is to be said of the exceptions themselves.

    `until` is when the first thing begins to deny that does not deny now.
    """

    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...] = ()
    until: datetime | None = None


def waive(
    found: Iterable[Found], waivers: Sequence[Waiver], artifact: Artifact, now: datetime
) -> Waived:
    """Make notes of the findings that an exception covers."""
    concerned = [waiver for waiver in waivers if waiver.concerns(artifact)]
    valid = [waiver for waiver in concerned if now < waiver.until]
    used: set[Waiver] = set()
    begins: list[datetime] = []
    findings: list[Finding] = []
    for item in found:
        covering = [waiver for waiver in valid if waiver.covers(item.finding, item.package)]
        used.update(covering)
        last = max(covering, key=lambda waiver: waiver.until, default=None)
        findings.append(_noted(item.finding, last) if last else item.finding)
        if item.denies_from:
            begins.append(max(item.denies_from, last.until) if last else item.denies_from)
    return Waived(
        tuple(findings),
        tuple(_remarks(concerned, used, now)),
        min((begin for begin in begins if begin > now), default=None),
    )


def _noted(finding: Finding, waiver: Waiver) -> Finding:
    if finding.severity is Severity.NOTE:
        return finding
    by = f" by {printable(waiver.by)}" if waiver.by else ""
    why = f"excepted{by} until {shown(waiver.until)}: {printable(waiver.reason)}"
    return replace(finding, severity=Severity.NOTE, message=f"{finding.message} ({why})")


def _remarks(waivers: Iterable[Waiver], used: set[Waiver], now: datetime) -> Iterator[Finding]:
    for waiver in waivers:
        if waiver.until <= now:
            yield rules.policies.EXPIRED.found(
                f"the exception for {waiver.told} expired on {shown(waiver.until)}"
            )
        elif waiver not in used:
            yield rules.policies.UNUSED.found(f"the exception for {waiver.told} covers nothing")
