"""Every way in which files become digests, and what each notices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.artifacts import MODEL
from tests.support.commands import assert_refused
from tests.support.desk import Desk

CHANGED, MISSING, EXTRA, UNSIGNED, LINK = (
    f"AIV-INTEGRITY-{name}" for name in ("CHANGED", "MISSING", "EXTRA", "UNSIGNED", "LINK")
)
KEY = "--key alice.key"
PUB = "--key alice.pub"

SIZE = len(MODEL["model.safetensors"])  # 150 bytes
SHARDS = {
    "a byte": 1,
    "an exact part": SIZE // 3,
    "a part": 64,
    "the file": SIZE,
    "more than any file": 10**9,
}
WAYS = [
    *(f"--hash {name}" for name in ("sha256", "blake2b", "blake3")),
    *(f"--shard-size {size}" for size in SHARDS.values()),
    "--hash blake2b --shard-size 64",
    "--hash blake3 --shard-size 50",
]
every_way = pytest.mark.parametrize("way", WAYS)


@pytest.fixture
def at_hand(desk: Desk) -> Desk:
    """A model and Alice's key."""
    desk.model()
    desk.key("alice")
    return desk


def sign(desk: Desk, words: str = "") -> None:
    desk.do(f"sign model {KEY} {words}")


@every_way
def test_what_was_signed_in_any_way_is_allowed_and_has_one_digest(at_hand: Desk, way: str):
    sign(at_hand)
    before = at_hand.allows(f"model {PUB}").report["artifact"]
    sign(at_hand, way)
    assert at_hand.allows(f"model {PUB}").report["artifact"] == before


@every_way
@pytest.mark.parametrize("target", ["model/model.safetensors", "tiny.tar"])
def test_files_and_bundles_are_signed_in_any_way(at_hand: Desk, way: str, target: str):
    at_hand.do("bundle model model -o tiny.tar")
    at_hand.do(f"sign {target} {KEY} {way}")
    at_hand.allows(f"{target} {PUB}")


@every_way
def test_a_byte_is_noticed_wherever_it_lies(at_hand: Desk, way: str):
    sign(at_hand, way)
    for at in (0, 49, 50, 63, 64, 100, SIZE - 1):
        data = bytearray(MODEL["model.safetensors"])
        data[at] ^= 1
        (at_hand / "model" / "model.safetensors").write_bytes(data)
        found = at_hand.denies(f"model {PUB}")
        assert (found.rules, found.files) == ([CHANGED], {"model.safetensors"})


@pytest.mark.parametrize(("size", "place"), [(50, "bytes 50 to 100"), (64, "bytes 64 to 128")])
def test_a_changed_shard_is_told_by_its_place(at_hand: Desk, size: int, place: str):
    sign(at_hand, f"--shard-size {size}")
    data = bytearray(MODEL["model.safetensors"])
    data[70] ^= 1
    (at_hand / "model" / "model.safetensors").write_bytes(data)
    assert f"model.safetensors, {place}, is" in at_hand.denies(f"model {PUB}").told


@every_way
def test_a_file_that_was_cut_or_made_longer_is_refused(at_hand: Desk, way: str):
    sign(at_hand, way)
    for size in (0, 1, 49, 50, 100, SIZE - 1, SIZE + 1, SIZE + 64):
        data = (MODEL["model.safetensors"] + bytes(64))[:size]
        (at_hand / "model" / "model.safetensors").write_bytes(data)
        assert at_hand.denies(f"model {PUB}").files == {"model.safetensors"}


@every_way
def test_files_that_are_added_gone_or_renamed_are_told(at_hand: Desk, way: str):
    sign(at_hand, way)
    model = at_hand / "model"
    (model / "config.json").rename(model / "other.json")
    (model / "added.py").write_text("x")
    assert (
        {CHANGED, MISSING, EXTRA} >= set(at_hand.denies(f"model {PUB}").rules) >= {MISSING, EXTRA}
    )


def test_a_file_that_was_made_longer_is_refused_though_unsigned_ones_are_accepted(at_hand: Desk):
    sign(at_hand, "--shard-size 50")
    with (at_hand / "model" / "model.safetensors").open("ab") as file:
        file.write(b"more")
    found = at_hand.denies(f"model {PUB} --ignore-unsigned")
    assert (found.rules, found.files) == ([EXTRA], {"model.safetensors"})


