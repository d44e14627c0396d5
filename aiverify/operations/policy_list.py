"""Listing rules, and explaining them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiverify.core.names import printable
from aiverify.core.terms import Terms
from aiverify.errors import InputError, UsageError
from aiverify.policy import library
from aiverify.policy.catalogue import Entry, entries
from aiverify.policy.outline import outline
from aiverify.policy.selection import pick, rules_in
from aiverify.policy.sources import SHIPPED
from aiverify.policy.testing.suite import load_suite


def list_rules(names: Sequence[str], terms: Terms | None = None) -> tuple[Entry, ...]:
    """The rules in policies that the terms choose, by name; without a name, those shipped.

    Raises:
        UsageError: the terms name no rule, or leave none.
        InputError: a policy cannot be read, is no Rego, or holds no rule that gives results.
    """
    suite = load_suite([_named(name) for name in names] or [SHIPPED + library.EVERY])
    outlines = tuple(outline(module) for module in suite.asked)
    found = entries(outlines)
    if not found:
        raise InputError(
            f"{printable(', '.join(names))} holds no rule that could refuse anything",
            hint="A rule is a package with a set named deny, violation or warn.",
        )
    if terms is None or not terms.chooses:
        return found
    known = rules_in(outlines)
    picked = pick(terms, known)
    left = tuple(entry for entry in found if picked.keeps_any(known[entry.package]))
    if not left:
        raise UsageError("nothing is left to list", hint="Leave fewer rules out.")
    return left


def explain_rule(name: str) -> tuple[Entry, ...]:
    """The rules that one name or path stands for: one, if it is the name of a shipped rule.

    Raises:
        InputError: as `list_rules`.
    """
    return list_rules([name])


def _named(name: str) -> str:
    """A shipped rule may be called by its name alone, where nothing else is called so."""
    if name in library.names() and not Path(name).exists():
        return SHIPPED + name
    return name
