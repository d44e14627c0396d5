"""Finding what a command line names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from aiverify.core import jsonvalue
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.webhook.extractors import downloading, options
from aiverify.webhook.extractors.interface import What
from aiverify.webhook.extractors.named import NOT_TOLD, UNKNOWABLE, Named, Word, is_unknown, shown
from aiverify.webhook.extractors.options import Form
from aiverify.webhook.extractors.shell import UNKNOWN

_OPTION = re.compile(r"-{1,2}([A-Za-z][A-Za-z0-9_.-]*)(?:=(.*))?", re.DOTALL)
_SERVERS = re.compile(r"\b(vllm)\.entrypoints|\b(sglang)\.launch_server|\b(sglang)\.srt")
_PROGRAMS = {"text-generation-launcher": "tgi", "llama-server": "llama", "llama-cli": "llama"}
ALWAYS = ("hf://", "oci://", "pvc://", "modelscope://", "ollama://", "ngc://")
"""What names an artifact wherever it stands."""


def scan(words: Sequence[Word], image: str = "", *, whole: bool = True) -> Iterator[Named]:
    """What the words of one command name.

    `image` is the container's last part where it decides what runs, and `whole` says whether
    the command line is all of it.
    """
    server = _server(words, image)
    revisions = _revisions(words)
    count = 0
    for index, word in enumerate(words):
        for named in _at(words, index, server, revisions):
            count += 1
            yield named
        if server and _hides(words, index):
            count += 1
            yield Named(shown(word.text), word.where, problem=UNKNOWABLE)
    for named in _positional(words, server, revisions, from_image=bool(image)):
        count += 1
        yield named
    yield from downloading.fetched(words, _revision(revisions, "revision"))
    if server and not count and whole:
        where = words[0].where if words else ""
        yield Named(server, where, problem=NOT_TOLD)


def json_sources(value: Json, where: str, what: What) -> Iterator[Named]:
    """The sources in JSON of a command line, at any depth; it was bounded when it was parsed."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, Mapping):
            revision = item.get("revision")
            beside = revision if isinstance(revision, str) else ""
            for name, inner in item.items():
                if isinstance(inner, str) and name in options.JSON_SOURCES and inner:
                    yield Named(inner, where, Form.PLAIN, what, beside)
                elif name in options.JSON_SOURCES and inner is not None and not _holds(inner):
                    yield Named(name, where, what=what, problem="is no text")
                elif _holds(inner):
                    waiting.append(inner)


def _holds(value: Json) -> bool:
    return isinstance(value, Mapping | list)


def _server(words: Sequence[Word], image: str) -> str:
    """Which server a command line starts, or nothing."""
    for index, word in enumerate(words):
        program = word.text.rpartition("/")[2]
        if program == "vllm" and any(w.text == "serve" for w in words[index + 1 : index + 2]):
            return "vllm"
        if program in _PROGRAMS:
            return _PROGRAMS[program]
        found = _SERVERS.search(word.text)
        if found and not word.text.startswith("--"):
            return next(group for group in found.groups() if group)
    if "llama" in (words[0].text.rpartition("/")[2] if words and not image else image):
        return "llama"
    return options.server_of(image)


def _name(word: Word, server: str) -> tuple[str, str | None]:
    """The option that a word is, and the value that is joined to it."""
    found = _OPTION.fullmatch(word.text)
    if not found:
        return "", None
    name = found[1]
    if len(name) <= 4 and not word.text.startswith("--"):
        return (options.SHORT.get(name, "") if server == "llama" else ""), found[2]
    return name, found[2]


def _revisions(words: Sequence[Word]) -> dict[str, str]:
    """The revisions that are named. The last of a name counts, as it does for argparse."""
    found: dict[str, str] = {}
    for index, word in enumerate(words):
        name, joined = _name(word, "")
        full = options.revision_option(name) if name else ""
        if full:
            after = words[index + 1].text if index + 1 < len(words) else UNKNOWN
            found[full] = after if joined is None else joined
    return found


