"""Every byte passes by once, in order, and a file that moves meanwhile is noticed."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.errors import ChangedError, InputError
from aiverify.files.extent import Extent
from aiverify.files.progress import Silent
from aiverify.files.stream import CHUNK, digest, digest_all
from aiverify.files.tree import Member, list_tree

SIZES = (
    0,
    1,
    63,
    CHUNK - 1,
    CHUNK,
    CHUNK + 1,
    3 * CHUNK,
    (9 << 20) - 1,
    9 << 20,
    (9 << 20) + 12345,
)
"""Nothing, less than a chunk, whole chunks, and chunks with a rest."""

SMALL = 2 * CHUNK + 5
LARGE = 9 << 20


class Counting:
    """Progress that remembers what it was told."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int]] = []
        self.steps: list[int] = []

    def begin(self, label: str, total: int) -> None:
        self.begun.append((label, total))

    def advance(self, count: int) -> None:
        self.steps.append(count)


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes that no two chunks have in common."""
    return random.Random(seed).randbytes(size)


def file_of(folder: Path, content: bytes, name: str = "file") -> Extent:
    (folder / name).write_bytes(content)
    return Extent.of_file(folder / name)


def once(action: Callable[[], object]) -> Callable[[memoryview], object]:
    """A sink that acts at the first chunk only."""
    pending = [action]
    return lambda _: pending.pop()() if pending else None


def sha256(content: bytes) -> Digest:
    return Digest("sha256", hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("size", SIZES)
def test_the_digest_is_that_of_hashlib_and_every_sink_sees_every_byte_in_order(
    tmp_path: Path, size: int
) -> None:
    content = noise(size)
    first, second = bytearray(), bytearray()
    found = digest(file_of(tmp_path, content), None, first.extend, second.extend)
    assert found == sha256(content)
    assert first == content
    assert second == content


@pytest.mark.parametrize("size", [CHUNK, LARGE])
def test_only_the_extents_own_bytes_pass_by(tmp_path: Path, size: int) -> None:
    content = noise(size + 1000)
    seen = bytearray()
    part = file_of(tmp_path, content).part(300, size)
    assert digest(part, None, seen.extend) == sha256(content[300 : 300 + size])
    assert seen == content[300 : 300 + size]


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_no_chunk_is_larger_than_promised(tmp_path: Path, size: int) -> None:
    sizes: list[int] = []
    digest(file_of(tmp_path, bytes(size)), None, lambda chunk: sizes.append(len(chunk)))
    assert max(sizes) == CHUNK
    assert sum(sizes) == size


@pytest.mark.parametrize("size", [0, SMALL, LARGE])
def test_progress_hears_of_every_byte(tmp_path: Path, size: int) -> None:
    progress = Counting()
    digest(file_of(tmp_path, bytes(size)), progress)
    assert sum(progress.steps) == size
    assert progress.begun == []


def test_silence_takes_everything_and_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    silent = Silent()
    silent.begin("Hashing", 10)
    silent.advance(10)
    assert capfd.readouterr() == ("", "")


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"!")


def overwrite(path: Path) -> None:
    """Other bytes, the same size, and a time that differs however coarse the clock is."""
    with path.open("r+b") as file:
        file.write(b"other")
    os.utime(path, ns=(0, 0))


def replace(path: Path) -> None:
    path.with_name("other").write_bytes(bytes(path.stat().st_size))
    path.with_name("other").replace(path)


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("alter", [append, overwrite, replace])
def test_a_file_altered_before_it_is_read_is_refused(
    tmp_path: Path, size: int, alter: Callable[[Path], None]
) -> None:
    extent = file_of(tmp_path, noise(size))
    alter(extent.path)
    seen = bytearray()
    with pytest.raises(ChangedError):
        digest(extent, None, seen.extend)
    assert not seen


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("alter", [append, overwrite])
def test_a_file_altered_while_it_is_read_is_refused(
    tmp_path: Path, size: int, alter: Callable[[Path], None]
) -> None:
    extent = file_of(tmp_path, noise(size))
    with pytest.raises(ChangedError):
        digest(extent, None, once(lambda: alter(extent.path)))


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("left", [0, CHUNK, CHUNK + 7])
def test_a_file_truncated_while_it_is_read_is_refused(tmp_path: Path, size: int, left: int) -> None:
    extent = file_of(tmp_path, noise(size))
    with pytest.raises(ChangedError):
        digest(extent, None, once(lambda: os.truncate(extent.path, left)))


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_sinks_own_error_comes_out_and_nothing_stays_open(tmp_path: Path, size: int) -> None:
    extent = file_of(tmp_path, bytes(size))
    before = open_files()
    with pytest.raises(OSError, match="disk full"):
        digest(extent, None, once(disk_full))
    assert open_files() == before


def open_files() -> set[str]:
    return {path.name for path in Path("/dev/fd").iterdir()}


def disk_full() -> None:
    raise OSError("disk full")


def test_entries_come_in_the_order_given_with_their_sizes(tmp_path: Path) -> None:
    contents = {f"f{number}": noise(number * 1000, number) for number in range(30)}
    members = [Member(name, file_of(tmp_path, content, name)) for name, content in contents.items()]
    members.reverse()
    entries = digest_all(members)
    assert [entry.name for entry in entries] == [member.name for member in members]
    assert {entry.name: entry.digest for entry in entries} == {
        name: sha256(content) for name, content in contents.items()
    }
    assert all(entry.size == len(contents[entry.name]) for entry in entries)


def test_no_members_are_no_entries(tmp_path: Path) -> None:
    progress = Counting()
    assert digest_all((), progress) == ()
    assert progress.begun == [("Hashing", 0)]


def test_progress_over_many_files_adds_up_to_what_was_announced(tmp_path: Path) -> None:
    for name, size in {"a": 0, "b": SMALL, "c": LARGE}.items():
        file_of(tmp_path, bytes(size), name)
    progress = Counting()
    digest_all(list_tree(tmp_path).members, progress)
    assert progress.begun == [("Hashing", SMALL + LARGE)]
    assert sum(progress.steps) == SMALL + LARGE


def test_the_first_error_in_order_is_the_one_that_is_raised(tmp_path: Path) -> None:
    for name in "abcdef":
        file_of(tmp_path, b"x", name)
    members = list_tree(tmp_path).members
    for name in "edc":
        (tmp_path / name).unlink()
    with pytest.raises(InputError, match=r"c cannot be read"):
        digest_all(members)
