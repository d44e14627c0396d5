"""Results are there whole or not at all, whatever stops the writer."""

from __future__ import annotations

import contextlib
import os
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from aiverify.errors import OutputError
from aiverify.files import output

LIMIT = 1 << 20


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond a limit: to a writer the same as a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_takes_its_name_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "sbom.json"
    with output.replacing(path) as file:
        file.write(b"whole")
        file.flush()
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert left_in(tmp_path) == ["sbom.json"]


def test_a_file_may_be_read_and_sought_while_it_is_written(tmp_path: Path) -> None:
    with output.replacing(tmp_path / "x") as file:
        file.write(b"....tail")
        file.seek(0)
        file.write(b"head")
        assert file.read() == b"tail"
    assert (tmp_path / "x").read_bytes() == b"headtail"


def test_an_older_file_is_there_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with output.replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_file_that_was_not_finished_leaves_nothing_behind(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with pytest.raises(error), output.replacing(path) as file:
        write_half(file, error)
    assert path.read_bytes() == b"old"
    assert left_in(tmp_path) == ["x"]


def write_half(file: BinaryIO, error: type[BaseException]) -> None:
    file.write(b"half")
    file.flush()
    raise error


@pytest.mark.parametrize("size", [LIMIT + 1, 4 * LIMIT])
def test_a_full_disk_is_one_clear_error_and_leaves_nothing_behind(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "x"
    with full_disk(), pytest.raises(OutputError, match="x cannot be written: File too large"):
        output.write(path, bytes(size))
    assert left_in(tmp_path) == []


def test_a_full_disk_that_shows_only_at_the_last_flush_is_noticed(tmp_path: Path) -> None:
    with full_disk(), pytest.raises(OutputError), output.replacing(tmp_path / "x") as file:
        file.writelines([bytes(LIMIT), b"!"])  # the last byte waits for the end of the block
    assert left_in(tmp_path) == []


def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    with umask(0), output.replacing(tmp_path / "key", 0o600) as file:
        file.write(b"secret")
        [partial] = tmp_path.iterdir()
        assert mode(partial) == 0o600
    assert mode(tmp_path / "key") == 0o600


def test_a_private_file_stays_private_where_an_open_one_was(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"")
    (tmp_path / "key").chmod(0o666)
    output.write(tmp_path / "key", b"secret", 0o600)
    assert mode(tmp_path / "key") == 0o600


@pytest.mark.parametrize(("mask", "wanted"), [(0o022, 0o644), (0o077, 0o600), (0, 0o644)])
def test_other_files_are_as_open_as_the_user_wants_them(
    tmp_path: Path, mask: int, wanted: int
) -> None:
    with umask(mask):
        output.write(tmp_path / "x", b"")
    assert mode(tmp_path / "x") == wanted


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    """It may be replaced or refused; what it leads to is somebody else's."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"old")
    (tmp_path / "link").symlink_to(victim)
    with contextlib.suppress(OutputError):
        output.write(tmp_path / "link", b"new")
    assert victim.read_bytes() == b"old"


def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    """An administrator who throws a result away must not lose the system's null device."""
    os.mkfifo(tmp_path / "null")
    with pytest.raises(OutputError):
        output.write(tmp_path / "null", b"result")
    assert stat.S_ISFIFO((tmp_path / "null").stat().st_mode)


def test_a_link_to_a_device_is_not_replaced(tmp_path: Path) -> None:
    """The standard output has such a name."""
    (tmp_path / "stdout").symlink_to("/dev/null")
    with pytest.raises(OutputError):
        output.write(tmp_path / "stdout", b"result")
    assert (tmp_path / "stdout").is_symlink()


@pytest.mark.parametrize("name", ["gone/x", "file/x", "directory", "x" * 256])
def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "directory").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        output.write(tmp_path / name, b"new")
    assert left_in(tmp_path) == ["directory", "file"]
    assert left_in(tmp_path / "directory") == []


@pytest.mark.parametrize("name", ["x" * 255, "\u6a21" * 85, "\U0001f600" * 63], ids=len)
def test_a_name_as_long_as_the_system_takes_can_be_written(tmp_path: Path, name: str) -> None:
    output.write(tmp_path / name, b"new")
    assert left_in(tmp_path) == [name]


def test_the_place_is_shown_escaped(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        output.write(tmp_path / "\x1b[2J" / "x\n", b"")
    assert caught.value.message.isprintable()
    assert r"\x1b[2J/x\x0a" in caught.value.message


def test_a_directory_takes_its_name_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "bundle"
    with output.new_directory(path) as root:
        (root / "blobs").mkdir()
        (root / "blobs" / "x").write_bytes(b"x")
        assert not path.exists()
    assert (path / "blobs" / "x").read_bytes() == b"x"
    assert left_in(tmp_path) == ["bundle"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_directory_that_was_not_finished_leaves_nothing_behind(
    tmp_path: Path, error: type[BaseException]
) -> None:
    with pytest.raises(error), output.new_directory(tmp_path / "bundle") as root:
        make_half(root / "deep" / "er", error)
    assert left_in(tmp_path) == []


def make_half(path: Path, error: type[BaseException]) -> None:
    path.mkdir(parents=True)
    (path / "x").write_bytes(b"half")
    raise error


def test_a_full_disk_inside_a_directory_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "bundle"
    with full_disk(), pytest.raises(OutputError, match="bundle cannot be written: File too large"):
        fill(path)
    assert left_in(tmp_path) == []


def fill(path: Path) -> None:
    with output.new_directory(path) as root:
        (root / "small").write_bytes(b"x")
        (root / "large").write_bytes(bytes(2 * LIMIT))


@pytest.mark.parametrize("kind", ["file", "directory", "full directory", "link", "dangling link"])
def test_nothing_that_is_there_is_overwritten_by_a_directory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bundle"
    if kind == "file":
        path.write_bytes(b"old")
    elif kind.endswith("link"):
        path.symlink_to(tmp_path if kind == "link" else "gone")
    else:
        path.mkdir()
    if kind == "full directory":
        (path / "x").write_bytes(b"old")
    with pytest.raises(OutputError, match="bundle is already there") as caught:
        fill(path)
    assert caught.value.hint
    assert left_in(tmp_path) == ["bundle"]


@pytest.mark.parametrize("appear", [Path.touch, Path.mkdir])
def test_what_appears_meanwhile_is_not_overwritten_either(
    tmp_path: Path, appear: Callable[[Path], None]
) -> None:
    path = tmp_path / "bundle"
    with pytest.raises(OutputError, match="already there"), output.new_directory(path):
        appear(path)
    assert left_in(tmp_path) == ["bundle"]
    assert path.is_file() == (appear is Path.touch)


def test_a_directory_without_a_parent_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: No such file"):
        fill(tmp_path / "gone" / "bundle")
    assert left_in(tmp_path) == []


def test_errors_that_are_not_the_systems_pass_unchanged() -> None:
    with pytest.raises(ZeroDivisionError), output.guarding(Path("x")):
        raise ZeroDivisionError


def test_the_systems_error_keeps_its_reason_and_its_cause() -> None:
    with pytest.raises(OutputError, match=r"^x cannot be written: no words$") as caught:
        fail_without_a_number()
    assert isinstance(caught.value.__cause__, OSError)


def fail_without_a_number() -> None:
    with output.guarding(Path("x")):
        raise OSError("no words")
