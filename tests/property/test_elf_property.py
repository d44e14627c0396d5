"""Whatever a program's bytes are, looking into them gives facts that can be written down."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.facts import FileFacts, State
from aiverify.core.jsonvalue import canonical
from tests.support.bpf_files import Bpf, BtfWriter, definition, extension, map_btf
from tests.support.elf_files import (
    HEADER_NAMES,
    SECTION_NAMES,
    SEGMENT_NAMES,
    Form,
    Name,
    Piece,
    Program,
    with_header,
    with_section,
    with_segment,
    without_sections,
)
from tests.support.go_files import in_place
from tests.support.looking import look_at

FORMS = st.builds(Form, st.sampled_from([32, 64]), st.sampled_from(["little", "big"]))


def program(form: Form) -> bytes:
    return Program(form, runpath="$ORIGIN:lib", go=in_place()).written()


def bpf(form: Form) -> bytes:
    return Bpf(
        form,
        legacy=definition(1, 4, 8, 2, 0, form=form),
        legacy_names=(Name("old", "maps", 0, 20, 1),),
        btf=map_btf(form),
        has_maps=True,
        extension=extension(form, 20),
    ).written()


FILES = {
    (form, make.__name__): make(form)
    for form in (Form(bits, order) for bits in (32, 64) for order in ("little", "big"))  # type: ignore[arg-type]
    for make in (program, bpf)
}
GOOD = st.sampled_from(sorted(FILES, key=repr))

NUMBERS = st.one_of(
    st.integers(0, 2000),
    st.sampled_from([0xFFFF, 0xFFFFFFFF, 0x7FFFFFFF, 1 << 20, 1 << 16]),
)

modest = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def looked(data: bytes) -> FileFacts:
    """What is found, which must be facts and findings that can be written down."""
    with tempfile.TemporaryDirectory() as folder:
        found = look_at(Path(folder), "component", data)
    assert canonical(found.to_json())
    assert canonical([finding.to_json() for finding in found.facts.findings])
    assert all(finding.message.isprintable() for finding in found.facts.findings)
    assert len(found.facts.findings) < 100
    return found


@modest
@given(st.sampled_from([b"\x7fELF\2\1\1", b"\x7fELF\1\2\1", b"MZ", b""]), st.binary(max_size=400))
def test_random_bytes_are_facts_or_a_finding(begin: bytes, data: bytes) -> None:
    looked(begin + data)


@modest
@given(GOOD, st.data())
def test_a_file_that_is_cut_is_never_clean(key: tuple[Form, str], data: st.DataObject) -> None:
    good = FILES[key]
    assert looked(good[: data.draw(st.integers(1, len(good) - 9))]).state is not State.CLEAN


@modest
@given(GOOD, st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=6))
def test_bytes_that_are_changed_raise_nothing(
    key: tuple[Form, str], changes: list[tuple[int, int]]
) -> None:
    data = bytearray(FILES[key])
    for place, byte in changes:
        data[place % len(data)] = byte
    looked(bytes(data))


@modest
@given(GOOD, st.sampled_from(HEADER_NAMES[1:]), NUMBERS)
def test_headers_that_lie_raise_nothing(key: tuple[Form, str], name: str, value: int) -> None:
    form, _ = key
    small = name not in ("version", "entry", "segments", "sections", "flags")
    looked(with_header(FILES[key], form, **{name: value & 0xFFFF if small else value}))


@modest
@given(
    GOOD, st.integers(0, 9), st.dictionaries(st.sampled_from(SECTION_NAMES), NUMBERS, min_size=1)
)
def test_sections_that_lie_raise_nothing(
    key: tuple[Form, str], index: int, lies: dict[str, int]
) -> None:
    looked(with_section(FILES[key], index % 8, key[0], **lies))


@modest
@given(
    FORMS,
    st.integers(0, 5),
    st.dictionaries(st.sampled_from(SEGMENT_NAMES[64]), NUMBERS, min_size=1),
    st.booleans(),
)
def test_segments_that_lie_raise_nothing(
    form: Form, index: int, lies: dict[str, int], stripped: bool
) -> None:
    data = with_segment(FILES[(form, "program")], index, form, **lies)
    looked(without_sections(data, form) if stripped else data)


@modest
@given(FORMS, st.lists(st.tuples(st.integers(1, 40), NUMBERS), max_size=8), st.booleans())
def test_dynamic_tables_that_lie_raise_nothing(
    form: Form, tags: list[tuple[int, int]], stripped: bool
) -> None:
    data = Program(form, tags=tuple(tags)).written()
    looked(without_sections(data, form) if stripped else data)


@modest
@given(st.binary(max_size=120), st.integers(0, 2))
def test_random_build_information_raises_nothing(data: bytes, flags: int) -> None:
    looked(Program(go=b"\xff Go buildinf:\x08" + bytes([flags]) + data).written())


@modest
@given(st.text(max_size=200))
def test_random_modules_raise_nothing(text: str) -> None:
    looked(Program(go=in_place(modules=text)).written())


TYPES = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.integers(0, 3),
        st.integers(0, 12),
        st.lists(st.integers(0, 12) | NUMBERS, max_size=9),
    ),
    max_size=12,
)


@modest
@given(TYPES, st.integers(0, 12))
def test_random_types_raise_nothing(
    types: list[tuple[int, int, int, list[int]]], variable: int
) -> None:
    btf = BtfWriter()
    sizes = {1: 1, 3: 3, 14: 1, 17: 1}
    members = {4: 3, 5: 3, 6: 2, 13: 2, 15: 3, 19: 3}
    for kind, length, other, rest in types:
        words = sizes.get(kind, 0) + members.get(kind, 0) * length
        btf.add(kind, "x", length, other, (rest + [0] * 9)[:words])
    btf.maps([("m", variable)])
    looked(Bpf(btf=btf.written(), has_maps=True).written())


@modest
@given(st.binary(max_size=64), st.binary(max_size=64), st.binary(max_size=40))
def test_random_code_maps_and_extensions_raise_nothing(
    code: bytes, legacy: bytes, more: bytes
) -> None:
    names = (Name("m", "maps", 0, 20, 1),)
    licence = (Piece("version", code[:4]),)
    looked(
        Bpf(code=code, legacy=legacy, legacy_names=names, extension=more, pieces=licence).written()
        if legacy
        else Bpf(code=code, extension=more, pieces=licence).written()
    )


names = st.lists(
    st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=9),
    max_size=5,
    unique=True,
)


@modest
@given(FORMS, names, names, st.binary(max_size=40))
def test_what_a_writer_says_is_what_is_read(
    form: Form, needed: list[str], imports: list[str], build_id: bytes
) -> None:
    written = Program(form, needed=tuple(needed), imports=tuple(imports), build_id=build_id)
    values = looked(written.written()).facts.values
    assert values["needed"] == needed
    assert values["imports"] == len(imports)
    assert values.get("build_id", "") == build_id.hex()


@modest
@given(FORMS, st.integers(0, 2**31), st.integers(0, 2**31))
def test_a_map_is_as_large_as_its_writer_says(form: Form, entries: int, flags: int) -> None:
    form = Form(64, form.order)
    data = Bpf(form, btf=map_btf(form, max_entries=entries, map_flags=flags), has_maps=True)
    (item,) = looked(data.written()).facts.values["bpf"]["maps"]  # type: ignore[index, call-overload]
    assert (item["max_entries"], item["flags"]) == (entries, flags)
