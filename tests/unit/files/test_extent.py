"""Extents: what is read is the file that was listed, and nothing outside the run of bytes."""

from __future__ import annotations

import dataclasses
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from aiverify.errors import ChangedError, InputError, MalformedError
from aiverify.files.extent import Extent, Stamp, describe

CONTENT = b"0123456789"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "weights.bin"
    path.write_bytes(CONTENT)
    return path


def open_files() -> set[str]:
    return {path.name for path in Path("/dev/fd").iterdir()}


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"!")


def truncate(path: Path) -> None:
    os.truncate(path, 4)


def replace(path: Path) -> None:
    """Put another file with the same bytes and times in its place."""
    status = path.stat()
    other = path.with_name("other")
    other.write_bytes(CONTENT)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


def touch(path: Path) -> None:
    os.utime(path, ns=(0, 0))


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def replace_by_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


ALTERATIONS = (append, truncate, replace, touch)
"""What another process may do to a file that stays a file."""


def test_the_whole_of_a_file_is_an_extent(path: Path) -> None:
    extent = Extent.of_file(path)
    assert (extent.path, extent.offset, extent.size) == (path, 0, 10)
    assert extent.stamp == Stamp.of(path.stat())
    assert extent.read(10) == CONTENT


def test_an_empty_file_is_an_empty_extent(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert Extent.of_file(tmp_path / "empty").read(0) == b""


def test_a_part_is_counted_from_the_extent_it_lies_in(path: Path) -> None:
    inner = Extent.of_file(path).part(2, 6).part(1, 4)
    assert (inner.offset, inner.size) == (3, 4)
    assert inner.read(4) == b"3456"
    with inner.open() as reader:
        assert reader.size == 4
        assert reader.read_at(1, 2) == b"45"


@pytest.mark.parametrize(
    ("offset", "size"), [(0, 0), (0, 6), (6, 0), (5, 1)], ids=["none", "all", "end", "last"]
)
def test_a_part_may_reach_to_either_edge(path: Path, offset: int, size: int) -> None:
    assert Extent.of_file(path).part(2, 6).part(offset, size).size == size


@pytest.mark.parametrize(
    ("offset", "size"), [(-1, 1), (-1, 0), (0, -1), (3, -3), (0, 7), (6, 1), (7, 0), (1 << 64, 1)]
)
def test_nothing_outside_an_extent_can_be_named_or_read(path: Path, offset: int, size: int) -> None:
    """Though the file itself goes on: a tar's member must not show its neighbour."""
    extent = Extent.of_file(path).part(2, 6)
    with pytest.raises(MalformedError, match="outside"):
        extent.part(offset, size)
    with extent.open() as reader, pytest.raises(MalformedError, match="outside"):
        reader.read_at(offset, size)


def test_a_buffer_is_filled_from_a_position(path: Path) -> None:
    buffer = bytearray(3)
    with Extent.of_file(path).part(2, 6).open() as reader:
        reader.read_into(3, memoryview(buffer))
    assert buffer == b"567"


def test_a_buffer_is_not_filled_with_bytes_behind_the_extent(path: Path) -> None:
    with Extent.of_file(path).part(2, 6).open() as reader, pytest.raises(MalformedError):
        reader.read_into(3, memoryview(bytearray(4)))


def test_an_extent_over_the_limit_is_not_read(path: Path) -> None:
    with pytest.raises(MalformedError, match=r"weights\.bin is 10 bytes; the limit here is 9"):
        Extent.of_file(path).read(9)


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gone cannot be read: No such file"):
        Extent.of_file(tmp_path / "gone")


@pytest.mark.parametrize("name", ["file/below", "n\0ul", "x" * 300])
def test_a_path_that_cannot_be_is_one_clear_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be read"):
        Extent.of_file(tmp_path / name)


def test_a_directory_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory, not a file"):
        Extent.of_file(tmp_path)


def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is a named pipe"):
        Extent.of_file(tmp_path / "pipe")


def test_a_link_is_not_followed(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    with pytest.raises(InputError, match="is a symbolic link"):
        Extent.of_file(link)


def test_a_link_that_the_user_named_is_followed_once_and_for_all(path: Path) -> None:
    """Whoever turns the link elsewhere later does not change what is read."""
    link = path.with_name("link")
    link.symlink_to(path)
    extent = Extent.of_named(link)
    link.unlink()
    link.symlink_to("elsewhere")
    assert extent.path == path
    assert extent.read(10) == CONTENT


@pytest.mark.parametrize("target", ["link", "gone", ".", "n\0ul"])
def test_a_named_link_that_leads_to_no_file_is_one_clear_error(tmp_path: Path, target: str) -> None:
    named = tmp_path / target
    if "\0" not in target:
        named = tmp_path / "link"
        named.symlink_to(target)
    with pytest.raises(InputError):
        Extent.of_named(named)


def test_a_path_is_shown_escaped(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Extent.of_file(tmp_path / "\x1b[2J\ngone\u202e")
    assert r"\x1b[2J\x0agone\u202e" in caught.value.message
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("alter", [*ALTERATIONS, replace_by_pipe, replace_by_directory])
def test_a_file_altered_after_it_was_listed_is_not_read(
    path: Path, alter: Callable[[Path], None]
) -> None:
    extent = Extent.of_file(path)
    alter(path)
    with pytest.raises(ChangedError, match="changed while it was being read") as caught:
        extent.read(10)
    assert caught.value.hint


@pytest.mark.parametrize("alter", [append, truncate, touch])
def test_a_file_altered_while_it_is_open_is_noticed_at_the_end(
    path: Path, alter: Callable[[Path], None]
) -> None:
    with pytest.raises(ChangedError), Extent.of_file(path).open():
        alter(path)


def test_a_file_that_ends_early_is_noticed_at_the_read(path: Path) -> None:
    with pytest.raises(ChangedError, match="ended while it was being read"):
        truncate_and_read(path)


def truncate_and_read(path: Path) -> None:
    with Extent.of_file(path).open() as reader:
        truncate(path)
        reader.read_at(0, 10)


def test_a_part_is_held_to_the_whole_files_stamp(path: Path) -> None:
    part = Extent.of_file(path).part(0, 2)
    append(path)
    with pytest.raises(ChangedError):
        part.read(2)


def test_a_link_is_not_followed_even_to_the_very_file_that_was_listed(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    with pytest.raises(InputError, match="link cannot be read"):
        dataclasses.replace(Extent.of_file(path), path=link).read(10)


def test_a_directory_on_the_way_replaced_by_a_link_gives_no_other_file(tmp_path: Path) -> None:
    for folder in ("inside", "outside"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").write_bytes(folder.encode())
    extent = Extent.of_file(tmp_path / "inside" / "x")
    (tmp_path / "inside").rename(tmp_path / "moved")
    (tmp_path / "inside").symlink_to("outside")
    with pytest.raises(ChangedError):
        extent.read(10)


def test_another_link_to_a_file_does_not_count_as_writing_to_it(path: Path) -> None:
    extent = Extent.of_file(path)
    extent.refuse_rewritten()
    os.link(path, path.with_name("second"))
    extent.refuse_rewritten()


@pytest.mark.parametrize("alter", [*ALTERATIONS, replace_by_pipe, replace_by_directory])
def test_a_file_that_was_rewritten_is_refused_without_opening_it(
    path: Path, alter: Callable[[Path], None]
) -> None:
    extent = Extent.of_file(path)
    alter(path)
    with pytest.raises(ChangedError):
        extent.refuse_rewritten()


def test_a_file_that_is_gone_was_not_just_rewritten(path: Path) -> None:
    extent = Extent.of_file(path)
    path.unlink()
    with pytest.raises(InputError, match="cannot be read: No such file"):
        extent.refuse_rewritten()


def test_a_file_removed_after_it_was_listed_is_one_clear_error(path: Path) -> None:
    extent = Extent.of_file(path)
    path.unlink()
    with pytest.raises(InputError, match="cannot be read: No such file"):
        extent.read(10)


def test_a_file_replaced_by_a_socket_is_one_clear_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extent = Extent.of_file(path)
    path.unlink()
    monkeypatch.chdir(path.parent)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
        with pytest.raises(InputError, match="cannot be read"):
            extent.read(10)


def test_an_error_inside_the_block_is_not_replaced_by_ours(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Extent.of_file(path).open():
        append_and_fail(path)


def append_and_fail(path: Path) -> None:
    append(path)
    raise ZeroDivisionError


def test_nothing_stays_open(path: Path) -> None:
    before = open_files()
    for _ in range(3):
        Extent.of_file(path).read(10)
        with pytest.raises(ZeroDivisionError), Extent.of_file(path).open():
            raise ZeroDivisionError
    extent = Extent.of_file(path)
    append(path)
    with pytest.raises(ChangedError):
        extent.read(10)
    assert open_files() == before


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (stat.S_IFREG, "a regular file"),
        (stat.S_IFDIR, "a directory"),
        (stat.S_IFLNK, "a symbolic link"),
        (stat.S_IFIFO, "a named pipe"),
        (stat.S_IFSOCK, "a socket"),
        (stat.S_IFCHR, "a character device"),
        (stat.S_IFBLK, "a block device"),
        (0, "of an unknown kind"),
    ],
)
def test_every_kind_of_file_has_a_name(kind: int, text: str) -> None:
    assert describe(kind | 0o644) == text


def test_a_file_that_has_more_bytes_than_its_size_is_not_read() -> None:
    """In /proc, files have no size, and a signed empty file could be a link to one."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("this system has no /proc")
    extent = Extent.of_file(Path(f"/proc/{os.getpid()}/status"))
    assert extent.size == 0
    with pytest.raises(ChangedError, match="more bytes than its size says"):
        extent.read(10)