def test_what_was_added_to_a_file_is_one_shard_however_large_it_is(at_hand: Desk):
    """A hole in a file costs no disk, and would be millions of shards of one byte."""
    sign(at_hand, "--shard-size 1")
    with (at_hand / "model" / "model.safetensors").open("ab") as file:
        file.truncate(64 << 20)
    (at_hand / "model" / "new.bin").write_bytes(bytes(1000))
    found = at_hand.denies(f"model {PUB}")
    assert found.rules == [EXTRA, EXTRA]
    assert f"bytes {SIZE} to {64 << 20}" in found.told
    assert "new.bin, bytes 0 to 1000" in found.told


def test_shards_that_changed_places_are_refused(at_hand: Desk):
    (at_hand / "model" / "two.bin").write_bytes(b"a" * 8 + b"b" * 8)
    sign(at_hand, "--shard-size 8")
    (at_hand / "model" / "two.bin").write_bytes(b"b" * 8 + b"a" * 8)
    assert at_hand.denies(f"model {PUB}").rules == [CHANGED, CHANGED]


def test_a_name_that_looks_like_a_shard_is_refused(at_hand: Desk):
    """`a:0:2` may be the first two bytes of `a`, or a file."""
    (at_hand / "model" / "a:0:2").write_bytes(b"pq")
    for way in ("", "--shard-size 2"):
        assert_refused(at_hand.call(f"sign model {KEY} {way}"), 3, "a:0:2")


@pytest.mark.parametrize("size", ["0", "-1", "x", "1.5", str(1 << 80)])
def test_a_size_that_is_none_is_refused(at_hand: Desk, size: str):
    done = at_hand.call(f"sign model {KEY} --shard-size {size}")
    assert done.exit_code == 2, done
    assert not (at_hand / "model" / "model.sig").exists()


# Empty files have no shards, so that a signature over shards does not speak of them (OMS v1.0).


@pytest.fixture
def with_empty(at_hand: Desk) -> Desk:
    """A model with an empty file, signed in shards."""
    (at_hand / "model" / "__init__.py").touch()
    sign(at_hand, "--shard-size 64")
    return at_hand


def test_an_empty_file_under_shards_is_vouched_for_by_nobody_and_reported(with_empty: Desk):
    found = with_empty.allows(f"model {PUB}")
    assert found.rules == [UNSIGNED]
    assert "__init__.py" in found.told
    named = [item["name"] for item in found.report["artifact"]["files"]]
    assert "__init__.py" not in named


def test_an_empty_file_that_is_added_under_shards_is_reported(at_hand: Desk):
    sign(at_hand, "--shard-size 64")
    at_hand.allows(f"model {PUB}")
    (at_hand / "model" / "empty").touch()
    found = at_hand.allows(f"model {PUB}")
    assert (found.rules, "empty" in found.told) == ([UNSIGNED], True)


def test_an_empty_file_that_is_filled_under_shards_is_refused(with_empty: Desk):
    (with_empty / "model" / "__init__.py").write_text("import os")
    assert with_empty.denies(f"model {PUB}").rules == [EXTRA]


def test_an_empty_file_that_disappears_under_shards_was_never_spoken_of(with_empty: Desk):
    (with_empty / "model" / "__init__.py").unlink()
    assert with_empty.allows(f"model {PUB}").rules == []


def test_an_empty_file_is_signed_where_whole_files_are(at_hand: Desk):
    (at_hand / "model" / "__init__.py").touch()
    sign(at_hand)
    assert at_hand.allows(f"model {PUB}").rules == []
    (at_hand / "model" / "__init__.py").unlink()
    assert at_hand.denies(f"model {PUB}").rules == [MISSING]


def test_a_file_that_is_emptied_under_shards_is_missing(at_hand: Desk):
    sign(at_hand, "--shard-size 64")
    (at_hand / "model" / "config.json").write_bytes(b"")
    assert MISSING in at_hand.denies(f"model {PUB}").rules


def test_nothing_but_empty_files_cannot_be_signed_in_shards(desk: Desk):
    desk.model("model", {"a": b"", "b": b""})
    desk.key("alice")
    assert_refused(desk.call(f"sign model {KEY} --shard-size 64"), 2, "nothing would be signed")


# Links.


def link(desk: Desk, name: str, to: str | Path) -> None:
    (desk / "model" / name).symlink_to(to)


def test_a_link_is_refused_unless_it_is_allowed(at_hand: Desk):
    link(at_hand, "copy.json", "config.json")
    assert_refused(at_hand.call(f"sign model {KEY}"), 3, "copy.json is a symbolic link")
    sign(at_hand, "--allow-symlinks")
    at_hand.allows(f"model {PUB}")


