"""Listing a tree that an attacker arranged: everything is listed or refused by name."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aiverify.errors import ChangedError, InputError, UnsafeNameError
from aiverify.files import tree as tree_module
from aiverify.files.tree import ALWAYS_IGNORED, Tree, list_tree

NOBODY = 65534


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory with one harmless file, and a secret beside it."""
    (tmp_path / "secret").write_bytes(b"secret")
    root = tmp_path / "model"
    make(root / "config.json", b"{}")
    return root


def make(path: Path, content: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(tree: Tree) -> list[str]:
    return [member.name for member in tree.members]


@contextmanager
def not_as_root() -> Iterator[None]:
    """Root may read everything, so that the question only comes up for others."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_files_are_listed_with_their_bytes_and_sorted_by_code_point(root: Path) -> None:
    for name in ["Z", "a/x", "a!", "a0", "b/c/d", "\u00e9"]:
        make(root / name, name.encode())
    listed = list_tree(root)
    assert names(listed) == ["Z", "a!", "a/x", "a0", "b/c/d", "config.json", "\u00e9"]
    contents = {member.name: member.extent.read(100) for member in listed.members}
    assert contents.pop("config.json") == b"{}"
    assert contents == {name: name.encode() for name in contents}


def test_an_empty_directory_is_an_empty_tree(tmp_path: Path) -> None:
    assert list_tree(tmp_path) == Tree(())


def test_empty_directories_are_listed_as_such(root: Path) -> None:
    (root / "b" / "deep").mkdir(parents=True)
    (root / "a").mkdir()
    assert list_tree(root).empty_directories == ("a", "b/deep")


def test_what_the_owner_may_execute_is_marked(root: Path) -> None:
    make(root / "run").chmod(0o744)
    make(root / "only-others").chmod(0o645)
    executable = [member.name for member in list_tree(root).members if member.executable]
    assert executable == ["run"]


def test_hidden_files_are_files(root: Path) -> None:
    make(root / ".hidden" / ".env")
    assert ".hidden/.env" in names(list_tree(root))


def test_what_is_ignored_is_listed_all_the_same(root: Path) -> None:
    for name in (".git/config", ".git/objects/ab/cd", ".gitignore", ".github/x", ".gitattributes"):
        make(root / name)
    listed = list_tree(root)
    assert names(listed) == ["config.json"]
    assert listed.ignored == (
        ".git/config",
        ".git/objects/ab/cd",
        ".gitattributes",
        ".github/x",
        ".gitignore",
    )


@pytest.mark.parametrize(
    "name", ["sub/.git/config", ".GIT/config", ".gitx", ".git2/x", "x.git", "sub/.gitignore"]
)
def test_only_exact_paths_at_the_top_are_ignored(root: Path, name: str) -> None:
    make(root / name)
    assert name in names(list_tree(root))


def test_a_path_to_ignore_may_lie_deeper_and_stands_for_all_below_it(root: Path) -> None:
    for name in ("a/skip/x", "a/skip/y/z", "a/skipped", "skip"):
        make(root / name)
    listed = list_tree(root, frozenset({"a/skip"}))
    assert names(listed) == ["a/skipped", "config.json", "skip"]
    assert listed.ignored == ("a/skip/x", "a/skip/y/z")


def test_a_link_in_an_ignored_directory_is_listed_and_not_followed(root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".git" / "out").symlink_to("/")
    os.mkfifo(root / ".git" / "pipe")
    assert list_tree(root).ignored == (".git/out", ".git/pipe")


def test_nothing_is_ignored_unless_asked(root: Path) -> None:
    make(root / ".gitignore")
    assert list_tree(root, frozenset()).ignored == ()
    assert ".gitignore" in ALWAYS_IGNORED


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("../secret", "out of the artifact"),
        ("/etc/passwd", "out of the artifact"),
        ("/", "out of the artifact"),
        ("..", "out of the artifact"),
        ("config.json", "to another file of the artifact"),
        ("../model/config.json", "to another file of the artifact"),
        ("gone", "to nothing"),
        ("config.json/below", "to nothing"),
        ("link", "back to itself"),
        ("link/below", "back to itself"),
    ],
)
def test_a_link_is_refused_and_where_it_leads_is_said(root: Path, target: str, where: str) -> None:
    (root / "link").symlink_to(target)
    with pytest.raises(InputError, match=f"link is a symbolic link .*{where}") as caught:
        list_tree(root)
    assert caught.value.hint


def test_a_link_to_a_sibling_with_a_longer_name_leads_out(root: Path) -> None:
    make(root.with_name("model-evil") / "x")
    (root / "link").symlink_to("../model-evil/x")
    with pytest.raises(InputError, match="leads out of the artifact"):
        list_tree(root)


def test_two_links_that_lead_to_each_other_are_a_loop(root: Path) -> None:
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")
    with pytest.raises(InputError, match="back to itself"):
        list_tree(root)


def test_a_link_to_the_directory_itself_is_no_endless_walk(root: Path) -> None:
    (root / "again").symlink_to(".")
    with pytest.raises(InputError, match="again is a symbolic link"):
        list_tree(root)


def test_a_very_long_chain_of_links_is_refused(root: Path) -> None:
    (root / "l0").symlink_to("config.json")
    for number in range(1, 1500):
        (root / f"l{number}").symlink_to(f"l{number - 1}")
    with pytest.raises(InputError, match="is a symbolic link"):
        list_tree(root)


def test_a_named_pipe_is_refused(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with pytest.raises(InputError, match="pipe is a named pipe, not a file") as caught:
        list_tree(root)
    assert caught.value.hint


def test_a_socket_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("door")
        with pytest.raises(InputError, match="door is a socket, not a file"):
            list_tree(root)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a device")
def test_a_device_is_refused(root: Path) -> None:
    try:
        os.mknod(root / "null", 0o20666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("this system lets not even root make a device")
    with pytest.raises(InputError, match="null is a character device, not a file"):
        list_tree(root)


@pytest.mark.parametrize("name", [b"bad\xff", b"latin-\xe9/x", b".git/\xff"])
def test_a_name_that_is_not_utf_8_is_refused_and_shown_escaped(root: Path, name: bytes) -> None:
    try:
        make(Path(os.fsdecode(bytes(root) + b"/" + name)))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    with pytest.raises(UnsafeNameError, match="not UTF-8") as caught:
        list_tree(root)
    assert str(root) in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.hint


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("README", "readme"),
        ("A/x", "a/y"),
        ("d/A/x", "d/a/y"),
        ("caf\u00e9", "cafe\u0301"),
        ("Model", "model/x"),
    ],
)
def test_names_that_are_one_elsewhere_are_refused(root: Path, one: str, other: str) -> None:
    make(root / one)
    if (root / one.swapcase()).exists():
        pytest.skip("this file system takes the two for one")
    make(root / other)
    with pytest.raises(UnsafeNameError, match="same name"):
        list_tree(root)


@pytest.mark.parametrize("name", ["a\\b", "C:x", "a\\..\\..\\x", "c:"])
def test_a_name_that_leads_elsewhere_on_another_system_is_refused(root: Path, name: str) -> None:
    make(root / name)
    with pytest.raises(UnsafeNameError):
        list_tree(root)


@pytest.mark.parametrize("name", ["new\nline", "\x1b[2Jclear", "gpj\u202eexe", "tab\t", " "])
def test_a_strange_name_is_listed_as_it_is(root: Path, name: str) -> None:
    make(root / name)
    assert name in names(list_tree(root))


@pytest.mark.parametrize("name", ["new\nline", "\x1b[2Jclear", "gpj\u202eexe"])
def test_a_strange_name_is_printed_escaped_when_it_is_refused(root: Path, name: str) -> None:
    os.mkfifo(root / name)
    with pytest.raises(InputError) as caught:
        list_tree(root)
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("name", ["gone", "file", "pipe", "file/below", "n\0ul"])
def test_a_root_that_is_no_directory_is_one_clear_error(tmp_path: Path, name: str) -> None:
    make(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="cannot be read"):
        list_tree(tmp_path / name)


@pytest.mark.parametrize("mode", [0o000, 0o300, 0o600], ids=["closed", "no-list", "no-search"])
def test_a_directory_that_may_not_be_read_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    """Whether its names are hidden or only what they stand for: unread is not clean."""
    closed = make(root / "closed" / "x").parent
    root.chmod(0o755)
    closed.chmod(mode)
    if os.geteuid() == 0:
        os.chown(closed, NOBODY, -1)
    monkeypatch.chdir(root)  # a path from here needs no leave of the directories above
    with not_as_root(), pytest.raises(InputError, match=r"closed.* cannot be read: Permission"):
        list_tree(Path())
    closed.chmod(0o700)


def test_a_path_longer_than_the_system_opens_is_one_clear_error(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    for _ in range(20):
        Path("d" * 250).mkdir()
        os.chdir("d" * 250)
    try:
        with pytest.raises(InputError, match=r"cannot be read: File name too long|the limit is"):
            list_tree(root)
    finally:
        shutil.rmtree(root)


def test_more_files_than_a_model_has_are_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_module, "MAX_FILES", 3)
    for name in ("a", ".git/b"):
        make(root / name)
    assert len(list_tree(root).members) == 2
    make(root / "c")
    with pytest.raises(InputError, match="more than 3 files"):
        list_tree(root)


def test_a_member_replaced_after_the_listing_is_not_read(root: Path) -> None:
    [member] = list_tree(root).members
    make(root / "other", b"[]").replace(root / "config.json")
    with pytest.raises(ChangedError):
        member.extent.read(10)


def test_a_member_replaced_by_a_link_after_the_listing_is_not_followed(root: Path) -> None:
    [member] = list_tree(root).members
    (root / "config.json").unlink()
    (root / "config.json").symlink_to("../secret")
    with pytest.raises(InputError):
        member.extent.read(10)
