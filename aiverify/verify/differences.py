"""What is said of files that differ from what was signed, or that nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from aiverify.core import rules
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding, Severity
from aiverify.core.manifest import Entry, Manifest, compare
from aiverify.core.names import is_below, printable
from aiverify.core.trust import Revoked
from aiverify.errors import InputError
from aiverify.files.tree import Tree
from aiverify.verify.target import Target

if TYPE_CHECKING:
    from aiverify.verify.comparison import Comparison
    from aiverify.verify.evidence import Evidence, Request


def told(item: Comparison, evidence: Evidence) -> tuple[Finding, ...]:
    """What is changed, missing and extra, with both digests; or one sentence for it all."""
    difference = item.difference
    if evidence.request.only and not (difference.changed or difference.missing):
        return tuple(_extra(entry) for entry in difference.extra)
    kept = len(item.said.manifest.entries) - len(difference.changed) - len(difference.missing)
    if kept == 0 and difference.missing:
        message = (
            f"the signature {item.by.source} speaks of another artifact, "
            f"{printable(item.by.subject)} ({item.said.root})"
        )
        return (rules.signatures.MISUSED.found(message),)
    changed = (_changed(then, now) for then, now in difference.changed)
    missing = (_missing(entry) for entry in difference.missing)
    extra = (_extra(entry) for entry in difference.extra)
    return (*changed, *missing, *extra)


def _changed(then: Entry, now: Entry) -> Finding:
    message = f"{_shown(now)} is {now.digest}, and {then.digest} was signed"
    return rules.integrity.CHANGED.found(message, file=now.name, place=now.place)


def _missing(entry: Entry) -> Finding:
    message = f"{_shown(entry)} is missing, and {entry.digest} was signed"
    return rules.integrity.MISSING.found(message, file=entry.name, place=entry.place)


def _extra(entry: Entry) -> Finding:
    message = f"{_shown(entry)} was not signed; it is {entry.digest}"
    return rules.integrity.EXTRA.found(message, file=entry.name, place=entry.place)


def _shown(entry: Entry) -> str:
    name = printable(entry.name)
    return f"{name}, {entry.place}," if entry.place else name


def damaged(target: Target, at_hand: Manifest) -> tuple[Finding, ...]:
    """Blobs that are not what their bundle's own manifest says."""
    promised = target.promised()
    if promised is None:
        return ()
    return tuple(
        rules.integrity.CHANGED.found(
            f"{printable(now.name)} is {now.digest}, and its bundle says {then.digest}",
            file=now.name,
        )
        for then, now in compare(promised, at_hand).changed
    )


def revoked(digests: Iterable[Digest], files: Manifest, gone: Revoked) -> Iterator[Finding]:
    """The artifact, or a file in it, that trust no longer counts."""
    for digest in sorted(digests):
        if str(digest) in gone.digests:
            yield rules.integrity.REVOKED.found(f"the artifact {digest} was revoked")
    for entry in files.entries:
        if str(entry.digest) in gone.digests:
            message = f"{printable(entry.name)} was revoked, by its digest {entry.digest}"
            yield rules.integrity.REVOKED.found(message, file=entry.name)


def linked(tree: Tree, vouched: frozenset[str], target: Target) -> Iterator[Finding]:
    """Links that a signer allowed and that lead out of the artifact."""
    for name in tree.links_out(target.path) if tree.links else ():
        if name in vouched:
            place = printable(str(tree.links[name]))
            message = f"{printable(name)} is a link out of the artifact, to {place}"
            yield rules.integrity.LINKED.found(message, file=name)


def unsigned(names: Iterable[str], request: Request) -> tuple[Finding, ...]:
    """Files that nobody vouches for, however they came to be left out.

    What is about to be used must be signed, unless somebody said that it need not be.
    """
    found = sorted(names)
    if not found:
        return ()
    shown = ", ".join(printable(name) for name in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    message = f"the signature does not speak of {shown}{more}"
    severe = request.only and not request.ignore_unsigned
    severity = Severity.ERROR if severe else Severity.WARNING
    return (rules.integrity.UNSIGNED.found(message, file=found[0], severity=severity),)


def is_wanted(name: str, evidence: Evidence) -> bool:
    """Whether a file is one of those that the request is about, or lies below one."""
    only = evidence.request.only
    return not only or any(is_below(name, path) for path in only)


def refuse_unknown(evidence: Evidence, names: Iterable[str]) -> None:
    """Stop where a path that is about to be used is neither there nor signed.

    Raises:
        InputError: a verdict would be about no file at all.
    """
    assert evidence.target
    known = frozenset(names)
    for path in evidence.request.only:
        if not any(is_below(name, path) for name in known):
            raise InputError(
                f"{evidence.target.shown} has no file that may be signed at {printable(path)}",
                hint="Name it as it lies below the artifact, such as onnx/model.onnx.",
            )
