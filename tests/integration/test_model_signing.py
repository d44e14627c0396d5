"""aiverify and the reference implementation of OpenSSF Model Signing agree, both ways.

`model_signing` 1.1.1 is the oracle, with two habits that differ from version 1.0 of the
specification. It sorts files by path component, so that `a/b` comes before `a-b`, where the
specification sorts by code point: aiverify accepts the order that was signed. It calls a
single file `.` and accepts no other name for it, where the specification has its basename:
aiverify accepts both and writes the basename, so what it signs over a single file is not
for this tool.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.artifacts import MODEL, Files, write_tree
from tests.support.commands import Completed, call
from tests.support.processes import model_signing

TREE: Files = {
    **MODEL,
    ".gitattributes": b"*.safetensors filter=lfs\n",
    "a-b": b"before a/b by code point, after it by path component\n",
    "a/b": b"and the other way round\n",
    "a/deep/down/notes.txt": b"nested\n",
    "empty.txt": b"",
    "gr\u00f6\u00dfe.txt": b"umlauts\n",
    "\u6a21\u578b.txt": b"characters outside Latin\n",
}

Tamper = Callable[[Path], object]


def change_a_byte(tree: Path) -> None:
    path = tree / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def remove_a_file(tree: Path) -> None:
    (tree / "a" / "b").unlink()


def add_a_file(tree: Path) -> None:
    (tree / "planted.py").write_text("print('planted')\n")


def swap_two_files(tree: Path) -> None:
    """The same digests under each other's names."""
    (tree / "a-b").rename(tree / "kept")
    (tree / "a" / "b").rename(tree / "a-b")
    (tree / "kept").rename(tree / "a" / "b")


TAMPERINGS = [change_a_byte, remove_a_file, add_a_file, swap_two_files]


@pytest.fixture(scope="module", params=["p256", "p384", "p521"])
def signed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with `model`, signed by both tools with the same key of some curve."""
    place = tmp_path_factory.mktemp(request.param)
    write_tree(place / "model", TREE)
    for owner in ("release", "stranger"):
        succeed("keys", "generate", "-o", owner, "--curve", request.param, cwd=place)
    succeed("sign", "model", "--key", "release.key", "-o", "ours.sig", cwd=place)
    sign_with_theirs("model", place, "theirs.sig")
    return place


one_curve = pytest.mark.parametrize("signed", ["p256"], indirect=True)


@pytest.fixture
def place(signed: Path, tmp_path: Path) -> Path:
    """A copy of it, to be altered."""
    return Path(shutil.copytree(signed, tmp_path / "place"))


def succeed(*words: str, cwd: Path) -> None:
    done = call(*words, cwd=cwd)
    assert done.exit_code == 0, done.out + done.err


def sign_with_theirs(target: str, cwd: Path, signature: str) -> None:
    words = ("sign", "key", target, "--private_key", "release.key", "--signature", signature)
    done = model_signing(*words, cwd=cwd)
    assert done.exit_code == 0, done.err


def verify_with_theirs(target: str, signature: str, cwd: Path, key: str) -> Completed:
    words = ("verify", "key", target, "--public_key", key, "--signature", signature)
    return model_signing(*words, cwd=cwd)


def assert_theirs_accepts(target: str, signature: str, cwd: Path) -> None:
    done = verify_with_theirs(target, signature, cwd, "release.pub")
    assert (done.exit_code, done.out) == (0, "Verification succeeded\n"), done.err


def assert_theirs_refuses(target: str, signature: str, cwd: Path, key: str = "release.pub") -> None:
    """Refused as such, and not broken on the way."""
    done = verify_with_theirs(target, signature, cwd, key)
    assert (done.exit_code, "Verification failed" in done.err) == (1, True), done.out + done.err


def assert_ours_accepts(target: str, cwd: Path, *options: str) -> None:
    succeed("verify", target, "--key", "release.pub", *options, cwd=cwd)


def assert_ours_refuses(target: str, signature: str, cwd: Path, key: str = "release.pub") -> None:
    done = call("verify", target, "--key", key, "--signature", signature, cwd=cwd)
    assert (done.exit_code, "\ndeny  " in done.out) == (10, True), done.out + done.err


def signed_names(signature: Path) -> list[str]:
    """The files in the order in which a signature lists them."""
    envelope = json.loads(signature.read_bytes())["dsseEnvelope"]
    statement = json.loads(b64decode(envelope["payload"]))
    return [resource["name"] for resource in statement["predicate"]["resources"]]


def test_model_signing_accepts_a_directory_that_aiverify_signed(signed):
    assert_theirs_accepts("model", "ours.sig", signed)


def test_aiverify_accepts_a_directory_that_model_signing_signed(signed):
    assert_ours_accepts("model", signed, "--signature", "theirs.sig")


def test_both_refuse_a_signature_by_another_key_of_the_same_curve(signed):
    assert_theirs_refuses("model", "ours.sig", signed, key="stranger.pub")
    assert_ours_refuses("model", "theirs.sig", signed, key="stranger.pub")


@one_curve
def test_the_two_sign_the_same_files_each_in_its_own_order(signed):
    ours, theirs = (signed_names(signed / name) for name in ("ours.sig", "theirs.sig"))

    assert sorted(ours) == sorted(theirs) == sorted(set(TREE) - {".gitattributes"})
    assert ours.index("a-b") < ours.index("a/b")
    assert theirs.index("a/b") < theirs.index("a-b")


@one_curve
@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_both_refuse_an_altered_directory_whoever_signed_it(place, tamper):
    tamper(place / "model")

    assert_theirs_refuses("model", "ours.sig", place)
    assert_ours_refuses("model", "theirs.sig", place)
    assert_ours_refuses("model", "ours.sig", place)


@one_curve
def test_model_signing_accepts_what_came_out_of_a_bundle_that_aiverify_signed(place):
    succeed("bundle", "model", "model", "-o", "model.tar", cwd=place)
    succeed("sign", "model.tar", "--key", "release.key", cwd=place)
    succeed("unpack", "model.tar", "-o", "unpacked", cwd=place)

    assert_theirs_accepts("unpacked", "unpacked/model.sig", place)


@one_curve
def test_a_signature_of_model_signing_goes_along_into_a_bundle_and_out_again(place):
    (place / "theirs.sig").rename(place / "model" / "model.sig")

    succeed("bundle", "model", "model", "-o", "model.tar", cwd=place)
    succeed("unpack", "model.tar", "-o", "unpacked", cwd=place)

    assert_ours_accepts("model.tar", place)
    assert_ours_accepts("unpacked", place)
    assert_theirs_accepts("unpacked", "unpacked/model.sig", place)


@one_curve
def test_aiverify_accepts_a_single_file_that_model_signing_signed_under_the_name_dot(place):
    file = "model/model.safetensors"
    sign_with_theirs(file, place, "file.sig")

    assert signed_names(place / "file.sig") == ["."]
    assert_ours_accepts(file, place, "--signature", "file.sig")

    change_a_byte(place / "model")

    assert_ours_refuses(file, "file.sig", place)
