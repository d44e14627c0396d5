"""The model card: what the files say of a model beyond its identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiverify.core.description import Description, Stated
from aiverify.core.facts import FileFacts
from aiverify.sbom.bom import Considerations, ModelCard, Origin
from aiverify.sbom.composing.emissions import emissions
from aiverify.sbom.composing.ports import ports
from aiverify.sbom.composing.told import origins, said

MAX_PROSE = 20_000
"""Characters of a section that are quoted."""

TOPICS: Mapping[str, tuple[str, ...]] = {
    "users": ("intended user", "primary user", "target audience", "target user"),
    "use-case": (
        "intended use",
        "intended purpose",
        "direct use",
        "downstream use",
        "use case",
        "uses",
        "applications",
    ),
    "limitation": ("limitation", "out-of-scope", "out of scope", "misuse", "known issue", "risks"),
    "tradeoff": ("trade-off", "tradeoff", "trade off"),
    "ethics": ("bias", "ethic", "societal impact", "safety", "responsib", "recommendation"),
    "fairness": ("fairness", "demographic", "subgroup"),
}
"""Words of a heading that tell what its prose is about, by field."""

WHOLE = frozenset({"uses", "risks", "applications", "safety"})
"""Words that count only as a whole heading's, since others hold them: `datasets used`."""

APPROACHES = (
    "supervised",
    "unsupervised",
    "reinforcement-learning",
    "semi-supervised",
    "self-supervised",
)
"""CycloneDX's approaches, which a card can name as a tag."""


@dataclass(frozen=True, slots=True)
class Carded:
    """A model card and where each of its fields stands."""

    card: ModelCard
    origins: tuple[Origin, ...]


def model_card(description: Description, files: Sequence[FileFacts]) -> Carded:
    """The card of a model or adapter."""
    approach = next((tag for tag in description.tags if tag.value in APPROACHES), None)
    found, emitted = ports(files, description), emissions(files)
    prose = {field: tuple(_about(description.sections, words)) for field, words in TOPICS.items()}
    texts = {field: tuple(item.value for item in items) for field, items in prose.items()}
    card = ModelCard(
        approach=said(approach),
        task=said(description.task),
        family=said(description.family),
        architecture=said(description.architecture),
        inputs=found.inputs,
        outputs=found.outputs,
        metrics=tuple(metric.value for metric in description.metrics),
        considerations=Considerations(
            users=texts["users"],
            use_cases=texts["use-case"],
            limitations=texts["limitation"],
            tradeoffs=texts["tradeoff"],
            ethics=texts["ethics"],
            fairness=texts["fairness"],
        ),
        properties=emitted.properties,
    )
    return Carded(
        card,
        (
            *origins("approach", (approach,)),
            *origins("task", (description.task,)),
            *origins("family", (description.family,)),
            *origins("architecture", (description.architecture,)),
            *found.origins,
            *origins("metric", description.metrics),
            *(origin for field, items in prose.items() for origin in origins(field, items)),
            *emitted.origins,
        ),
    )


def _about(sections: Mapping[str, Stated[str]], words: Sequence[str]) -> Iterator[Stated[str]]:
    """The sections whose heading has one of the words.

    A heading such as "bias, risks, and limitations" speaks of two things and counts as both:
    prose is not ours to cut, but for its length.
    """
    for heading, section in sections.items():
        if section.value and any(_is_about(heading, word) for word in words):
            text = section.value
            cut = text if len(text) <= MAX_PROSE else f"{text[:MAX_PROSE]} [...]"
            yield Stated(cut, section.source)


def _is_about(heading: str, word: str) -> bool:
    return heading.strip(" :.") == word if word in WHOLE else word in heading
