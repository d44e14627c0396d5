"""The machine follows a pickle as an unpickler would, and does nothing that it says."""

from __future__ import annotations

import pickle

import pytest

from aiverify.formats.pickling import dtypes, machine
from aiverify.formats.pickling.machine import Program, walk
from aiverify.formats.pickling.stack import Memo
from aiverify.formats.pickling.values import Call, Dict, List, Opaque, Persistent, Ref, Tuple
from aiverify.formats.sources import Memory
from tests.support.pickle_files import (
    OBJECTS,
    called,
    dtype,
    made,
    mapping,
    named,
    number,
    pickled,
    sequence,
    text,
)


def walked(data: bytes) -> Program:
    return walk(Memory(data))


def test_a_call_keeps_its_function_its_arguments_and_its_state() -> None:
    result = walked(pickled(made("a.B", mapping({"x": number(1)})))).result
    assert isinstance(result, Call)
    assert (result.name, result.function) == ("a.B", Ref("a.B"))
    assert isinstance(result.state, Dict)
    assert result.state.get("x") == 1
    assert result.state.get("y") is None


def test_a_key_that_is_set_twice_has_the_later_value() -> None:
    result = walked(pickled(b"}", text("a"), number(1), b"s", text("a"), number(2), b"s")).result
    assert isinstance(result, Dict)
    assert result.get("a") == 2


def test_what_is_fetched_from_the_memo_is_the_same_object() -> None:
    result = walked(pickled(b"]q\x00(h\x00h\x00t", b"h\x00", number(7), b"a0")).result
    assert isinstance(result, Tuple)
    first, second = result.items
    assert first is second
    assert isinstance(first, List)
    assert first.items == [7]


def test_a_list_may_hold_itself() -> None:
    endless: list[object] = []
    endless.append(endless)
    result = walked(pickle.dumps(endless)).result
    assert isinstance(result, List)
    assert result.items == [result]


def test_a_persistent_id_is_kept() -> None:
    result = walked(pickled(sequence(text("storage"), named("torch.FloatStorage")), b"Q")).result
    assert isinstance(result, Persistent)
    assert isinstance(result.id, Tuple)
    assert result.id.items == ["storage", Ref("torch.FloatStorage")]


def test_a_long_value_is_stepped_over_and_not_kept() -> None:
    result = walked(pickle.dumps([b"x" * 100_000, "y" * 2000])).result
    assert isinstance(result, List)
    assert [item.kind for item in result.items if isinstance(item, Opaque)] == ["bytes", "str"]


def test_the_end_is_where_the_next_pickle_may_begin() -> None:
    first, second = pickled(b"N"), pickled(number(5))
    data = Memory(b"junk" + first + second)
    program = walk(data, 4)
    assert program.end == 4 + len(first)
    assert walk(data, program.end).result == 5


def test_what_was_seen_before_it_breaks_off_is_told() -> None:
    program = walked(pickled(called("a.b"))[:-1])
    assert [item.name for item in program.globals] == ["a.b"]
    assert program.broken.startswith("the pickle breaks off at byte 10")


def test_too_many_opcodes_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MAX_OPCODES", 10)
    program = walked(pickled(b"N0" * 20))
    assert (program.broken, program.unread) == ("", "more than 10 opcodes")


def test_the_protocol_of_a_pickle_that_does_not_say_it() -> None:
    assert walked(pickle.dumps([1], 0)).protocol == 0
    assert walked(pickle.dumps([1], 1)).protocol == 1


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"I01\n", True),
        (b"I00\n", False),
        (b"I-7\n", -7),
        (b"I0x10\n", 16),
        (b"I010\n", 10),
        (b"L12L\n", 12),
        (b"F1.5\n", 1.5),
        (b"S'a\\n\\x41\\101\\''\n", "a\nAA'"),
        (b'S"\xff"\n', "\xff"),
        (b"Va\\u0041\n", "aA"),
        (b"\x8a\x02\x00\xff", -256),
        (b"G\x3f\xf8\0\0\0\0\0\0", 1.5),
        (b"\x96\x02\0\0\0\0\0\0\0ab", bytearray(b"ab")),
    ],
)
def test_a_literal_is_read_as_python_reads_it(body: bytes, value: object) -> None:
    program = walked(body + b".")
    assert program.broken == ""
    assert program.result == value


@pytest.mark.parametrize(
    "body", [b"Ifive\n", b"Fone\n", b"Sa\n", b"S'\n", b"S'\\xg'\n", b"Lx\n", b"V\\u12\n", b"g-1\n"]
)
def test_a_literal_that_python_refuses_breaks_off(body: bytes) -> None:
    assert walked(body + b".").broken


def test_the_memo_counts_what_was_put_wherever_it_was() -> None:
    memo = Memo()
    memo.put(5, "five")
    memo.append("one")
    memo.append("two")
    memo.append("three")
    assert [memo.get(index) for index in (5, 1, 2, 3)] == ["five", "one", "two", "three"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (dtype("f8"), ("f64", 8, False)),
        (dtype("b1", order="|"), ("bool", 1, False)),
        (dtype("i2"), ("i16", 2, False)),
        (dtype("c16"), ("c128", 16, False)),
        (OBJECTS, ("object", 8, True)),
        (called("numpy.dtype", text("U5")), ("str", 20, False)),
    ],
)
def test_a_dtype_is_understood(data: bytes, expected: tuple[str, int, bool]) -> None:
    found = dtypes.read(walked(pickled(data)).result)
    assert (found.name, found.size, found.objects) == expected


def test_attributes_that_are_set_over_and_over_are_not_looked_at_for_ever() -> None:
    wide = mapping({f"k{at}": b"N" for at in range(5000)})
    body = wide + b"q\x000" + called("argparse.Namespace") + b"h\x00b" * 5000
    assert "over and over" in walked(pickled(body)).broken


def test_a_class_that_stands_with_its_source_text_is_the_class() -> None:
    said = sequence(text("module"), named("a.B"), text("b.py"), text("class B: ..."))
    program = walked(pickled(said, b"Q)\x81"))
    assert isinstance(program.result, Call)
    assert program.result.name == "a.B"
    assert [item.invoked for item in program.globals] == [True]
    assert not program.findings
