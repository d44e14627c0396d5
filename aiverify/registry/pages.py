"""Lists that a registry gives page by page (distribution-spec 1.1: tags and referrers)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from aiverify.core.words import counted
from aiverify.errors import UndecidedError
from aiverify.registry.interface import Answer
from aiverify.registry.location import is_same_origin
from aiverify.registry.session import Question, Session

MAX_PAGE = 4 << 20
"""Bytes that one page may have."""

_NEXT = re.compile(
    r"""<([^<>]{1,4096})>[^,<>]{0,200};\s*rel\s*=\s*(?:"next"|next(?![\w-]))""", re.I
)


def pages(session: Session, question: Question, most: int, what: str) -> Iterator[Answer]:
    """The answers to a question, and to those that each says are next (RFC 8288).

    Raises:
        UndecidedError: there are more than `most`, or the next is another host's.
        DeniedError, UndecidedError: as `Session.ask`.
    """
    for _ in range(most):
        answer = session.ask(question, MAX_PAGE)
        yield answer
        found = _NEXT.search(answer.headers.get("link", "")[:8192])
        if not found or answer.status >= 300:
            return
        url = session.resolve(found[1], question.url)
        if not is_same_origin(url, question.url):
            raise UndecidedError(f"{session.host} sends elsewhere for the rest of {what}")
        question = replace(question, url=url)
    raise UndecidedError(f"{session.host} gives more than {counted(most, 'page')} of {what}")
