"""Asking several rules at once, by a module of ours beside the policies.

One question is one look at one state of the server; the document cannot get lost, as `null`
does where it is the input itself; and rules share what they compute.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from aiverify.policy.asking import QUERY

_TEXT = """package {package}

{asked}

# Keys that are no strings may become the same text as another, and take its place.
unclear contains name if {{
	some name, value in asked
	walk(value, [_, thing])
	is_object(thing)
	texts := {{key | some key, _ in thing; is_string(key)}}
	others := {{json.marshal(key) | some key, _ in thing; not is_string(key)}}
	count(texts | others) != count(thing)
}}

answer := given if {{
	given := {{"asked": asked, "unclear": unclear}} with input as input.document
}}
"""


RESULTS = "results"
"""The word for the question that asks for every set of results."""

_NAMED = "q_"


@dataclass(frozen=True, slots=True)
class Question:
    """A module that asks for rules by their names, such as `data.p.deny`.

    Its package belongs to one set of policies: its name starts with their digest.
    """

    identifier: str
    package: str
    text: str


def ask_for(names: Iterable[str], digest: str, word: str) -> Question:
    """The question for some rules; `digest` is hexadecimal, and `word` names the question."""
    package = f"aiverify_{digest}.{word}"
    asked = "\n".join(f"asked[{json.dumps(name)}] := {_reference(name)}" for name in names)
    text = _TEXT.format(package=package, asked=asked)
    return Question(f"aiverify/{digest}/{word}.rego", package, text)


def ask_for_one(name: str, digest: str) -> Question:
    """The question for one rule. Its identifier says which, so that others can tell what it is."""
    return ask_for([name], digest, f"{_NAMED}{name.encode().hex()}")


def is_question(identifier: str, text: str, digest: str) -> bool:
    """Whether a module is the question for one rule that its identifier says it is."""
    prefix = f"aiverify/{digest}/{_NAMED}"
    word = identifier.removeprefix(prefix).removesuffix(".rego")
    try:
        name = bytes.fromhex(word).decode()
    except ValueError:
        return False
    asked = ask_for_one(name, digest)
    return QUERY.fullmatch(name) is not None and (asked.identifier, asked.text) == (
        identifier,
        text,
    )


def _reference(name: str) -> str:
    # Between brackets, a part that is a word of Rego's own is a name like others.
    first, *parts = name.split(".")
    return first + "".join(f"[{json.dumps(part)}]" for part in parts)
