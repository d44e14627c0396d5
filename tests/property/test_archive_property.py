"""Whatever an archive, a packed file or a picture holds, it is told and nothing is raised."""

from __future__ import annotations

import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.facts import FileFacts, State
from aiverify.core.jsonvalue import canonical
from aiverify.formats.compressed import Compressed
from aiverify.formats.disguise import archive_end
from aiverify.formats.interface import Probe
from aiverify.formats.sources import Memory
from aiverify.formats.tarring.walk import walk
from tests.support.archive_files import (
    PACKERS,
    PICKLE,
    arrow,
    gif,
    gz,
    jpeg,
    mar,
    parquet,
    pax,
    png,
    riff,
    skops,
    skops_node,
    tar_file,
    tar_member,
    zip_file,
)
from tests.support.looking import look_at

modest = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

VALID = st.sampled_from(
    [
        zip_file({"a.txt": b"a\n", "b/c.json": b"{}"}),
        zip_file({"m.pkl": PICKLE, "d.txt": b"d" * 50}, packed=True),
        tar_file(tar_member("a.txt", b"a\n"), pax(path="x", size="2"), tar_member("b", b"b\n")),
        tar_file(tar_member("L", b"long\0", b"L"), tar_member("m.pkl", PICKLE)),
        gz(tar_file(tar_member("a.txt", b"a\n"))),
        PACKERS["bzip2"](b"hello\n"),
        PACKERS["xz"](b"hello\n"),
        skops(skops_node("ListNode", "builtins", "list", [skops_node("TypeNode", "os", "x")])),
        mar("handler.py"),
        png(),
        jpeg(),
        gif(),
        riff(),
        parquet(),
        arrow(),
        b"<svg onload='x()'/>",
    ]
)

NAMES = st.sampled_from(
    ["all", "all.zip", "all.tar.gz", "m.skops", "m.mar", "p.png", "a.svg", "t.parquet", "c.json"]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A valid file, cut off, prolonged and with some bytes changed."""
    data = bytearray(draw(VALID))
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(
            st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]) | st.integers(0, 255)
        )
    cut = draw(st.integers(0, len(data)) | st.just(len(data)))
    return bytes(data[:cut]) + draw(st.binary(max_size=5) | VALID)


def looked_at(name: str, data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        return look_at(Path(folder), name, data)


@modest
@given(NAMES, damaged())
def test_damaged_files_give_facts_that_can_be_written_down(name: str, data: bytes) -> None:
    found = looked_at(name, data)
    assert canonical(found.to_json())
    assert canonical([finding.to_json() for finding in found.facts.findings])
    assert all(finding.message.isprintable() for finding in found.facts.findings)
    assert all(finding.file == name for finding in found.facts.findings)


FILES = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=8).map(lambda name: f"{name}.txt"),
    st.text("abc \n", min_size=1, max_size=700).map(str.encode),
    max_size=5,
)


@modest
@given(FILES, st.booleans())
def test_a_zip_that_python_writes_is_clean_and_counted(
    files: dict[str, bytes], packed: bool
) -> None:
    found = looked_at("all.zip", zip_file(files, packed=packed))
    assert found.state is State.CLEAN
    assert found.facts.values["members"] == len(files)
    assert found.facts.values["unpacked"] == sum(map(len, files.values()))


@modest
@given(FILES, st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]))
def test_a_tar_that_python_writes_is_read_to_the_byte(
    files: dict[str, bytes], format_: int
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format_) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mtime = 0.5 if format_ == tarfile.PAX_FORMAT else 0
            archive.addfile(info, io.BytesIO(data))
    source = Memory(buffer.getvalue())
    items, findings = walk(source)
    assert findings == []
    assert {item.name: source.read_at(item.start, item.size) for item in items} == files


@modest
@given(st.binary(max_size=2000), st.sampled_from(sorted(PACKERS)), st.integers(1, 3))
def test_what_was_packed_comes_out_as_it_went_in(data: bytes, packing: str, times: int) -> None:
    packed = PACKERS[packing](data) * times
    probe = Probe("a.x", len(packed), packed[:4096])
    facts, (part,) = Compressed().open(probe, Memory(packed))
    inner = part.open()
    assert inner.read_at(0, inner.size) == data * times
    assert facts.values["streams"] == times


@modest
@given(st.binary(max_size=300), FILES.filter(bool), st.binary(max_size=300))
def test_an_archive_that_python_finds_behind_something_is_found(
    front: bytes, files: dict[str, bytes], behind: bytes
) -> None:
    data = front + zip_file(files) + behind
    if zipfile.is_zipfile(io.BytesIO(data)) and b"PK\x05\x06" not in front + behind:
        assert archive_end(Memory(data)) is not None


@modest
@given(st.binary(max_size=600))
def test_no_bytes_are_an_archive_by_chance(data: bytes) -> None:
    if b"PK" not in data:
        assert archive_end(Memory(data)) is None
