"""What a template says to the model, and people may not see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import nodes

from aiverify.core.rules import templates
from aiverify.formats.found import shown
from aiverify.formats.hidden import hidden
from aiverify.formats.templating.parse import every
from aiverify.formats.templating.remark import Remark

SUSPICIOUS = (
    ("an address", re.compile(r"\b(?:https?|ftp|wss?|file)://[^\s'\"<>]+|javascript:\S+")),
    ("markup that runs", re.compile(r"<(?:script|iframe|object|embed|svg|img)\b[^\n]*", re.I)),
    (
        "an instruction",
        re.compile(
            r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}"
            r"\b(?:instructions?|prompts?|rules|guidelines)\b[^\n]*"
            r"|\b(?:never|not|don't)\b[^.\n]{0,20}\b(?:tell|mention|reveal|inform|disclose)\b"
            r"[^.\n]{0,40}\b(?:instructions?|addition|link|address|template)\b[^\n]*",
            re.I,
        ),
    ),
)
"""Kinds of text that no format of conversations needs, each with what it looks like."""

TRIGGER = re.compile(r"[A-Za-z][A-Za-z' -]{2,}")
"""Words of a language, unlike the marks that delimit messages and the thoughts in them."""

SENTENCE = re.compile(r"[A-Za-z]+(?:[ ,]+[A-Za-z]+){3,}")


def remarks(text: str, tree: nodes.Template) -> Iterator[Remark]:
    """All that a person should read. Invisible characters count wherever they stand."""
    for number, line in enumerate(text.split("\n"), 1):
        yield from _hidden(line, number)
    for node in every(tree):
        if isinstance(node, nodes.If):
            yield from _triggered(node)
        said = _said(node)
        if isinstance(node, nodes.Const):
            yield from _hidden(said, node.lineno)
        for kind, pattern in SUSPICIOUS if said else ():
            if found := pattern.search(said):
                message = f"says {kind}: {shown(found.group())}"
                yield Remark(templates.TEXT, message, node.lineno)


def _hidden(text: str, line: int) -> Iterator[Remark]:
    if codes := hidden(text):
        yield Remark(templates.TEXT, f"holds characters that nobody sees: {codes}", line)


def _triggered(node: nodes.If) -> Iterator[Remark]:
    """A sentence that is added to conversations in which some words occur, and to no others."""
    words = [word for test in every(node.test) for word in _sought(test)]
    if not words:
        return
    for below in (item for child in node.body for item in every(child)):
        if found := SENTENCE.search(_said(below)):
            message = f"when a message says {shown(words[0])}, adds: {shown(found.group())}"
            yield Remark(templates.TEXT, message, below.lineno)
            return


def _sought(node: nodes.Node) -> Iterator[str]:
    """Words that are looked for in what somebody said."""
    if not isinstance(node, nodes.Compare) or not isinstance(node.expr, nodes.Const):
        return
    word = node.expr.value
    is_word = isinstance(word, str) and TRIGGER.fullmatch(word) is not None
    within = node.ops[0] if is_word and node.ops[0].op == "in" else None
    if within and any(_names_content(item) for item in every(within.expr)):
        yield word


def _names_content(node: nodes.Node) -> bool:
    name: object = ""
    if isinstance(node, nodes.Getattr):
        name = node.attr
    elif isinstance(node, nodes.Const):
        name = node.value
    elif isinstance(node, nodes.Name):
        name = node.name
    return isinstance(name, str) and "content" in name


def _said(node: nodes.Node) -> str:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return node.value
    return ""
