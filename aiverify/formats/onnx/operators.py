"""ONNX's operators: which come with every loader, and which from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from typing import NamedTuple

from aiverify.core import rules
from aiverify.core.jsonvalue import Json
from aiverify.formats.found import Found, shown

STANDARD = frozenset({"", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training"})
VENDORS = frozenset(
    {
        "com.microsoft",
        "com.microsoft.dml",
        "com.microsoft.experimental",
        "com.microsoft.nchwc",
        "com.ms.internal.nhwc",
    }
)
"""Domains whose operators ONNX Runtime itself brings."""

PYTHON = frozenset({"PyOp", "PyCustomOp", "PythonOp", "PythonOpGrad", "PyFunc"})
"""Operators that call Python: of ONNX Runtime, of its training and of its extensions."""

MAX_NAMED = 5


class Operator(NamedTuple):
    """An operator by its domain and name. A function has an overload besides."""

    domain: str
    name: str
    overload: str = ""

    def __str__(self) -> str:
        return f"{self.domain}:{self.name}" if self.domain else self.name


def canonical(domain: str) -> str:
    """A domain under the one name that it has: the standard's has two."""
    return "" if domain == "ai.onnx" else domain


def judge_operators(
    used: Mapping[Operator, int], functions: Mapping[Operator, Set[Operator]], found: Found
) -> dict[str, Json]:
    """Findings about operators from elsewhere, and `custom_domains` and `vendor_domains`."""
    custom: dict[str, list[str]] = {}
    vendors: set[str] = set()
    for operator in used:
        if operator.name in PYTHON:
            message = f"the operator {shown(str(operator))} runs Python code"
            found.add(rules.onnx.PYTHON, message, str(operator))
        if operator in functions or operator.domain in STANDARD:
            continue
        if operator.domain in VENDORS:
            vendors.add(operator.domain)
        else:
            custom.setdefault(operator.domain, []).append(operator.name)
    for domain, names in sorted(custom.items()):
        kept = ", ".join(shown(name) for name in sorted(set(names))[:MAX_NAMED])
        more = f" and {len(set(names)) - MAX_NAMED} more" if len(set(names)) > MAX_NAMED else ""
        found.add(
            rules.onnx.CUSTOM,
            f"the domain {shown(domain)} is not of the standard; it is to bring {kept}{more}",
            domain,
        )
    return {"custom_domains": sorted(custom), "vendor_domains": sorted(vendors)}


def count_operators(used: Mapping[Operator, int]) -> dict[str, Json]:
    """How often each operator stands in the graphs, with the domain if it is not the standard."""
    counts: Counter[str] = Counter()
    for operator, count in used.items():
        counts[str(operator)] += count
    return dict(sorted(counts.items()))


def judge_recursion(functions: Mapping[Operator, Set[Operator]], found: Found) -> None:
    """A finding for a function that leads back to itself, with an explicit stack."""
    done: set[Operator] = set()
    for start in functions:
        path: dict[Operator, None] = {}
        stack = [(start, False)]
        while stack:
            function, leave = stack.pop()
            if leave:
                del path[function]
                done.add(function)
            elif function in path:
                message = f"the function {shown(str(function))} calls itself"
                found.add(rules.onnx.RECURSION, message, str(function))
            elif function not in done:
                path[function] = None
                stack.append((function, True))
                stack += [(called, False) for called in functions[function] if called in functions]
