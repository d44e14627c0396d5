"""Whatever bytes call themselves an archive, nothing outside the file is ever named."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aiverify.errors import InputError
from aiverify.files.tar import BLOCK, END, Archive, list_archive

names = st.lists(st.text("ab\u00e9", min_size=1, max_size=4), min_size=1, max_size=3).map(
    lambda parts: "f-" + "/f-".join(parts)
)
contents = st.binary(max_size=30) | st.sampled_from([bytes(512), b"x" * 511, b"x" * 1500])
files = st.dictionaries(names, contents, max_size=5).filter(lambda found: is_tree(list(found)))
forms = st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])


def is_tree(found: list[str]) -> bool:
    """Whether no name is also a directory of another."""
    return not any(other.startswith(f"{name}/") for name in found for other in found)


def written(found: dict[str, bytes], form: int) -> bytes:
    """An archive of plain files, as Python's own tarfile writes it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content in found.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@contextmanager
def on_disk(data: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.tar"
        path.write_bytes(data)
        yield path


def listed(data: bytes) -> Archive | InputError:
    """What we make of these bytes, held to what must be true of it; other errors come out."""
    with on_disk(data) as path:
        try:
            found: Archive | InputError = list_archive(path)
        except InputError as error:
            found = error
    if isinstance(found, Archive):
        assert_inside(found, len(data))
    else:
        assert found.message.isprintable()
    return found


def assert_inside(archive: Archive, size: int) -> None:
    """Members lie in the file before its end mark, and none over another."""
    runs = [(extent.offset, extent.offset + extent.size) for extent in archive.members.values()]
    assert all(BLOCK <= start <= end <= archive.end <= size - BLOCK for start, end in runs)
    assert all(end + BLOCK <= start for (_, end), (start, _) in pairwise(sorted(runs)))


archives = st.builds(written, files, forms)


@settings(deadline=None)
@given(files, forms)
def test_what_python_writes_for_plain_files_we_list_as_it_does(
    found: dict[str, bytes], form: int
) -> None:
    # The last one needs an extension for other letters, and extensions are refused.
    assume(form != tarfile.PAX_FORMAT or all(map(str.isascii, found)))
    data = written(found, form)
    archive = listed(data)
    assert isinstance(archive, Archive)
    with tarfile.open(fileobj=io.BytesIO(data)) as theirs:
        wanted = [(info.name, info.offset_data, info.size) for info in theirs.getmembers()]
    assert [(n, e.offset, e.size) for n, e in archive.members.items()] == wanted


@settings(deadline=None)
@given(st.binary(max_size=4 * BLOCK))
def test_any_bytes_are_listed_inside_themselves_or_refused(data: bytes) -> None:
    listed(data)


@settings(deadline=None)
@given(st.data(), archives)
def test_a_cut_archive_is_listed_inside_what_is_left_or_refused(
    data: st.DataObject, whole: bytes
) -> None:
    listed(whole[: data.draw(st.integers(0, len(whole)))])


@settings(deadline=None, max_examples=200)
@given(st.data(), archives)
def test_a_flipped_bit_never_moves_a_member_outside(data: st.DataObject, whole: bytes) -> None:
    flipped = bytearray(whole)
    flipped[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    listed(bytes(flipped))


@settings(deadline=None, max_examples=300)
@given(
    name=st.binary(max_size=100),
    size=st.binary(max_size=12) | st.integers(0, 4 * BLOCK).map(lambda size: b"%011o" % size),
    kind=st.binary(min_size=1, max_size=1) | st.sampled_from([b"0", b"\0", b"5"]),
    prefix=st.binary(max_size=155),
    rest=st.binary(max_size=2 * BLOCK),
)
def test_a_header_with_a_true_checksum_may_lie_about_all_else(
    name: bytes, size: bytes, kind: bytes, prefix: bytes, rest: bytes
) -> None:
    block = bytearray(BLOCK)
    fields = {0: name, 124: size, 148: b" " * 8, 156: kind, 257: b"ustar\x0000", 345: prefix}
    for offset, value in fields.items():
        block[offset : offset + len(value)] = value
    block[148:156] = b"%06o\0 " % sum(block)
    listed(bytes(block) + rest + END)
