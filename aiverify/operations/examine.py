"""Opening a target and saying what it is, without asking who vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from aiverify.core import rules, shards
from aiverify.core.artifact import Artifact, Kind
from aiverify.core.contradictions import contradictions
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding, Severity
from aiverify.core.manifest import Manifest
from aiverify.core.names import printable
from aiverify.errors import DeniedError, MalformedError
from aiverify.files.progress import Progress, Silent
from aiverify.files.stream import digest_all
from aiverify.files.tree import Tree
from aiverify.formats.look import look_at_all
from aiverify.verify import parts
from aiverify.verify.base import Base, own_signature
from aiverify.verify.location import Location
from aiverify.verify.target import Target, open_target

MALFORMED = frozenset({rules.contents.MALFORMED.id, rules.contents.SHARDS.id})
"""Rules about files that cannot be what they say, rather than about what they would do."""


@dataclass(frozen=True)
class Contents:
    """What headers say: cheap, however large the files are."""

    target: Target
    tree: Tree
    files: tuple[FileFacts, ...]
    description: Description

    @property
    def kind(self) -> Kind:
        """What the artifact is: by its bundle, or else by its files."""
        stated = self.target.bundle.kind if self.target.bundle else None
        return stated or parts.kinds(self.target, self.files)[0]

    @property
    def name(self) -> str:
        """What it is called by its bundle, by its card, or by its path."""
        return self.target.name(self.description)

    @cached_property
    def contradictions(self) -> tuple[Finding, ...]:
        """Where the artifact's files say different things of it."""
        return contradictions(self.files, self.description)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the readers found, file by file, and where files disagree."""
        found = tuple(finding for item in self.files for finding in item.facts.findings)
        return (
            *found,
            *shards.disagreements(self.files),
            *parts.misfits(self.target, self.files),
            *self.contradictions,
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        """Files that no signature and no bundle holds. A directory's own signature is none."""
        own = own_signature(self.target)
        return tuple(name for name in self.tree.ignored if name not in own)

    def refuse_malformed(self) -> None:
        """Stop before anything is written about files that contradict themselves.

        What is dangerous and whole may be packed and described: verifying is what refuses it.

        Raises:
            MalformedError: the first finding of severity error.
        """
        for finding in self.findings:
            if finding.severity is Severity.ERROR and finding.rule in MALFORMED:
                shown = self.target.shown
                where = f"{shown}/{printable(finding.file)}" if finding.file else shown
                raise MalformedError(f"{where}: {finding.message}", hint=finding.fix)


def look_into(location: Location) -> Contents:
    """Read every header of a target.

    Raises:
        InputError: it cannot be read, or holds what an artifact may not.
    """
    return contents_of(open_target(location))


def contents_of(target: Target) -> Contents:
    """Read every header of a target that is open already. Raises as `look_into`."""
    tree = target.tree(own_signature(target))
    files = look_at_all(tree.members)
    return Contents(target, tree, files, parts.description_of(target, files))


def identify(contents: Contents, progress: Progress | None = None) -> Artifact:
    """Hash every file, for the artifact with its digests."""
    manifest = Manifest.of(digest_all(contents.tree.members, progress or Silent()))
    return contents.target.artifact(manifest, contents.files, contents.description)


def refuse_misfit(base: Base, adapter: Target) -> None:
    """Stop before an adapter is packed for a base that it does not fit.

    Raises:
        DeniedError: names the first tensor, and says how many there are.
    """
    errors = [finding for finding in base.fit.findings if finding.severity is Severity.ERROR]
    if not errors:
        return
    first, count = errors[0], len(errors)
    more = f" (and {count - 1} more)" if count > 1 else ""
    shown, name = adapter.shown, base.reference.name
    raise DeniedError(
        f"{shown} does not fit its base {name}: {first.message}{more}", hint=first.fix
    )
