"""What a model card's front matter states.

Each function takes the front matter's members and gives their statements with their sources;
a statement of the wrong type is left out, and the members' warnings say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiverify.core.description import BaseReference, Metric, Stated
from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json, kind

PAPER = re.compile(r"arxiv:\d{4}\.\d{4,5}")
ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w.~:/?#@!$&'()*+,;=%-]*)?", re.ASCII)


def text(card: Fields, key: str) -> Stated[str] | None:
    """One string, if it is there and not empty."""
    value = card.text(key)
    return Stated(value, card.source(key)) if value else None


def texts(card: Fields, key: str) -> tuple[Stated[str], ...]:
    """A string or a list of strings."""
    return tuple(Stated(value, card.source(key)) for value in card.texts(key))


def name(card: Fields) -> Stated[str] | None:
    """The model's own name: `model_name`, or the name of the first evaluated model."""
    stated = text(card, "model_name")
    if stated:
        return stated
    models = card.each("model-index")
    return next((found for model in models if (found := text(model, "name"))), None)


def licences(card: Fields) -> tuple[Stated[str], ...]:
    """Licences by their identifiers; `other` is replaced by `license_name` where that is given."""
    own = text(card, "license_name")
    return tuple(
        own if own and stated.value == "other" else stated for stated in texts(card, "license")
    )


def authors(readme: Fields) -> tuple[Stated[str], ...]:
    """Who made the model, in the line that the Hub's template of cards has for that."""
    stated = text(readme.inner("bullets"), "developed by")
    return (stated,) if stated else ()


def supplier(readme: Fields) -> Stated[str] | None:
    """Who gives the model out, in the line that the Hub's template of cards has for that."""
    bullets = readme.inner("bullets")
    return text(bullets, "shared by") or text(bullets, "shared by [optional]")


def references(card: Fields, header: Fields) -> Iterator[tuple[str, Stated[str]]]:
    """Addresses that the card or the weights give, each with what is there."""
    link = text(card, "license_link")
    if link and is_address(link.value):
        yield "license", link
    for tag in texts(card, "tags"):
        if PAPER.fullmatch(tag.value):
            yield "documentation", Stated(f"https://arxiv.org/abs/{tag.value[6:]}", tag.source)
    for key, what in (("url", "website"), ("repository", "vcs")):
        stated = text(header, key)
        if stated and is_address(stated.value):
            yield what, stated


def is_address(value: str) -> bool:
    """Whether a text is an address on the web, with nothing in it that no address has."""
    return ADDRESS.fullmatch(value) is not None


def base_models(card: Fields) -> tuple[Stated[BaseReference], ...]:
    """The models that this one was made from."""
    return tuple(
        Stated(BaseReference(name=stated.value), stated.source)
        for stated in texts(card, "base_model")
    )


def metrics(card: Fields) -> Iterator[Stated[Metric]]:
    """The results in `model-index`, each metric with its task and data set."""
    for model in card.each("model-index"):
        for result in model.each("results"):
            task, dataset = result.inner("task"), result.inner("dataset")
            for metric in result.each("metrics"):
                value = _value(metric)
                if value is not None:
                    yield Stated(
                        Metric(
                            type=metric.text("type"),
                            value=value,
                            name=metric.text("name"),
                            task=task.text("type"),
                            dataset=dataset.text("name") or dataset.text("type"),
                            part=", ".join(filter(None, map(dataset.text, ("config", "split")))),
                            verified=metric.flag("verified"),
                        ),
                        metric.where.removesuffix("/"),
                    )


def _value(metric: Fields) -> str | None:
    """A metric's value as the card gives it, in text."""
    value: Json = metric.members.get("value")
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    if value is not None:
        metric.warn("value", f"is not a number but {kind(value)}, and is left out")
    return None