def _at(
    words: Sequence[Word], index: int, server: str, revisions: Mapping[str, str]
) -> Iterator[Named]:
    word = words[index]
    if word.text.startswith(ALWAYS):
        yield Named(word.text, word.where, revision=_revision(revisions, "revision"))
        return
    name, joined = _name(word, server)
    if not name:
        return
    if name == "config" and server in ("vllm", "sglang"):
        yield Named(word.text, word.where, problem="names a file whose options cannot be seen")
        return
    base, _, member = name.partition(".")
    found = options.option(base)
    if found is None:
        if joined is not None and joined.startswith(ALWAYS):
            yield Named(joined, word.where, revision=_revision(revisions, "revision"))
        return
    values = [Word(joined, word.where)] if joined is not None else []
    if found.form is Form.MANY or joined is None:
        values += _values(words, index + 1, many=found.form is Form.MANY)
    if not values:
        yield Named(word.text, word.where, what=found.what, problem="has no value")
    revision = _revision(revisions, found.revision)
    for value in values:
        if member:
            yield from _member(found, member, value)
        else:
            yield from read_value(found, value, revision)


def _values(words: Sequence[Word], start: int, *, many: bool) -> list[Word]:
    end = start
    while end < len(words) and not _OPTION.fullmatch(words[end].text) and (many or end == start):
        end += 1
    return list(words[start:end])


def _revision(revisions: Mapping[str, str], name: str) -> str:
    if name == "revision":
        return revisions.get("model-revision") or revisions.get("revision", "")
    return revisions.get(name, "")


def _member(found: options.Option, member: str, value: Word) -> Iterator[Named]:
    if found.form is Form.JSON and member.replace("-", "_") in options.JSON_SOURCES:
        yield Named(value.text, value.where, Form.PLAIN, found.what)


def read_value(found: options.Option, value: Word, revision: str) -> Iterator[Named]:
    """What the value of an option or a variable names."""
    text, where = value.text, value.where
    if is_unknown(text):
        if found.form is not Form.CACHE:
            yield Named(shown(text), where, found.form, found.what, problem=UNKNOWABLE)
    elif found.form in (Form.JSON, Form.MANY) and text.lstrip().startswith(("{", "[")):
        yield from _json(text, where, found.what)
    elif found.form is Form.JSON:
        yield Named(text, where, what=found.what, problem="is no JSON")
    elif found.form is Form.MANY:
        yield Named(text.partition("=")[2] or text, where, Form.PLAIN, found.what)
    elif found.form is Form.LIST:
        for item in filter(None, (part.strip() for part in text.split(","))):
            yield Named(item.partition("=")[2] or item, where, Form.PLAIN, found.what)
    elif found.form is Form.FILE:
        yield Named(text, where, what=found.what, problem="is a file that cannot be seen")
    elif found.form is not Form.SLASHED or "/" in text:
        yield Named(text, where, found.form, found.what, revision)


def _json(text: str, where: str, what: What) -> Iterator[Named]:
    try:
        value = jsonvalue.loads(text, "it")
    except MalformedError:
        yield Named(text, where, what=what, problem="is no JSON")
        return
    yield from json_sources(value, where, what)


def _hides(words: Sequence[Word], index: int) -> bool:
    """Whether a word that nobody knows may be an option of the server."""
    if not words[index].text.startswith(UNKNOWN):
        return False
    before, joined = _name(words[index - 1], "") if index else ("", None)
    if not before or joined is not None:
        return True
    known = options.option(before) or options.revision_option(before)
    return not known and (options.is_switch(before) or options.may_hide(before))


def _positional(
    words: Sequence[Word], server: str, revisions: Mapping[str, str], *, from_image: bool
) -> Iterator[Named]:
    """The model that stands without an option, as `vllm serve` takes it."""
    if server != "vllm":
        return
    serve = next((i for i, word in enumerate(words) if word.text == "serve"), -1)
    if serve < 0 and not from_image:
        return
    revision = _revision(revisions, "revision")
    takes = listed = False
    for word in words[serve + 1 :]:
        name, joined = _name(word, "")
        if name or word.text.startswith("-"):
            found = options.option(name)
            takes = bool(name) and joined is None and not options.is_switch(name)
            listed = takes and found is not None and found.form is Form.MANY
        elif not takes and not word.text.startswith(ALWAYS):
            problem = UNKNOWABLE if is_unknown(word.text) else ""
            yield Named(shown(word.text), word.where, revision=revision, problem=problem)
        else:
            takes = listed
