"""Rows about what the card says: what the model is for, from what, and how good it is."""

from __future__ import annotations

import re

from tests.compare.sboms.documents import Evidence, Pair, Subject
from tests.compare.sboms.fixture import Fixture
from tests.compare.sboms.found import Found, Judge, at, counted, named, partly
from tests.support import model_texts as texts

BASE = texts.BASE.lower()
DATASETS = ("huggingfaceh4/ultrachat_200k", "example/field-notes")


def says(*wanted: str) -> Judge:
    """Each of these texts is a value, or within a longer one."""
    if len(wanted) == 1:
        return lambda evidence, _: at(evidence.saying(wanted[0]))
    return lambda evidence, _: counted(evidence.saying(text) for text in wanted)


def task(evidence: Evidence, _: Fixture) -> Found:
    wanted = re.compile(r"task|pipeline|domain")
    return at(
        evidence.where(lambda pair: pair.value == "text-generation" and _named(pair, wanted)),
        "text-generation",
    )


def architecture(evidence: Evidence, _: Fixture) -> Found:
    """The class; the family alone is a part."""
    whole = evidence.where(lambda pair: pair.value == "llamaforcausallm")
    if whole:
        return at(whole, "LlamaForCausalLM")
    return partly(evidence.where(lambda p: p.value == "llama" and "arch" in p.name), "llama")


def verified(evidence: Evidence, _: Fixture) -> Found:
    """That one is said to be verified, in whichever words."""
    yes = re.compile(r"\b(true|yes)$")
    return at(evidence.where(lambda p: "verified" in p.name and yes.search(p.value) is not None))


def datasets(evidence: Evidence, _: Fixture) -> Found:
    return counted(_dataset(evidence, name) for name in DATASETS)


def _dataset(evidence: Evidence, name: str) -> str:
    """A component or a value of that name."""
    place = evidence.subject(lambda subject: subject.name == name)
    return place or evidence.where(lambda pair: pair.value == name)


def governance(evidence: Evidence, fixture: Fixture) -> Found:
    """What is known of data that lie there: the licence, who keeps them, and a digest."""
    keeper = evidence.saying("The Example Herbarium")
    licence = evidence.where(lambda pair: "cc-by-4.0" in pair.value)
    digests = fixture.data_digests
    digest = evidence.where(lambda pair: pair.value.removeprefix("sha256:") in digests)
    return named({"licence": licence, "keeper": keeper, "digest": digest})


def base(evidence: Evidence, _: Fixture) -> Found:
    """The base as an ancestor of something else than itself."""
    owned = [(subject, _ancestor(subject, BASE)) for subject in evidence.subjects]
    for subject, place in owned:
        if place and subject.name != BASE:
            return at(place, texts.BASE)
    for _subject, place in owned:
        if place:
            return partly(place, "as its own ancestor")
    said = evidence.where(lambda pair: pair.value == BASE and "base" in pair.name)
    return at(said or _related(evidence), texts.BASE)


def _related(evidence: Evidence) -> str:
    """An SPDX element of the base's name, where a relation says what is made of what."""
    for document in evidence.of("SPDX"):
        kinds = {subject.content.get("relationshipType") for subject in document.subjects}
        if kinds & {"ancestorOf", "descendantOf", "dependsOn"}:
            return next((held.place for held in document.subjects if held.name == BASE), "")
    return ""


def lora_base(evidence: Evidence, _: Fixture) -> Found:
    """The adapter's base, pinned to a commit; the base alone is a part."""
    if pinned := evidence.saying(texts.REVISION):
        return at(pinned, texts.REVISION[:12])
    owned = (_ancestor(subject, texts.NAME) for subject in evidence.subjects)
    said = evidence.where(lambda pair: pair.value == texts.NAME and "base" in pair.name)
    return partly(next(filter(None, owned), said), "the name")


def _ancestor(subject: Subject, name: str) -> str:
    return next((held.place for held in subject.ancestors if held.name == name), "")


def _named(pair: Pair, wanted: re.Pattern[str]) -> bool:
    return wanted.search(pair.name) is not None
