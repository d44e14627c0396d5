"""What is believed of all that is attested: what as many say as must have signed the artifact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from aiverify.core import recorded
from aiverify.core.facts import FileFacts
from aiverify.core.jsonvalue import Json, canonical
from aiverify.core.trust import Quorum
from aiverify.errors import MalformedError
from aiverify.signing import predicates
from aiverify.signing.authenticate import Authentic
from aiverify.signing.predicates import CONTENTS, CYCLONEDX
from aiverify.verify.evidence import Evidence
from aiverify.verify.signatures import distinct


def sboms(bound: Sequence[Authentic], quorums: Sequence[Quorum]) -> list[Mapping[str, Json]]:
    """The SBOMs that enough distinct signers attest, of those whom the artifact needs."""
    made = [item for item in bound if item.predicate_type == CYCLONEDX]
    return [items[0].predicate for items in _agreeing(made, lambda item: item.predicate, quorums)]


def _agreeing(
    made: Iterable[Authentic],
    what: Callable[[Authentic], Json],
    quorums: Sequence[Quorum],
) -> list[list[Authentic]]:
    """Those that say the same, where enough distinct signers do, of those whom it needs."""
    by_form: dict[bytes, list[Authentic]] = {}
    for item in made:
        by_form.setdefault(canonical(what(item)), []).append(item)
    return [
        items
        for items in by_form.values()
        if all(len(distinct(items, each.signers)) >= each.threshold for each in quorums)
    ]


def contents(
    bound: Sequence[Authentic], quorums: Sequence[Quorum], evidence: Evidence
) -> tuple[FileFacts, ...]:
    """What enough signers attest of the very files that were verified; the newest of several.

    Raises:
        MalformedError: it cannot be read, or speaks of other files.
    """
    said = [item for item in bound if item.predicate_type == CONTENTS]
    believed = _agreeing(said, lambda item: item.predicate.get("files"), quorums)
    if not believed:
        return ()
    made = max((item for items in believed for item in items), key=_stated)
    found = recorded.read(made.predicate.get("files"), f"the contents {made.source}")
    assert evidence.manifest
    names, wanted = frozenset(item.name for item in found), evidence.manifest.files
    if names != wanted and not (evidence.request.only and names > wanted):
        raise MalformedError(f"the contents {made.source} speak of other files than these")
    return tuple(item for item in found if item.name in wanted)


def _stated(item: Authentic) -> datetime:
    """When somebody says that he looked; long ago if he does not say."""
    found = predicates.stated_time(item.predicate_type, item.predicate)
    return found or datetime.min.replace(tzinfo=UTC)
