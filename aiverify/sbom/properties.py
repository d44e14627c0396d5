"""Statements that no field of the standards holds, under the one namespace `aiverify:`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiverify.core.artifact import Artifact
from aiverify.core.description import AdapterSettings, Description, Stated
from aiverify.core.facts import FileFacts, State
from aiverify.core.manifest import Entry
from aiverify.sbom.ancestry import Ancestor
from aiverify.sbom.bom import Property
from aiverify.sbom.card import considered

ROOT_DIGEST = "aiverify:root-digest"
"""Over the digests of all files (OMS v1.0), so not a hash of any file: never in `hashes`."""


KIND = "aiverify:kind"

FITTING_PAIRS = "aiverify:adapter:fitting-pairs"

GIVEN_NAME = "aiverify:given-name"
"""What a base model called itself when it was at hand, where that is not its stated name."""


def of_artifact(
    artifact: Artifact, description: Description, warnings: tuple[str, ...], pairs: int = 0
) -> tuple[Property, ...]:
    """What is known of the artifact as a whole, and where it is stated. `size` is in bytes.

    `pairs` counts the LoRA pairs that were held against the base at hand, and fit it.
    """
    return (
        Property(KIND, artifact.kind.value),
        Property(ROOT_DIGEST, str(artifact.manifest.root)),
        Property("aiverify:digest:kind", "oms-root"),
        Property("aiverify:size", str(artifact.manifest.size)),
        *(Property("aiverify:format", name) for name in description.formats),
        *_measures(description),
        *(_adapter(description.adapter.value) if description.adapter else ()),
        *((Property(FITTING_PAIRS, str(pairs)),) if pairs else ()),
        *(Property("aiverify:language", language.value) for language in description.languages),
        *_sources(description),
        *(Property("aiverify:warning", warning) for warning in warnings),
    )


def of_file(entry: Entry, known: FileFacts | None) -> tuple[Property, ...]:
    """A file's size in bytes, and what its reader made of it. Without a reader it is unread."""
    size = entry.size if entry.size is not None else known and known.size
    given = {
        "aiverify:size": "" if size is None else str(size),
        "aiverify:format": known.facts.format if known else "",
        "aiverify:role": known.facts.role.value if known else "",
        "aiverify:state": (known.state if known else State.UNREAD).value,
        "aiverify:unread": known.facts.unread if known else "",
    }
    return _given(given)


def of_base(ancestor: Ancestor) -> tuple[Property, ...]:
    """What pins a base model, and who names it."""
    given = {ROOT_DIGEST: ancestor.base.digest, GIVEN_NAME: ancestor.called}
    return _given(given) + of_sources(ancestor.sources)


def of_sources(sources: tuple[str, ...]) -> tuple[Property, ...]:
    """The places that name a component."""
    return tuple(Property("aiverify:source", source) for source in sources)


def _measures(description: Description) -> Iterator[Property]:
    """Counts of tensor elements, in all and by dtype, and the sizes that a user meets."""
    given = {
        "aiverify:stated-name": description.name,
        "aiverify:library": description.library,
        "aiverify:parameters": description.parameters,
        "aiverify:context-length": description.context_length,
        "aiverify:vocabulary": description.vocabulary,
    }
    yield from (Property(name, str(said.value)) for name, said in given.items() if said)
    for dtype, count in sorted(description.dtypes.items()):
        yield Property(f"aiverify:dtype:{dtype}", str(count))


def _adapter(settings: AdapterSettings) -> Iterator[Property]:
    yield Property("aiverify:adapter:type", settings.peft_type)
    if settings.rank is not None:
        yield Property("aiverify:adapter:r", str(settings.rank))
    if settings.alpha is not None:
        yield Property("aiverify:adapter:alpha", f"{settings.alpha:.15g}")
    for module in settings.target_modules:
        yield Property("aiverify:adapter:target", module)


def _sources(description: Description) -> Iterator[Property]:
    """Where each statement stands, a place once. Bases and datasets carry their own."""
    stated: dict[str, tuple[Stated[Any] | None, ...]] = {
        "name": (description.name,),
        "architecture": (description.architecture,),
        "family": (description.family,),
        "library": (description.library,),
        "task": (description.task,),
        "licence": description.licences,
        "language": description.languages,
        "tag": description.tags,
        "metric": description.metrics,
        "considerations": considered(description.sections),
        "parameters": (description.parameters,),
        "context-length": (description.context_length,),
        "vocabulary": (description.vocabulary,),
        "adapter": (description.adapter,),
    }
    for field, statements in stated.items():
        for source in dict.fromkeys(said.source for said in statements if said):
            yield Property(f"aiverify:source:{field}", source)


def _given(values: Mapping[str, str]) -> tuple[Property, ...]:
    return tuple(Property(name, value) for name, value in values.items() if value)
