"""One authentic signature of a whole artifact against the files at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aiverify.core.manifest import Difference, Manifest, compare
from aiverify.core.serialization import Serialization
from aiverify.files.tree import Tree
from aiverify.signing.authenticate import Authentic
from aiverify.signing.oms import SignedManifest
from aiverify.verify.differences import is_wanted
from aiverify.verify.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a signer said, and how the files at hand differ from it."""

    by: Authentic
    said: SignedManifest
    difference: Difference


def compare_all(
    signed: Sequence[tuple[Authentic, SignedManifest]],
    hashed: Mapping[Serialization, Manifest],
    tree: Tree,
    evidence: Evidence,
) -> list[Comparison]:
    """Compare each signature with the files, hashed in the way that it says."""
    return [
        Comparison(by, said, _difference(said, hashed[said.serialization], tree, evidence))
        for by, said in signed
    ]


def _difference(
    said: SignedManifest, at_hand: Manifest, tree: Tree, evidence: Evidence
) -> Difference:
    request, promised = evidence.request, said.manifest
    if request.only:
        wanted = frozenset(name for name in promised.files if is_wanted(name, evidence))
        promised = promised.only(wanted)
    covered = at_hand.files
    if evidence.target and evidence.target.bundle is None:
        # Who lists a file in a path that he leaves out speaks of it all the same.
        covered = frozenset(n for n in covered if said.covers(n) or n in said.manifest.files)
    refused = covered.intersection(tree.links) if not said.allow_symlinks else frozenset()
    found = compare(promised, at_hand.only(covered - refused))
    if request.ignore_unsigned:
        # A file that grew is not one that the signer does not name.
        grown = tuple(entry for entry in found.extra if entry.name in promised.files)
        found = replace(found, extra=grown)
    ignored = SignedManifest(promised, frozenset(request.ignore), said.root)
    missing = tuple(entry for entry in found.missing if ignored.covers(entry.name))
    links = at_hand.only(refused).entries
    return replace(found, missing=missing, extra=(*found.extra, *links))
