"""Whatever a GGUF file holds, it is read within its bounds, and never believed too far."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.facts import FileFacts, State, Tensor
from aiverify.core.jsonvalue import canonical
from tests.support.gguf_files import BLOCKS, KINDS, LLAMA, ROWS, Raw, Row, Writer
from tests.support.looking import look_at

modest = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

SIGNS = st.sampled_from("<>")
LENGTHS = st.sampled_from([0, 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1]) | st.integers(0, 300)

CONTENTS: dict[str, st.SearchStrategy[Any]] = {
    "u8": st.integers(0, 2**8 - 1),
    "i8": st.integers(-(2**7), 2**7 - 1),
    "u16": st.integers(0, 2**16 - 1),
    "i16": st.integers(-(2**15), 2**15 - 1),
    "u32": st.integers(0, 2**32 - 1),
    "i32": st.integers(-(2**31), 2**31 - 1),
    "f32": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "string": st.text(st.characters(codec="utf-8"), max_size=20),
    "u64": st.integers(0, 2**64 - 1),
    "i64": st.integers(-(2**63), 2**63 - 1),
    "f64": st.floats(allow_nan=False, allow_infinity=False),
}

KEYS = st.from_regex(r"[a-z]{1,5}(\.[a-z]{1,5})?", fullmatch=True)


@st.composite
def values(draw: st.DrawFn) -> tuple[str, Any]:
    kind = draw(st.sampled_from(sorted(CONTENTS)))
    if draw(st.booleans()):
        return kind, draw(CONTENTS[kind])
    return "array", (kind, draw(st.lists(CONTENTS[kind], max_size=10)))


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    names = draw(st.lists(KEYS, max_size=5, unique=True))
    found = []
    for name in names:
        kind = draw(st.sampled_from(sorted(BLOCKS)))
        blocks = draw(st.integers(1, 3))
        rest = draw(st.lists(st.integers(1, 3), max_size=3))
        found.append(Row(name, (blocks * BLOCKS[kind][0], *rest), kind))
    return found


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A valid file, cut off somewhere and with some bytes changed."""
    data = bytearray(Writer(draw(SIGNS)).file(LLAMA.items(), ROWS))
    reach = draw(st.sampled_from([64, 1500, len(data) - 1]))
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, reach))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)) | st.just(len(data)))])


@st.composite
def lying(draw: st.DrawFn) -> bytes:
    """A file in which any count, length, type and offset says anything."""
    writer = Writer(draw(SIGNS))
    kind = draw(st.sampled_from([number for number, _ in KINDS.values()] + [13, 2**32 - 1]))
    body = draw(st.binary(max_size=40))
    head = writer.number("I", draw(st.sampled_from([9, kind])))
    value = Raw(head + writer.number("I", kind) + writer.number("Q", draw(LENGTHS)) + body)
    key = Raw(writer.number("Q", draw(LENGTHS)) + body) if draw(st.booleans()) else "general.name"
    row = Row(
        draw(st.binary(max_size=70)),
        tuple(draw(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5))),
        draw(st.integers(-(2**31), 2**31 - 1) | st.integers(0, 45)),
        draw(LENGTHS),
        draw(st.none() | st.integers(0, 2**32 - 1)),
    )
    more = {"keys": draw(LENGTHS), "tensors": draw(LENGTHS)} if draw(st.booleans()) else {}
    pairs = draw(st.sampled_from([[], [(key, value)]]))
    head = writer.head(pairs, [row] * draw(st.integers(0, 2)), **more)
    return head + bytes(draw(st.integers(0, 100)))


def looked_at(data: bytes, name: str = "model.gguf") -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        return look_at(Path(folder), name, data)


@modest
@given(st.binary(max_size=300).map(lambda data: b"GGUF" + data) | damaged() | lying())
def test_any_content_gives_facts_that_can_be_written_down(data: bytes) -> None:
    found = looked_at(data)
    assert canonical(found.to_json())
    assert canonical([finding.to_json() for finding in found.facts.findings])
    assert all(finding.message.isprintable() for finding in found.facts.findings)


@modest
@given(SIGNS, st.dictionaries(KEYS, values(), max_size=6), rows())
def test_what_is_written_is_what_is_stated(
    sign: str, pairs: dict[str, tuple[str, Any]], table: list[Row]
) -> None:
    found = looked_at(Writer(sign).file(pairs.items(), table))
    assert found.state is State.CLEAN
    assert found.facts.tensors == tuple(
        Tensor(str(row.name), BLOCK_NAMES[row.type], row.shape) for row in table
    )
    assert found.facts.values["metadata"] == {
        key: content[1] if kind == "array" else content for key, (kind, content) in pairs.items()
    }


@modest
@given(damaged())
def test_a_clean_file_has_all_the_bytes_of_its_tensors(data: bytes) -> None:
    found = looked_at(data)
    if found.state is State.CLEAN:
        size = found.facts.values["bytes"]
        assert isinstance(size, int)
        assert size <= len(data)


@modest
@given(st.integers(1, 3000))
def test_a_file_that_was_cut_off_is_never_clean(cut: int) -> None:
    data = Writer().file(LLAMA.items(), ROWS)
    # 28 bytes of padding may be missing.
    assert looked_at(data[: len(data) - 28 - cut]).state is not State.CLEAN


BLOCK_NAMES = {0: "f32", 2: "q4_0", 12: "q4_k", 14: "q6_k"}
