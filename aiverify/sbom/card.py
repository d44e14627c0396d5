"""The model card: what the files say of a model beyond its identity."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.description import Description, Stated
from aiverify.sbom.bom import Considerations, ModelCard

_USE_CASES = ("intended use", "intended purpose", "direct use", "downstream use", "use case")
_LIMITATIONS = ("limitation", "out-of-scope", "out of scope")
_ETHICS = ("bias", "ethic", "fairness", "societal impact")


def model_card(description: Description) -> ModelCard:
    """The card of a model or adapter."""
    return ModelCard(
        task=_said(description.task),
        family=_said(description.family),
        architecture=_said(description.architecture),
        metrics=tuple(metric.value for metric in description.metrics),
        considerations=Considerations(
            use_cases=_prose(description.sections, _USE_CASES),
            limitations=_prose(description.sections, _LIMITATIONS),
            ethics=_prose(description.sections, _ETHICS),
        ),
    )


def considered(sections: Mapping[str, Stated[str]]) -> tuple[Stated[str], ...]:
    """The sections that the card's considerations come from."""
    topics = _USE_CASES + _LIMITATIONS + _ETHICS
    return tuple(section for heading, section in sections.items() if _is_about(heading, topics))


def _prose(sections: Mapping[str, Stated[str]], words: tuple[str, ...]) -> tuple[str, ...]:
    """The sections whose heading has one of the words.

    A heading such as "bias, risks, and limitations" speaks of two things and counts as both:
    prose is not ours to cut.
    """
    return tuple(
        section.value
        for heading, section in sections.items()
        if section.value and _is_about(heading, words)
    )


def _is_about(heading: str, words: tuple[str, ...]) -> bool:
    return any(word in heading for word in words)


def _said(stated: Stated[str] | None) -> str:
    return stated.value if stated else ""
