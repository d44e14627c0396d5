"""Base models and datasets: what the artifact was made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from aiverify.core.description import Description
from aiverify.sbom.bom import Component, Dataset, Means, Origin, Property, Sort
from aiverify.sbom.composing import purl
from aiverify.sbom.composing.ancestry import Ancestor
from aiverify.sbom.composing.refs import quoted, ref, short_version
from aiverify.sbom.properties import GIVEN_NAME, ROOT_DIGEST


def of_base(ancestor: Ancestor) -> Component:
    """A base model, with the revision and digest that pin it where they are known."""
    base = ancestor.base
    pins = (("@", base.revision), ("#", base.digest))
    pinned = "".join(f"{mark}{quoted(pin)}" for mark, pin in pins if pin)
    known = {ROOT_DIGEST: base.digest, GIVEN_NAME: ancestor.called}
    return Component(
        ref=f"{ref('model', base.name)}{pinned}",
        sort=Sort.MODEL,
        name=base.name,
        version=short_version(base.revision),
        purl=purl.of_base(base.name, base.revision),
        properties=tuple(Property(name, value) for name, value in known.items() if value),
        origins=(
            *(Origin("name", source) for source in ancestor.sources),
            *((Origin(ROOT_DIGEST, "--base", Means.GIVEN),) if base.digest else ()),
        ),
    )


def of_datasets(description: Description, at_hand: Iterable[Component]) -> tuple[Component, ...]:
    """The datasets that the card names; one that was at hand stands for the name it bears."""
    sources: dict[str, dict[str, None]] = {}
    for dataset in description.datasets:
        if dataset.value:
            sources.setdefault(dataset.value, {})[dataset.source] = None
    found = {item.name: item for item in at_hand}
    named = [
        _joined(found.pop(name), places) if name in found else _named(name, places)
        for name, places in sources.items()
    ]
    return (*named, *found.values())


def _named(name: str, places: Iterable[str]) -> Component:
    return Component(
        ref=ref("dataset", name),
        sort=Sort.DATA,
        name=name,
        data=Dataset(),
        origins=tuple(Origin("name", place) for place in places),
    )


def _joined(at_hand: Component, places: Iterable[str]) -> Component:
    named = (Origin("name", place) for place in places)
    return replace(at_hand, origins=(*named, *at_hand.origins))
