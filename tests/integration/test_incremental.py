"""Signing again, and hashing only what changed since: when it saves work, and when it may not."""

from __future__ import annotations

import base64
import json
import mmap
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from aiverify.files import stamps
from tests.support.artifacts import MODEL
from tests.support.commands import assert_refused
from tests.support.desk import Desk

PUB = "--key alice.pub"
SINCE = "sign model --key alice.key --incremental model/model.sig"
NOTHING = "nothing: every file was hashed"


@pytest.fixture
def at_hand(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A model that was signed and is remembered. What is at rest is so at once."""
    monkeypatch.setattr(stamps, "AT_REST_NS", 0)
    desk.model()
    desk.key("alice")
    desk.do("sign model --key alice.key")
    assert NOTHING in desk.do(SINCE)
    return desk


def on_trust(desk: Desk, words: str = "") -> int:
    """How many files were taken on trust by signing again, and that the signature holds."""
    told = desk.do(f"{SINCE} {words}")
    desk.allows(f"model {PUB}")
    found = re.search(r"on trust\s+(\d+) file", told)
    return int(found[1]) if found else 0


def test_files_that_did_not_change_are_taken_on_trust_and_named(at_hand: Desk):
    assert on_trust(at_hand) == len(MODEL)
    told = at_hand.do(SINCE)
    assert "unchanged by size, times and inode: README.md, config.json" in told


def test_it_is_never_the_default(at_hand: Desk):
    assert "on trust" not in at_hand.do("sign model --key alice.key")


def test_the_same_is_signed_as_by_hashing_all(at_hand: Desk):
    def payload() -> str:
        return at_hand.read("model/model.sig")["dsseEnvelope"]["payload"]

    at_hand.do(SINCE)
    saved = payload()
    at_hand.do("sign model --key alice.key")
    assert payload() == saved


def same_size(path: Path) -> None:
    """Other bytes of the same number, and the times set back as far as anybody can."""
    before = path.stat()
    path.write_bytes(b"X" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def renamed_over(path: Path) -> None:
    """Another file of the same name, size and time."""
    before = path.stat()
    other = path.with_name("new")
    other.write_bytes(b"X" * before.st_size)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.rename(path)


def swapped(path: Path) -> None:
    """A file that took the place of another."""
    path.rename(path.with_name("kept"))
    path.write_bytes(b"X")
    path.with_name("kept").unlink()


def in_place(path: Path) -> None:
    """One byte, through a mapping of the file, with the times set back."""
    before = path.stat()
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        view[0:1] = b"X"
        view.flush()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", [same_size, renamed_over, swapped, in_place])
def test_a_file_that_changed_is_hashed_whatever_its_times_say(
    at_hand: Desk, change: Callable[[Path], None]
):
    change(at_hand / "model" / "README.md")
    assert on_trust(at_hand) == len(MODEL) - 1


def test_files_that_are_added_are_hashed_and_those_that_are_gone_are_not_signed(at_hand: Desk):
    (at_hand / "model" / "added.txt").write_text("x")
    (at_hand / "model" / "config.json").unlink()
    assert on_trust(at_hand) == len(MODEL) - 1
    named = [item["name"] for item in at_hand.allows(f"model {PUB}").report["artifact"]["files"]]
    assert ("added.txt" in named, "config.json" in named) == (True, False)


def test_what_was_changed_just_before_it_was_hashed_is_hashed_again(desk: Desk):
    """Two changes within one tick of the clock would look like one."""
    desk.model()
    desk.key("alice")
    desk.do("sign model --key alice.key")
    for _ in range(2):
        assert NOTHING in desk.do(SINCE)


def test_without_a_record_every_file_is_hashed(at_hand: Desk):
    for place in (at_hand / "cache").rglob("*.json"):
        place.unlink()
    assert on_trust(at_hand) == 0
    assert on_trust(at_hand) == len(MODEL)


def test_the_record_belongs_to_one_signature(at_hand: Desk):
    """Another signature, of the same key over the same files, has no record."""
    at_hand.do("sign model --key alice.key")
    assert on_trust(at_hand) == 0


def test_the_record_lies_in_the_users_cache_and_for_nobody_else_to_read(at_hand: Desk):
    (folder,) = {place.parent for place in (at_hand / "cache").rglob("*.json")}
    assert folder == at_hand / "cache" / "aiverify" / "stamps"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {place.stat().st_mode & 0o777 for place in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
@pytest.mark.parametrize("what", ["record", "folder"])
def test_a_record_that_others_may_have_written_is_refused(at_hand: Desk, mode: int, what: str):
    for place in (at_hand / "cache").rglob("*.json"):
        (place if what == "record" else place.parent).chmod(mode | 0o100)
    before = (at_hand / "model" / "model.sig").read_bytes()
    assert_refused(at_hand.call(SINCE), 3, "may have been written by others")
    assert (at_hand / "model" / "model.sig").read_bytes() == before


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda value: value.update(taken_ns=value["taken_ns"] + 10**18), "a time to come"),
        (lambda value: value.update(version=2), "no record of stamps"),
        (lambda value: value.update(taken_ns=True), "no record of stamps"),
        (lambda value: value.update(stamps=[]), "no record of stamps"),
        (lambda value: value["stamps"].update({"README.md": [1, 2, 3]}), "no stamp"),
        (lambda value: value["stamps"].update({"README.md": [1, 2, 3, 4, "5"]}), "no stamp"),
    ],
)
def test_a_record_that_says_what_cannot_be_is_refused(
    at_hand: Desk, edit: Callable[[dict], object], why: str
):
    for place in (at_hand / "cache").rglob("*.json"):
        value = json.loads(place.read_bytes())
        edit(value)
        place.write_text(json.dumps(value))
    assert_refused(at_hand.call(SINCE), 3, why)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"version": 1, "version": 1}'])
def test_a_record_that_is_none_is_refused(at_hand: Desk, data: bytes):
    for place in (at_hand / "cache").rglob("*.json"):
        place.write_bytes(data)
    assert_refused(at_hand.call(SINCE), 3)


def test_a_record_behind_a_link_is_refused(at_hand: Desk):
    for place in list((at_hand / "cache").rglob("*.json")):
        place.rename(at_hand / place.name)
        place.symlink_to(at_hand / place.name)
    assert_refused(at_hand.call(SINCE), 3)


def test_anothers_signature_proves_no_digest(at_hand: Desk):
    at_hand.key("mallory")
    at_hand.do("sign model --key mallory.key -o m.sig --ignore model.sig")
    before = (at_hand / "model" / "model.sig").read_bytes()
    done = at_hand.call("sign model --key alice.key --incremental m.sig")
    assert_refused(done, 10, "is not a signature by this key")
    assert (at_hand / "model" / "model.sig").read_bytes() == before


def test_an_altered_signature_proves_no_digest(at_hand: Desk):
    def edit(value: dict) -> None:
        envelope = value["dsseEnvelope"]
        payload = base64.b64decode(envelope["payload"]).replace(b'"model"', b'"molel"')
        envelope["payload"] = base64.b64encode(payload).decode()

    at_hand.change("model/model.sig", edit)
    assert_refused(at_hand.call(SINCE), 10, "is not a signature by this key")


@pytest.mark.parametrize("words", ["--hash blake3", "--shard-size 64"])
def test_digests_of_another_kind_are_of_no_use(at_hand: Desk, words: str):
    assert_refused(at_hand.call(f"{SINCE} {words}"), 2, "another --hash or --shard-size")


@pytest.mark.parametrize("words", ["--hash blake3", "--shard-size 64", "--hash blake2b"])
def test_other_ways_to_hash_are_remembered_as_well(at_hand: Desk, words: str):
    at_hand.do(f"sign model --key alice.key {words}")
    assert on_trust(at_hand, words) == 0
    assert on_trust(at_hand, words) == len(MODEL)
    same_size(at_hand / "model" / "README.md")
    assert on_trust(at_hand, words) == len(MODEL) - 1


@pytest.mark.parametrize(
    ("line", "exit_code"),
    [
        (f"{SINCE} --allow-symlinks", 2),
        ("sign tiny.tar --key alice.key --incremental model/model.sig", 2),
        ("sign model --key alice.key --incremental nowhere.sig", 3),
        ("sign model --key alice.key --incremental alice.pub", 3),
    ],
)
def test_where_it_cannot_be_safe_it_is_refused(at_hand: Desk, line: str, exit_code: int):
    at_hand.do("bundle model model -o tiny.tar")
    assert_refused(at_hand.call(line), exit_code)


def test_a_file_system_that_does_not_tell_is_refused(
    at_hand: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stamps, "_MOUNTS", at_hand / "mounts")
    (at_hand / "mounts").write_text("")
    assert_refused(at_hand.call(SINCE), 2, "does not keep what would tell")


def test_a_signature_by_identity_is_by_a_key_that_is_gone(at_hand: Desk, sigstore):
    at_hand.trust_config(sigstore)
    words = ("--trust-config", "trust.json", "--identity-token")
    at_hand.do("sign model -o k.sig", *words, sigstore.token())
    done = at_hand.call("sign model --incremental k.sig -o k.sig", *words, sigstore.token())
    assert_refused(done, 10, "is not a signature by this key")


def test_a_link_to_a_file_that_was_signed_is_refused_as_ever(at_hand: Desk):
    file = at_hand / "model" / "README.md"
    file.rename(at_hand / "elsewhere")
    file.symlink_to(at_hand / "elsewhere")
    assert_refused(at_hand.call(SINCE), 3, "symbolic link")
