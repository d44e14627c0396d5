"""The base model of an adapter, where it is at hand: is it the one, and does the adapter fit?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aiverify.core import rules
from aiverify.core.describe import describe
from aiverify.core.description import BaseReference, Description
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding, Severity
from aiverify.core.fit import Fit, fit
from aiverify.core.jsonvalue import Json
from aiverify.core.manifest import Manifest
from aiverify.core.names import printable
from aiverify.errors import UsageError
from aiverify.files.progress import Progress
from aiverify.files.stream import digest_all
from aiverify.files.tree import Member
from aiverify.verify.location import Location
from aiverify.verify.target import Form, Target, open_target


@dataclass(frozen=True)
class Base:
    """A base model that is at hand, and how an adapter fits it.

    `reference` names it; its digest is there once the bytes were hashed, which no header
    needs.
    """

    target: Target
    reference: BaseReference
    fit: Fit

    def hashed(self, progress: Progress) -> Base:
        """The same, pinned by its root digest.

        Raises:
            InputError: a file cannot be read.
        """
        members = self.target.tree(own_signature(self.target)).members
        manifest = Manifest.of(digest_all(members, progress))
        return replace(self, reference=replace(self.reference, digest=str(manifest.root)))

    def to_json(self) -> dict[str, Json]:
        """The form that reports and the policy document carry."""
        return {
            "fits": self.fit.fits,
            "pairs": self.fit.pairs,
            "name": self.reference.name,
            "digest": self.reference.digest,
        }


def hold_against(
    adapter: Sequence[FileFacts],
    description: Description,
    location: Location,
    *,
    unchecked: bool = False,
) -> Base:
    """Say how an adapter fits a base model, and whether it is the one that the adapter names.

    Headers are enough, so nothing is hashed. Those of large files in a registry are what it gives,
    `unchecked`: that will do to show how an adapter fits, and not to rely on it.

    Raises:
        InputError: the base cannot be read.
        UsageError: it is in a registry and large, and somebody is to rely on it.
    """
    target = open_target(location)
    members = target.tree(own_signature(target)).members
    if target.form is Form.REGISTRY and not unchecked:
        _refuse_parts(members, target.shown)
    from aiverify.formats.look import look_at_all

    files = look_at_all(members)
    stated = describe(files)
    found = fit(adapter, files)
    name = target.name(stated)
    itself = name if stated.name or (target.bundle and target.bundle.name) else ""
    claims = tuple(_other_name(description, itself))
    return Base(target, BaseReference(name=name), replace(found, findings=found.findings + claims))


def _refuse_parts(members: Sequence[Member], shown: str) -> None:
    """Of a large file in a registry a part is read, of which nobody knows whether it is right."""
    from aiverify.verify.ranges import WHOLE

    large = [member.name for member in members if member.extent.size > WHOLE]
    if large:
        raise UsageError(
            f"the base {shown} is in a registry, where nobody checks the header of "
            f"{printable(large[0])}",
            hint="Pull it first.",
        )


def other_bytes(base: Base, pinned: str) -> Iterator[Finding]:
    """A finding where the digest that somebody attested for the base is not that of this one."""
    if pinned and base.reference.digest != pinned:
        yield rules.adapters.BASE.found(
            f"the attested SBOM pins the base {pinned}; {base.target.shown} is "
            f"{base.reference.digest}"
        )


def own_signature(target: Target) -> tuple[str, ...]:
    """A directory's own signature is no part of the artifact."""
    return (target.signature_path.name,) if target.form is Form.DIRECTORY else ()


def refuse_no_adapter(description: Description, target: Target) -> None:
    """Stop where a base is named for what is no adapter.

    Raises:
        UsageError: there is no `adapter_config.json`.
    """
    if description.adapter is None:
        raise UsageError(
            f"{target.shown} is no adapter, so it has no base to fit", hint="Leave --base out."
        )


def _other_name(description: Description, itself: str) -> Iterator[Finding]:
    """A remark where the base calls itself otherwise. An owner may be left out of a name."""
    claimed = [stated.value.name for stated in description.base_models if stated.value.name]
    if not itself or not claimed or any(_last(name) == _last(itself) for name in claimed):
        return
    yield rules.adapters.BASE.found(
        f"the adapter names the base {printable(claimed[0])}; this one calls itself "
        f"{printable(itself)}",
        severity=Severity.WARNING,
    )


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].casefold()
