"""Bad input, as a user meets it: one sentence, the right exit code, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from tests.support.commands import assert_refused, call, refused, run

DOES = {
    "inspect": "inspect {}",
    "sbom": "sbom {} -o out",
    "bundle": "bundle model {} -o out.tar",
    "sign": "sign {} --key release.key",
    "verify": "verify {} --key release.pub",
    "policy": "policy eval --policy aiverify:no_pickled_weights {}",
}
"""Every command that takes a target, with `{}` for it."""


# A directory that is no artifact


def link_out(model: Path) -> None:
    (model / "secret").symlink_to("/etc/passwd")


def link_inside(model: Path) -> None:
    (model / "copy.json").symlink_to("config.json")


def link_to_nothing(model: Path) -> None:
    (model / "gone").symlink_to("nowhere")


def link_to_itself(model: Path) -> None:
    (model / "loop").symlink_to("loop")


def link_to_its_parent(model: Path) -> None:
    (model / "up").symlink_to("..", target_is_directory=True)


def named_pipe(model: Path) -> None:
    os.mkfifo(model / "pipe")


def a_socket(model: Path) -> None:
    with chdir(model), socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")


def not_utf8(model: Path) -> None:
    Path(os.fsdecode(bytes(model) + b"/caf\xe9.json")).write_bytes(b"{}")


def colliding(model: Path) -> None:
    (model / "Config.JSON").write_bytes(b"{}")


def colliding_directories(model: Path) -> None:
    for name in ("a", "A"):
        (model / name).mkdir()
        (model / name / f"{name}.json").write_bytes(b"{}")


def backslash(model: Path) -> None:
    (model / "..\\evil.json").write_bytes(b"{}")


HOSTILE: dict[Callable[[Path], None], tuple[str, ...]] = {
    link_out: ("llama/secret", "symbolic link", "leads out of the artifact"),
    link_inside: ("llama/copy.json", "symbolic link", "another file of the artifact"),
    link_to_nothing: ("llama/gone", "symbolic link", "to nothing"),
    link_to_itself: ("llama/loop", "symbolic link", "back to itself"),
    link_to_its_parent: ("llama/up", "symbolic link", "leads out of the artifact"),
    named_pipe: ("llama/pipe", "a named pipe"),
    a_socket: ("llama/socket", "a socket"),
    not_utf8: ("llama", "caf\\xe9.json", "not UTF-8"),
    colliding: ("Config.JSON", "config.json", "ignores case"),
    colliding_directories: ("A and a", "ignores case"),
    backslash: ("llama", "..\\evil.json", "plain relative path"),
}


@pytest.mark.parametrize("command", DOES)
@pytest.mark.parametrize("arrange", HOSTILE, ids=lambda arrange: arrange.__name__)
def test_a_directory_that_is_no_artifact_is_refused_by_every_command(
    stage: Path, arrange: Callable[[Path], None], command: str
):
    arrange(stage / "llama")
    refused(stage, DOES[command].format("llama"), 3, *HOSTILE[arrange])


@pytest.mark.parametrize("command", DOES)
@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("nowhere", ("nowhere", "does not exist")),
        ("/dev/null", ("/dev/null", "neither a file nor a directory")),
        ("n" * 300, ("nnn",)),
        ("nowhere\x1b[31m", ("nowhere\\x1b[31m", "does not exist")),
        ("llama/config.json/x", ("llama/config.json/x",)),
    ],
    ids=["missing", "device", "name too long", "escape in the name", "below a file"],
)
def test_a_target_that_is_not_there_is_named(
    stage: Path, command: str, target: str, words: tuple[str, ...]
):
    refused(stage, DOES[command].format(target), 3, *words)


@pytest.mark.parametrize("command", sorted(set(DOES) - {"verify"}))
def test_an_empty_directory_holds_no_files(stage: Path, command: str):
    (stage / "empty" / "below").mkdir(parents=True)
    refused(stage, DOES[command].format("empty"), 3, "empty", "holds no files")


def test_an_empty_directory_that_claims_a_signature_holds_no_files(stage: Path):
    (stage / "empty").mkdir()
    shutil.copy(stage / "llama" / "model.sig", stage / "empty")
    refused(stage, DOES["verify"].format("empty"), 3, "empty", "holds no files")


# What the system will not let us read


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root may read everything: be somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.parametrize("command", ["inspect", "sbom", "bundle", "policy"])
@pytest.mark.parametrize(
    ("locked", "mode"),
    [
        ("model/config.json", 0o000),
        ("model", 0o000),
        ("model", 0o444),  # its names can be listed, and its files not looked at
    ],
)
def test_what_cannot_be_read_is_named(command: str, locked: str, mode: int):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "model").mkdir()
        (folder / "model" / "config.json").write_bytes(b"{}")
        line = DOES[command].format("model").split()
        assert call(*line, cwd=folder).exit_code == 0
        for made in folder.glob("out*"):
            made.unlink()
        (folder / locked).chmod(mode)
        with without_privileges():
            done = call(*line, cwd=folder)
        (folder / locked).chmod(0o755)
        assert_refused(done, 3, "model", "Permission denied")
        assert [path.name for path in folder.iterdir()] == ["model"]


# Names that are allowed, and shown so that they can do no harm

HARMFUL = "a\nZ\x1b[2J\x9b2J\u202etxt.json"
SHOWN = "a\\x0aZ\\x1b[2J\\x9b2J\\u202etxt.json"


@pytest.fixture
def harmful(stage: Path) -> Path:
    (stage / "llama" / HARMFUL).write_bytes(b"{}")
    return stage


def test_a_harmful_name_is_shown_escaped_by_every_command(harmful: Path):
    lines = (
        "inspect llama",
        "inspect llama --format json",
        "sign llama --key release.key",
        "verify llama --key release.pub --verbose",
        "verify llama --key release.pub --format json",
        "sbom llama",
        "bundle model llama -o own.tar",
        "sign own.tar --key release.key",
        "verify own.tar --profile aiverify.yaml --verbose",
        "unpack own.tar -o again",
        "policy eval --policy aiverify:licence_allowlist own.tar",
    )
    for line in lines:
        done = call(*line.split(), cwd=harmful)
        assert done.exit_code in {0, 10}, (line, done.err)
        shown = done.out + done.err
        raw = sorted({"\x1b", "\u202e", "\x9b"} & set(shown))
        assert not raw, f"{line} prints {raw}"
        assert "\nZ" not in shown, line
    assert SHOWN in call("inspect", "llama", cwd=harmful).out
    assert (harmful / "again" / HARMFUL).read_bytes() == b"{}"


def test_a_harmful_name_is_shown_escaped_when_it_is_what_is_wrong(harmful: Path):
    (harmful / "llama" / HARMFUL).write_bytes(b'"\x00')
    done = call("verify", "llama", "--key", "release.pub", cwd=harmful)
    assert done.exit_code == 10
    assert SHOWN in "".join(line.strip() for line in done.out.splitlines())
    assert "\x1b" not in done.out


def test_a_target_with_a_harmful_name_can_be_judged(stage: Path):
    (stage / "llama").rename(stage / HARMFUL)
    for words in (("inspect", HARMFUL), ("verify", HARMFUL, "--key", "release.pub")):
        done = call(*words, cwd=stage)
        assert done.exit_code == 0, done.err
        assert SHOWN in done.out


NOT_UTF8 = os.fsdecode(b"caf\xe9")
ON_STRANGE = (
    ("inspect", NOT_UTF8),
    ("inspect", NOT_UTF8, "--format", "json"),
    ("sbom", NOT_UTF8),
    ("sbom", NOT_UTF8, "-o", "x.json"),
    ("verify", NOT_UTF8, "--key", "release.pub"),
    ("verify", NOT_UTF8, "--key", "release.pub", "--format", "json"),
    ("verify", NOT_UTF8, "--key", "release.pub", "--format", "json", "-o", "x.json"),
    ("sign", NOT_UTF8, "--key", "release.key"),
    ("bundle", "model", NOT_UTF8, "-o", "x.tar"),
    ("bundle", "model", "llama", "-o", "x.tar", "--name", NOT_UTF8),
    ("sign", "llama", "--key", "release.key", "--ignore", NOT_UTF8),
)


@pytest.mark.parametrize("words", ON_STRANGE, ids=lambda words: words[0])
def test_words_that_are_not_utf8_end_in_an_answer_or_a_sentence(stage: Path, words):
    shutil.copytree(stage / "llama", stage / NOT_UTF8)
    (stage / NOT_UTF8 / "README.md").write_bytes(b"no name is stated\n")
    call("sign", NOT_UTF8, "--key", "release.key", cwd=stage)
    done = run(*words, cwd=stage)
    assert "Traceback" not in done.err
    if done.exit_code not in {0, 10}:
        assert_refused(done, done.exit_code)
        assert done.exit_code in {2, 3}
    done.out.encode("utf-8")
