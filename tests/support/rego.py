"""Engines from Rego text, for tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiverify.core.jsonvalue import Json
from aiverify.errors import AiverifyError
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import Module, PolicySet


def module(text: str, name: str = "p.rego", *, shipped: bool = False) -> Module:
    return Module(name, text, name, shipped=shipped)


def engine(*modules: Module | str, data: Json = None) -> EmbeddedEngine:
    """An engine for modules; a text alone is the module p.rego of package p."""
    loaded = [module(f"package p\n{item}") if isinstance(item, str) else item for item in modules]
    return EmbeddedEngine(PolicySet(tuple(loaded)), {} if data is None else data)


def complaint(kind: type[AiverifyError], call: Callable[[], object]) -> str:
    """The message of the error that a call ends in.

    The error itself is let go of: kept, it would tie its engine into a cycle of references
    that the garbage collector might undo on another thread, which regorus does not bear.
    """
    try:
        call()
    except kind as error:
        return error.message
    return pytest.fail(f"no {kind.__name__}")
