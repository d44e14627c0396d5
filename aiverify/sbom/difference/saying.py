"""Changes in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aiverify.core.names import printable
from aiverify.sbom.difference.change import Change, Matters, Topic, Way
from aiverify.sbom.difference.item import Item

MAX_SHOWN = 80
"""Characters of a value that a sentence repeats. The change itself has all of it."""

MAX_LISTED = 5
"""Values that a sentence lists."""

HEX = 12
"""Digits of a digest that a sentence repeats."""

ARTIFACT = "artifact"
"""The subject of what is said of the whole."""

COMPONENT = "component"
"""What is said to have changed where something came, went or moved as a whole."""

NOUNS = {
    Topic.WEIGHTS: "weights file",
    Topic.ADAPTER: "adapter",
    Topic.BASE: "base model",
    Topic.TEMPLATE: "chat template",
    Topic.TOKENIZER: "tokenizer",
    Topic.CODE: "code file",
    Topic.FILES: "file",
    Topic.DATASETS: "dataset",
    Topic.PARTS: "part",
    Topic.PACKAGES: "package",
    Topic.OTHER: "component",
}


def shown(text: str) -> str:
    """A value as a sentence repeats it: on one line, cut, and safe to print."""
    algorithm, _, digits = text.partition(":")
    if len(digits) >= 32 and algorithm.isascii() and set(digits) <= set("0123456789abcdef"):
        return f"{printable(algorithm[:MAX_SHOWN])}:{digits[:HEX]}"
    line = " ".join(text[: 4 * MAX_SHOWN].split())
    cut = len(line) > MAX_SHOWN or len(text) > 4 * MAX_SHOWN
    return printable(line[:MAX_SHOWN]) + ("..." if cut else "")


def called(item: Item) -> str:
    """A component with the noun for it, unless its name has that already."""
    noun, name = NOUNS[item.topic], shown(item.name) or "without a name"
    return name if name.casefold().startswith(noun) else f"{noun} {name}"


def way_of(old: str, new: str) -> Way:
    """Added where the old side says nothing, removed where the new side does."""
    if old and new:
        return Way.CHANGED
    return Way.ADDED if new else Way.REMOVED


def field(
    topic: Topic,
    what: str,
    old: str,
    new: str,
    matters: Matters,
    *,
    item: Item | None = None,
) -> Change:
    """One value that is not what it was, of a component or of the artifact."""
    of = f"{what} of the {called(item)}" if item else what
    if old and new:
        sentence = f"The {of} changed from {shown(old)} to {shown(new)}."
    elif new:
        sentence = f"The {of} is {shown(new)}; before, none was given."
    else:
        sentence = f"The {of} was {shown(old)}, and is no longer given."
    return Change(topic, way_of(old, new), _subject(item), what, old, new, matters, sentence)


def listed(
    topic: Topic,
    what: str,
    old: Sequence[str],
    new: Sequence[str],
    matters: Matters,
    *,
    item: Item | None = None,
) -> Change:
    """Several values of one kind, of which some came or went."""
    if len(old) < 2 and len(new) < 2:
        return field(topic, what, "".join(old), "".join(new), matters, item=item)
    of = f"{what} of the {called(item)}" if item else what
    came, went = Counter(new) - Counter(old), Counter(old) - Counter(new)
    parts = [
        f"{word} {_some(list(values.elements()))}"
        for word, values in (("added", came), ("removed", went))
        if values
    ]
    before, after = ", ".join(old), ", ".join(new)
    sentence = f"The {of} changed: {'; '.join(parts) or 'in their order'}."
    return Change(
        topic, way_of(before, after), _subject(item), what, before, after, matters, sentence
    )


def presence(item: Item, way: Way, matters: Matters) -> Change:
    """A component that came or went as a whole."""
    value = _pinned(item)
    old, new = ("", value) if way is Way.ADDED else (value, "")
    version = f" {shown(item.version)}" if item.version else ""
    sentence = f"The {called(item)}{version} was {way.value}."
    return Change(item.topic, way, item.name, COMPONENT, old, new, matters, sentence)


def move(old: Item, new: Item, matters: Matters) -> Change:
    """A file that has another name and the same bytes."""
    sentence = f"The {called(old)} is now {shown(new.name)}, with the same bytes."
    return Change(new.topic, Way.MOVED, new.name, COMPONENT, old.name, new.name, matters, sentence)


def _pinned(item: Item) -> str:
    return " ".join(filter(None, (item.version, item.digest))) or item.name or "unnamed"


def _subject(item: Item | None) -> str:
    return item.name if item else ARTIFACT


def _some(every: Sequence[str]) -> str:
    more = f" and {len(every) - MAX_LISTED} more" if len(every) > MAX_LISTED else ""
    return ", ".join(map(shown, every[:MAX_LISTED])) + more
