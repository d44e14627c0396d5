"""Programs that are there to fetch models, and what they are told to fetch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aiverify.webhook.extractors import options
from aiverify.webhook.extractors.named import UNKNOWABLE, Named, Word, is_unknown, shown

_REGISTRY_TOOLS = frozenset({"oras", "kit", "modctl", "skopeo", "crane"})
_FETCHING = {
    "ollama": ("run", "pull"),
    **dict.fromkeys(_REGISTRY_TOOLS, ("pull", "unpack", "copy", "cp")),
}

_PYTHON = re.compile(r"python[0-9.]*")


def fetched(words: Sequence[Word], revision: str) -> Iterator[Named]:
    """What programs fetch that are there to fetch models."""
    for index, word in enumerate(words):
        program, after = word.text.rpartition("/")[2], list(words[index + 1 : index + 40])
        verbs = [w.text for w in after[:1]]
        if program in ("hf", "huggingface-cli", "modelscope") and verbs == ["download"]:
            yield from _first(after[1:], revision, program)
        elif verbs and verbs[0] in _FETCHING.get(program, ()):
            yield from _first(after[1:], "", program)
        elif program == "git" and "clone" in [w.text for w in after]:
            yield from (Named(w.text, w.where) for w in after if "huggingface.co" in w.text)
        elif _PYTHON.fullmatch(program):
            yield from _in_place(after)


def _in_place(words: Sequence[Word]) -> Iterator[Named]:
    """A program that Python is given on its command line."""
    for index, word in enumerate(words):
        if not word.text.startswith("-") or word.text == "-m":
            return
        if re.fullmatch("-[A-Za-z]*c", word.text):
            code = words[index + 1] if index + 1 < len(words) else word
            if options.LOADING_CODE.search(code.text):
                yield Named("python -c", code.where, problem="is a program that loads a model")
            return


def _first(words: Sequence[Word], revision: str, program: str) -> Iterator[Named]:
    plain = [w for i, w in enumerate(words) if not w.text.startswith("-") and not _taken(words, i)]
    if not plain:
        return
    word = plain[0]
    if is_unknown(word.text):
        yield Named(shown(word.text), word.where, problem=UNKNOWABLE)
    elif program in ("ollama", "modelscope"):
        yield Named(word.text, word.where, problem=f"is fetched by {program}, and cannot be judged")
    elif program in _REGISTRY_TOOLS:
        text = word.text.removeprefix("docker://").removeprefix("oci://")
        yield Named(f"oci://{text}", word.where)
    else:
        yield Named(word.text, word.where, revision=revision)


def _taken(words: Sequence[Word], index: int) -> bool:
    before = words[index - 1].text if index else ""
    return (
        before.startswith("-") and "=" not in before and not options.is_switch(before.lstrip("-"))
    )
