"""The words in which a tensor that does not fit is told."""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core import rules
from aiverify.core.facts import Tensor
from aiverify.core.finding import Finding, Rule, Severity
from aiverify.core.names import printable

MAX_SHOWN = 8
"""Dimensions of a shape that a message lists. No model has more, and a file may."""


def misfit(
    tensor: Tensor,
    message: str,
    severity: Severity | None = None,
    rule: Rule = rules.adapters.FIT,
) -> Finding:
    """A finding about a tensor, which is named with its shape."""
    return rule.found(f"{shown(tensor)} {message}", place=tensor.name, severity=severity)


def not_one(name: str, found: Sequence[Tensor]) -> str:
    """That a name means no weight of the base, or more than one."""
    if not found:
        return f"finds no weight {printable(name)} in the base"
    return f"could mean {printable(found[0].name)} or {printable(found[1].name)} in the base"


def shown(tensor: Tensor) -> str:
    """A tensor's name and shape."""
    shape = tensor.shape
    # One weight of the base may be named by a finding for each tensor of the adapter.
    text = list(shape) if len(shape) <= MAX_SHOWN else f"of {len(shape)} dimensions"
    return f"{printable(tensor.name)} {text}"
