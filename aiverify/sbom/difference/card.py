"""The model card of two documents: what the model is for, how well it does, and what to mind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from aiverify.sbom.difference.change import Change, Matters, Topic, Way
from aiverify.sbom.difference.fields import properties
from aiverify.sbom.difference.item import properties_of
from aiverify.sbom.difference.saying import ARTIFACT, field, listed, shown, way_of
from aiverify.sbom.reading import Located, items, member, text

MAX_NUMBER = 40
"""Characters of a metric's value that is taken for a number."""

_PARAMETERS = (
    ("task", "task"),
    ("architectureFamily", "architecture family"),
    ("modelArchitecture", "architecture"),
)
"""Members of `modelParameters` that are texts, and words for them."""

Prose = Callable[[Located], Iterator[str]]


def card_changes(old: Located, new: Located) -> Iterator[Change]:
    """Every change between two model cards (CycloneDX, `modelCard`)."""
    before, after = member(old, "modelParameters"), member(new, "modelParameters")
    approaches = (text(member(side, "approach"), "type") for side in (before, after))
    yield from _text("learning approach", *approaches)
    for key, words in _PARAMETERS:
        yield from _text(words, text(before, key), text(after, key))
    for key in ("inputs", "outputs"):
        yield from _ports(key, before, after)
    yield from _metrics(old, new)
    yield from _considerations(member(old, "considerations"), member(new, "considerations"))
    yield from properties(properties_of(old), properties_of(new), None)


def _text(words: str, old: str, new: str) -> Iterator[Change]:
    if old != new:
        yield field(Topic.CARD, words, old, new, Matters.NOTABLE)


def _ports(key: str, old: Located, new: Located) -> Iterator[Change]:
    formats = ([text(item, "format") for item in items(side, key)] for side in (old, new))
    before, after = (list(filter(None, side)) for side in formats)
    if before != after:
        yield listed(Topic.CARD, f"format of {key}", before, after, Matters.NOTABLE)


def _metrics(old: Located, new: Located) -> Iterator[Change]:
    """Results by what was measured on what; several of one kind are taken together."""
    before, after = _results(old), _results(new)
    for key in sorted(before.keys() | after.keys()):
        one, other = sorted(before.get(key, [])), sorted(after.get(key, []))
        if one != other:
            yield _metric(key, ", ".join(one), ", ".join(other))


def _results(card: Located) -> dict[tuple[str, str], list[str]]:
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    analysis = member(card, "quantitativeAnalysis")
    for metric in items(analysis, "performanceMetrics"):
        found[text(metric, "type"), text(metric, "slice")].append(_value(metric))
    return found


def _value(metric: Located) -> str:
    """The value, with its confidence interval where there is one."""
    interval = member(metric, "confidenceInterval")
    bounds = [text(interval, key) for key in ("lowerBound", "upperBound")]
    value = text(metric, "value") or "no value"
    return f"{value} ({bounds[0]} to {bounds[1]})" if any(bounds) else value


def _metric(key: tuple[str, str], old: str, new: str) -> Change:
    kind, part = key
    name = f"{kind or 'without a name'} on {part}" if part else kind or "without a name"
    called = f"metric {shown(name)}"
    if not (old and new):
        said = f"was {shown(old)}, and is no longer given" if old else f"is new: {shown(new)}"
        sentence = f"The {called} {said}."
    else:
        sentence = f"The {called} {_turn(old, new)} from {shown(old)} to {shown(new)}."
    return Change(
        Topic.METRICS, way_of(old, new), name, "value", old, new, Matters.NOTABLE, sentence
    )


def _turn(old: str, new: str) -> str:
    before, after = _number(old), _number(new)
    if before is None or after is None or before == after:
        return "changed"
    return "went up" if before < after else "went down"


def _number(value: str) -> Decimal | None:
    if len(value) > MAX_NUMBER:
        return None
    try:
        number = Decimal(value.strip().removesuffix("%"))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _considerations(old: Located, new: Located) -> Iterator[Change]:
    for words, passages in _PROSE:
        before, after = (sorted(filter(None, passages(side))) for side in (old, new))
        if before != after:
            yield _passages(words, before, after)


def _passages(words: str, old: Sequence[str], new: Sequence[str]) -> Change:
    """Prose is told to have changed, and not repeated."""
    before, after = "\n".join(old), "\n".join(new)
    way = way_of(before, after)
    verb = {Way.ADDED: "are given now", Way.REMOVED: "are no longer given"}.get(way, "changed")
    sentence = f"The {words} in the model card {verb}."
    return Change(
        Topic.CONSIDERATIONS, way, ARTIFACT, words, before, after, Matters.NOTABLE, sentence
    )


def _strings(key: str) -> Prose:
    return lambda card: (item.value for item in items(card, key) if isinstance(item.value, str))


def _objects(key: str, *keys: str) -> Prose:
    return lambda card: (
        "; ".join(filter(None, (text(item, each) for each in keys))) for item in items(card, key)
    )


def _energy(card: Located) -> Iterator[str]:
    """What the environment pays: every text and number, with its place."""
    environment = member(card, "environmentalConsiderations")
    pending = [Located(environment.value, "")]
    while pending:
        place = pending.pop()
        if isinstance(place.value, Mapping):
            pending += (
                Located(value, f"{place.place}/{key}") for key, value in place.value.items()
            )
        elif isinstance(place.value, str):
            yield f"{place.place} {place.value}"
        elif isinstance(place.value, Sequence):
            pending += (Located(value, place.place) for value in place.value)
        elif place.value is not None:
            yield f"{place.place} {place.value}"


_PROSE: tuple[tuple[str, Prose], ...] = (
    ("users", _strings("users")),
    ("use cases", _strings("useCases")),
    ("limitations", _strings("technicalLimitations")),
    ("performance tradeoffs", _strings("performanceTradeoffs")),
    ("ethical considerations", _objects("ethicalConsiderations", "name", "mitigationStrategy")),
    (
        "fairness assessments",
        _objects("fairnessAssessments", "groupAtRisk", "benefits", "harms", "mitigationStrategy"),
    ),
    ("environmental considerations", _energy),
)
"""What a card tells those who think of using the model (CycloneDX, `considerations`)."""
