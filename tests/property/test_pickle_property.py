"""Whatever a pickle says, following it ends; and what Python writes is followed exactly."""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import struct
import tempfile
from collections import OrderedDict
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.facts import FileFacts, State
from aiverify.core.jsonvalue import canonical
from aiverify.formats.pickling.machine import walk
from aiverify.formats.pickling.values import Dict, List, Set, Tuple, Value
from aiverify.formats.sources import Memory
from tests.corpus import joblibs, pickles
from tests.support.looking import look_at

modest = settings(deadline=None, max_examples=150, derandomize=True)

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
"""Values that no protocol needs a global for."""

NESTED = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(PLAIN, inner, max_size=4)
        | st.tuples(inner, inner)
        | st.tuples(inner)
        | st.tuples(inner, inner, inner, inner)
    ),
    max_leaves=20,
)

MIXED = st.recursive(
    PLAIN | st.binary(max_size=20) | st.sets(st.integers(), max_size=3) | st.fractions(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3).map(OrderedDict)
    ),
    max_leaves=15,
)

SEEDS = [sample.make() for sample in (*pickles.SAMPLES, *joblibs.SAMPLES)]
SHORT = st.sampled_from([seed for seed in SEEDS if len(seed) < 2000])

OPCODES = st.lists(
    st.sampled_from([opcode.code.encode("latin-1") for opcode in pickletools.opcodes])
    | st.sampled_from([b"\0", b"\x01", b"\xff\xff\xff\x7f", b"os\nsystem\n", b"'a'\n", b"1\n"]),
    max_size=60,
).map(b"".join)


NAMES = st.sampled_from(["m.pkl", "m.joblib", "data"])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sample, cut off somewhere and with some bytes changed."""
    data = bytearray(draw(SHORT))
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


def built(value: Value) -> object:
    """The Python value that a plain one stands for."""
    if isinstance(value, Tuple):
        return tuple(built(item) for item in value.items)
    if isinstance(value, List):
        return [built(item) for item in value.items]
    if isinstance(value, Set):
        return {built(item) for item in value.items}
    if isinstance(value, Dict):
        return {built(key): built(item) for key, item in value.pairs}
    return value


def enumerated(data: bytes) -> set[str]:
    """The globals of a pickle, by a list of its opcodes; honest pickles need no more."""
    found: set[str] = set()
    strings: list[str] = []
    memo: dict[int, str] = {}
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name == "GLOBAL":
            found.add(str(argument).replace(" ", "."))
        elif opcode.name == "STACK_GLOBAL":
            found.add(".".join(strings[-2:]))
        elif opcode.name == "MEMOIZE":
            memo[len(memo)] = strings[-1] if strings else ""
        elif opcode.name in ("BINGET", "LONG_BINGET"):
            strings.append(memo.get(int(argument or 0), ""))
        elif isinstance(argument, str):
            strings.append(argument)
    return found


def looked_at(name: str, data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        return look_at(Path(folder), name, data)


@modest
@given(NESTED, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_a_plain_value_comes_out_as_it_went_in(value: object, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    program = walk(Memory(data))
    assert (program.broken, program.findings, program.end) == ("", (), len(data))
    assert program.globals == ()
    assert built(program.result) == value


@modest
@given(MIXED, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_the_globals_are_those_that_a_list_of_the_opcodes_shows(
    value: object, protocol: int
) -> None:
    data = pickle.dumps(value, protocol)
    program = walk(Memory(data))
    assert (program.broken, program.findings) == ("", ())
    assert {item.name for item in program.globals} == enumerated(data)
    assert all(item.invoked for item in program.globals)


@modest
@given(
    damaged() | OPCODES | st.binary(max_size=300), st.sampled_from(["m.pkl", "m.joblib", "data"])
)
def test_any_bytes_give_facts_that_can_be_written_down(data: bytes, name: str) -> None:
    found = looked_at(name, data)
    assert canonical(found.to_json())
    assert canonical([finding.to_json() for finding in found.facts.findings])
    assert all(finding.message.isprintable() for finding in found.facts.findings)


@modest
@given(OPCODES)
def test_any_opcodes_are_followed_to_an_end_within_the_bytes(data: bytes) -> None:
    program = walk(Memory(data))
    assert 0 <= program.end <= len(data)
    assert program.opcodes <= len(data) + 1
    assert bool(program.broken) != (data[program.end - 1 : program.end] == b".")


REFUSALS = (
    pickle.UnpicklingError, AttributeError, LookupError, TypeError, ValueError, EOFError,
    struct.error,
)  # fmt: skip

BYTEARRAY8 = 0x96
"""The opcode that makes room for as much as it announces."""


class Restricted(pickle._Unpickler):  # type: ignore[name-defined,misc] # in Python: see its base
    """Python's own unpickler, for values that need no import."""

    def find_class(self, module: str, name: str) -> object:
        raise pickle.UnpicklingError(f"{module}.{name}")


@modest
@given(NESTED, st.integers(0, 200), st.integers(0, 255).filter(lambda byte: byte != BYTEARRAY8))
def test_what_python_loads_is_never_broken(value: object, at: int, byte: int) -> None:
    data = bytearray(pickle.dumps(value, 3))
    data[at % len(data)] = byte
    try:
        Restricted(io.BytesIO(data), encoding="latin-1").load()
    except REFUSALS:
        return
    assert walk(Memory(bytes(data))).broken == ""


@modest
@given(damaged())
def test_an_attack_that_still_imports_is_never_clean(data: bytes) -> None:
    found = looked_at("m.pkl", data)
    if any(item.name.startswith("os.") for item in found.facts.globals):
        assert found.state is not State.CLEAN


def test_the_values_of_floats_are_exact() -> None:
    result = walk(Memory(pickle.dumps(math.pi))).result
    assert result == math.pi
