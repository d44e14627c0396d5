"""The interpreter of the table: rules that say where a kind of object names its artifacts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors import paths, uris, workloads
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.paths import Spot
from aiverify.webhook.request import GroupVersionKind

ELSEWHERE = "is another object, which is not in the request; name the artifact itself"


@dataclass(frozen=True, slots=True)
class Rule:
    """A place that names an artifact.

    `scheme` is that of a text that has none: empty if a text must have one, `image` for a
    container image, `hf` for a name on Hugging Face. `revision` is the path of the revision
    beside it. `problem` says why what is named there can never be judged.
    """

    path: str
    what: What = What.MODEL
    scheme: str = ""
    revision: str = ""
    problem: str = ""


Code = Callable[[Mapping[str, Json]], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Declared:
    """An extractor that follows rules, looks for pods, and does what only code can do.

    `roots` are paths at which there is an object, if there is anything.
    """

    kinds: tuple[GroupVersionKind, ...]
    rules: tuple[Rule, ...] = ()
    roots: tuple[str, ...] = ()
    code: Code | None = None
    is_kserve: bool = False

    def extract(self, document: Mapping[str, Json], /) -> Iterator[Found]:
        """Every reference in an object, whatever its members' types are."""
        for root in self.roots:
            for spot in paths.walk(document, root):
                if spot.wrong or not isinstance(spot.value, Mapping):
                    yield uris.doubtful(root, spot.pointer, What.MODEL, "is no object")
        for rule in self.rules:
            yield from follow(document, rule)
        if self.code:
            yield from self.code(document)
        yield from workloads.extract(document, is_kserve=self.is_kserve)


def kinds(group: str, *names: str) -> tuple[GroupVersionKind, ...]:
    """The kinds of a group, in all versions."""
    return tuple(GroupVersionKind(group, "*", name) for name in names)


def follow(document: Mapping[str, Json], rule: Rule) -> Iterator[Found]:
    """What a rule finds in an object.

    Raises:
        UsageError: its path is none.
    """
    for spot in paths.walk(document, rule.path):
        yield from _of_spot(document, rule, spot)


def _of_spot(document: Mapping[str, Json], rule: Rule, spot: Spot) -> Iterator[Found]:
    value, where = spot.value, spot.pointer
    if value is None or value == "":
        return
    if rule.problem and not spot.wrong:
        shown = value if isinstance(value, str) else rule.path.rpartition(".")[2]
        yield uris.doubtful(shown, where, rule.what, rule.problem)
    elif spot.wrong or not isinstance(value, str):
        reason = "is of a wrong type, where an artifact may be named"
        yield uris.doubtful(rule.path, where, rule.what, reason)
    elif rule.scheme == "image":
        yield uris.found_image(value, where, rule.what)
    else:
        yield _found(document, rule, spot, value)


def _found(document: Mapping[str, Json], rule: Rule, spot: Spot, value: str) -> Found:
    revisions: list[str] = []
    for beside in _revisions(document, rule, spot):
        if beside.wrong or not isinstance(beside.value, str):
            reason = "has a revision beside it that is no text"
            return uris.doubtful(value, spot.pointer, rule.what, reason)
        revisions.append(beside.value)
    if len(set(revisions)) > 1:
        return uris.doubtful(value, spot.pointer, rule.what, "has several revisions beside it")
    revision = revisions[0] if revisions else ""
    return uris.found(value, spot.pointer, rule.what, revision=revision, scheme=rule.scheme)


def _revisions(document: Mapping[str, Json], rule: Rule, spot: Spot) -> Iterator[Spot]:
    if not rule.revision:
        return iter(())
    found = paths.beside(document, rule.path, spot, rule.revision)
    return (item for item in found if item.value is not None and item.value != "")
