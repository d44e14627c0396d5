"""Chat templates: programs that run over every conversation, judged without running them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from aiverify.core.finding import Finding
from aiverify.core.rules import templates
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.templating.remark import Remark

MAX_CHARACTERS = 128 << 10
"""The longest templates in use have some 40,000."""


def judge(text: str, place: str = "") -> tuple[Finding, ...]:
    """What a template does that it need not do; nothing of it is rendered.

    `place` is where it stands in its file, as `#/chat_template`; lines are added to it.
    """
    found = Found()
    judge_into(found, text, place)
    return found.all()


def judge_into(found: Found, text: str, place: str = "") -> None:
    """The same, where a file has several templates or other dangers."""
    for remark in dict.fromkeys(_remarks(text)):
        found.add(remark.rule, remark.message, remark.place(place))


def _remarks(text: str) -> Iterator[Remark]:
    from aiverify.formats.templating import bombs, prose, reach
    from aiverify.formats.templating.parse import parse
    from aiverify.formats.templating.scope import Scope

    if len(text) > MAX_CHARACTERS:
        message = f"has {len(text)} characters, more than the {MAX_CHARACTERS} that are parsed"
        return iter((Remark(templates.BOMB, message, 1),))
    try:
        tree = parse(text)
    except MalformedError as error:
        return iter((Remark(templates.MALFORMED, shown(error.message), 1),))
    scope = Scope.of(tree)
    return chain(reach.remarks(tree, scope), bombs.remarks(tree, scope), prose.remarks(text, tree))
