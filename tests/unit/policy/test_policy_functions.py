"""The list of functions is the engine's, less those that are forbidden."""

from __future__ import annotations

import pytest
import regorus

from aiverify.policy.functions import BUILTINS, FORBIDDEN

MISSING = "could not find function"


def complaint(function: str) -> str:
    """What the engine says of a call without arguments."""
    engine = regorus.Engine()
    engine.set_gather_prints(True)
    engine.add_policy("p.rego", f"package p\nx := {function}()")
    try:
        return str(engine.eval_query_as_json("data.p.x"))
    except RuntimeError as error:
        return str(error)


@pytest.mark.parametrize("function", sorted(BUILTINS))
def test_the_engine_has_every_function_of_the_list(function: str) -> None:
    assert MISSING not in complaint(function)


def test_the_engine_says_so_when_it_lacks_a_function() -> None:
    assert MISSING in complaint("no.such_function")


def test_no_forbidden_function_is_on_the_list() -> None:
    assert not BUILTINS & FORBIDDEN.keys()
