"""Listing rules, and explaining them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiverify.core.names import printable
from aiverify.errors import InputError
from aiverify.policy import library
from aiverify.policy.catalogue import Entry, entries
from aiverify.policy.outline import outline
from aiverify.policy.sources import SHIPPED
from aiverify.policy.testing.suite import EVERY, load_suite


def list_rules(names: Sequence[str]) -> tuple[Entry, ...]:
    """The rules in policies, sorted by name; without a name, those that are shipped.

    Raises:
        InputError: a policy cannot be read, is no Rego, or holds no rule that gives results.
    """
    suite = load_suite([_named(name) for name in names] or [SHIPPED + EVERY])
    found = entries(outline(module) for module in suite.asked)
    if not found:
        raise InputError(
            f"{printable(', '.join(names))} holds no rule that could refuse anything",
            hint="A rule is a package with a set named deny, violation or warn.",
        )
    return found


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
