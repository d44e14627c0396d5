"""Parsing a chat template with Jinja's own parser, as transformers sets it up. Never rendering."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from aiverify.errors import MalformedError

if TYPE_CHECKING:
    from jinja2 import Environment, nodes


def parse(text: str) -> nodes.Template:
    """The tree of a template. The caller bounds its length.

    Raises:
        MalformedError: its syntax is wrong, or it is nested deeper than a parser goes.
    """
    from jinja2 import TemplateSyntaxError

    try:
        with warnings.catch_warnings(action="ignore"):  # of escapes that Python does not know
            return _environment().parse(text)
    except TemplateSyntaxError as error:
        reason = error.message or "the syntax is wrong"
        raise MalformedError(f"line {error.lineno}: {reason}") from error
    except RecursionError as error:
        raise MalformedError("nested deeper than a parser goes") from error
    except (ValueError, OverflowError) as error:  # a number with thousands of digits
        raise MalformedError("a number that no program reads") from error


def every(tree: nodes.Node) -> Iterator[nodes.Node]:
    """All nodes from a tree's root down, in their order; without recursion, whatever its depth."""
    left = [tree]
    while left:
        node = left.pop()
        yield node
        left.extend(reversed(list(node.iter_child_nodes())))


@cache
def _environment() -> Environment:
    """An environment that knows the tags that loaders know, and more than each of them."""
    from jinja2 import Environment, nodes
    from jinja2.ext import Extension
    from jinja2.parser import Parser

    class Generation(Extension):
        """`{% generation %}`, by which transformers marks what the assistant says."""

        tags = {"generation"}  # noqa: RUF012 - as the base class declares it

        def parse(self, parser: Parser) -> nodes.Node:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return nodes.Scope(body).set_lineno(line)

    # Nothing is rendered, and so nothing is escaped either.
    return Environment(  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Generation, "jinja2.ext.loopcontrols", "jinja2.ext.do"],
    )
