"""Values as both engines give them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiverify.core.jsonvalue import Json
from aiverify.errors import UndecidedError
from aiverify.policy.opa.answers import MAX_DEPTH, check_depth, plain


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([1.0, -1.0, 0.0, 1e2], "[1, -1, 0, 100]"),
        ([1.5, -0.0, 1e20, 1e300], "[1.5, -0.0, 1e+20, 1e+300]"),
        ([2.0**63, -(2.0**63)], "[9223372036854776000, -9.223372036854776e+18]"),
        ([2.0**64, 2**64 + 1], "[1.8446744073709552e+19, 18446744073709551617]"),
        ({"a": [{"1.0": 2.0}], "b": "1.0"}, "{'a': [{'1.0': 2}], 'b': '1.0'}"),
        ([True, None], "[True, None]"),
    ],
)
def test_whole_numbers_are_integers(given: Json, expected: str) -> None:
    assert repr(plain(given)) == expected


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: (x,), lambda x: {"a": x}])
def test_a_document_has_so_many_levels_and_no_more(
    wrap: Callable[[Json], Json],
) -> None:
    document: Json = 1
    for _ in range(MAX_DEPTH):
        document = wrap(document)
    check_depth(document)
    with pytest.raises(UndecidedError, match="deeper than"):
        check_depth(wrap(document))
