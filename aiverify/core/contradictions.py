"""Where the files of an artifact contradict each other: card, configuration, header and bytes.

Two things are compared only where both are said, in terms that mean the same. What needs a guess
is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiverify.core.claiming import bases, labels, licences, measures, shape
from aiverify.core.claiming.group import Group, groups
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding


def contradictions(files: Sequence[FileFacts], description: Description) -> tuple[Finding, ...]:
    """Every claim that another file denies, folder by folder.

    Files of one folder speak of one model. The card at the top speaks for a folder as well that
    has none, unless that holds an adapter or a model with a configuration of its own.
    """
    found = list(groups(files))
    top = next((group.card for group in found if group.card and "/" not in group.card.name), None)
    return (
        *(finding for group in found for finding in _of_folder(group, top)),
        *labels.library(files, description),
        *labels.relation(files, top),
    )


def _of_folder(group: Group, top: FileFacts | None) -> Iterator[Finding]:
    """What the files of one folder say, and the card at the top where it speaks for them."""
    card = group.card or (None if group.adapter or group.config else top)
    yield from licences.licences(group, card)
    yield from bases.bases(group, card)
    yield from measures.dtype(group)
    yield from measures.parameters(group, card)
    yield from labels.quantization(group)
    yield from shape.context(group)
    yield from shape.vocabulary(group)
    yield from shape.architecture(group)