def test_a_link_that_leads_elsewhere_later_is_refused_for_the_bytes(at_hand: Desk):
    link(at_hand, "copy.json", "config.json")
    sign(at_hand, "--allow-symlinks")
    (at_hand / "model" / "copy.json").unlink()
    link(at_hand, "copy.json", "generation_config.json")
    assert at_hand.denies(f"model {PUB}").rules == [CHANGED]


def test_a_link_out_of_the_artifact_is_reported(at_hand: Desk):
    (at_hand / "blob").write_bytes(b"weights")
    link(at_hand, "weights.bin", at_hand / "blob")
    sign(at_hand, "--allow-symlinks")
    found = at_hand.allows(f"model {PUB}")
    assert (found.rules, str(at_hand / "blob") in found.told) == ([LINK], True)
    (at_hand / "blob").write_bytes(b"poison")
    assert at_hand.denies(f"model {PUB}").rules == [CHANGED]


@pytest.mark.parametrize("to", ["onnx", ".", "..", "nowhere", "loop"])
def test_a_link_to_what_is_no_file_is_refused(at_hand: Desk, to: str):
    link(at_hand, "loop", to)
    for words in ("", "--allow-symlinks"):
        assert_refused(at_hand.call(f"sign model {KEY} {words}"), 3, "loop")
    (at_hand / "model" / "loop").unlink()
    sign(at_hand, "--allow-symlinks")
    link(at_hand, "loop", to)
    assert_refused(at_hand.call(f"verify model {PUB}"), 3, "loop")


def test_a_file_that_became_a_link_to_its_bytes_is_refused_where_links_are_not_allowed(
    at_hand: Desk,
):
    """The bytes could be changed elsewhere between the verdict and their use."""
    sign(at_hand)
    file = at_hand / "model" / "config.json"
    file.rename(at_hand / "elsewhere.json")
    file.symlink_to(at_hand / "elsewhere.json")
    assert_refused(at_hand.call(f"verify model {PUB}"), 3, "config.json is a symbolic link")


def test_what_one_signer_allows_another_does_not(at_hand: Desk):
    at_hand.key("bob")
    at_hand.do("sign model --key bob.key -o bob.sig")
    sign(at_hand, "--allow-symlinks")
    file = at_hand / "model" / "config.json"
    file.rename(at_hand / "elsewhere.json")
    file.symlink_to(at_hand / "elsewhere.json")
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("alice", "bob")]
    at_hand.profile({"signers": signers, "threshold": 2})
    words = "model --profile aiverify.yaml --signature model/model.sig --signature bob.sig"
    assert "1 of 2 distinct signers" in at_hand.denies(words).told
    at_hand.profile({"signers": signers})
    found = at_hand.allows(words)
    assert [item["signer"] for item in found.signatures] == ["alice"]


# What is left out.


@every_way
@pytest.mark.parametrize("planted", [".git/hooks/post-checkout", ".github/x.yml", ".gitattributes"])
def test_a_file_planted_where_no_signature_looks_is_reported(at_hand: Desk, way: str, planted: str):
    sign(at_hand, way)
    path = at_hand / "model" / planted
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    found = at_hand.allows(f"model {PUB}")
    assert (found.rules, planted in found.told) == ([UNSIGNED], True)


@every_way
def test_what_its_signer_left_out_is_reported_and_may_change(at_hand: Desk, way: str):
    sign(at_hand, f"{way} --ignore onnx")
    (at_hand / "model" / "onnx" / "run.sh").write_text("changed")
    found = at_hand.allows(f"model {PUB}")
    assert (found.rules, "onnx/run.sh" in found.told) == ([UNSIGNED], True)


@pytest.mark.parametrize("path", ["onn", "ONNX", "run.sh"])
def test_a_path_that_is_left_out_is_no_pattern(at_hand: Desk, path: str):
    sign(at_hand, f"--ignore {path}")
    (at_hand / "model" / "onnx" / "run.sh").write_text("changed")
    assert at_hand.denies(f"model {PUB}").rules == [CHANGED]
    assert_refused(at_hand.call(f"sign model {KEY} --ignore *.sh"), 2, "*.sh is a pattern")


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_in_which_files_lie_in_a_directory_changes_nothing(desk: Desk, order: int):
    desk.key("alice")
    names = sorted(MODEL)[::order]
    desk.model("model", {name: MODEL[name] for name in names})
    sign(desk)
    payload = desk.allows(f"model {PUB}").report["artifact"]
    assert [item["name"] for item in payload["files"]] == sorted(MODEL)
    assert "digest" in json.dumps(payload)
