"""Verifying just what is about to be used."""

from __future__ import annotations

import pytest

from tests.support.artifacts import MODEL, Forger, manifest_of
from tests.support.commands import assert_refused
from tests.support.desk import Desk, Judged
from tests.support.story import Story
from tests.support.verifying import root_of

PUB = "--key alice.pub"
CHANGED, MISSING, EXTRA, UNSIGNED = (
    f"AIV-INTEGRITY-{name}" for name in ("CHANGED", "MISSING", "EXTRA", "UNSIGNED")
)


@pytest.fixture(params=["", "--hash blake3", "--shard-size 40", "--shard-size 1"])
def at_hand(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    """A model that Alice signed in some way."""
    desk.model()
    desk.key("alice")
    desk.do(f"sign model --key alice.key {request.param}")
    return desk


@pytest.fixture
def whole(desk: Desk) -> Desk:
    """A model that Alice signed file by file."""
    desk.model()
    desk.key("alice")
    desk.do("sign model --key alice.key")
    return desk


def names(found: Judged) -> list[str]:
    return [item["name"] for item in found.report["artifact"]["files"]]


def test_the_named_file_alone_is_looked_at(at_hand: Desk):
    found = at_hand.allows(f"model {PUB} --only config.json")
    assert (names(found), found.report["only"]) == (["config.json"], ["config.json"])
    assert at_hand.allows(f"model {PUB}").report["only"] == []


@pytest.mark.parametrize("path", ["onnx", "onnx/", "./onnx", "onnx/run.sh", "./onnx/run.sh"])
def test_a_directory_stands_for_all_below_it(at_hand: Desk, path: str):
    assert names(at_hand.allows(f"model {PUB} --only {path}")) == ["onnx/run.sh"]


def test_several_paths_are_looked_at(at_hand: Desk):
    found = at_hand.allows(f"model {PUB} --only onnx --only config.json --only config.json")
    assert names(found) == ["config.json", "onnx/run.sh"]


def test_what_changed_elsewhere_does_not_matter(at_hand: Desk):
    model = at_hand / "model"
    (model / "README.md").write_text("changed")
    (model / "model.safetensors").unlink()
    (model / "added.py").write_text("import os")
    at_hand.allows(f"model {PUB} --only config.json")
    at_hand.denies(f"model {PUB}")


def test_the_named_file_matters(at_hand: Desk):
    config = at_hand / "model" / "config.json"
    config.write_bytes(config.read_bytes().swapcase())
    found = at_hand.denies(f"model {PUB} --only config.json")
    assert set(found.rules) == {CHANGED}
    assert found.files == {"config.json"}
    at_hand.allows(f"model {PUB} --only onnx")


def test_a_named_file_that_is_gone_is_missing(at_hand: Desk):
    (at_hand / "model" / "config.json").unlink()
    assert MISSING in at_hand.denies(f"model {PUB} --only config.json").rules


def test_a_file_added_to_a_named_directory_is_refused(at_hand: Desk):
    (at_hand / "model" / "onnx" / "evil.sh").write_text("x")
    assert set(at_hand.denies(f"model {PUB} --only onnx").rules) == {EXTRA}


def test_a_file_that_nobody_signed_is_refused(at_hand: Desk):
    (at_hand / "model" / "added.py").write_text("import os")
    assert EXTRA in at_hand.denies(f"model {PUB} --only added.py").rules


def test_an_empty_file_that_nobody_speaks_of_is_refused_when_it_is_asked_for(at_hand: Desk):
    (at_hand / "model" / "empty").touch()
    found = at_hand.denies(f"model {PUB} --only empty")
    assert found.rules in ([EXTRA], [UNSIGNED])


@pytest.mark.parametrize("path", ["nowhere", "config", "config.json/x", "CONFIG.JSON", "onnx/run"])
def test_a_path_that_is_neither_there_nor_signed_gives_no_verdict(at_hand: Desk, path: str):
    """A verdict about no file at all would be an allow."""
    done = at_hand.call(f"verify model {PUB} --only {path}")
    assert_refused(done, 3, "no file that may be signed at")
    done = at_hand.call(f"verify model {PUB} --only config.json --only {path}")
    assert_refused(done, 3, "no file that may be signed at")


@pytest.mark.parametrize("path", ["..", "../model", "/etc/passwd", ".", "onnx/../config.json"])
def test_a_path_out_of_the_artifact_is_refused(at_hand: Desk, path: str):
    assert at_hand.call(f"verify model {PUB} --only {path}").exit_code in (2, 3)


def test_a_file_that_its_signer_left_out_is_not_vouched_for(whole: Desk):
    whole.do("sign model --key alice.key --ignore config.json")
    whole.allows(f"model {PUB}")
    assert whole.call(f"verify model {PUB} --only config.json").exit_code in (3, 10)
    (whole / "model" / ".git").mkdir()
    (whole / "model" / ".git" / "config").write_text("x")
    assert whole.call(f"verify model {PUB} --only .git/config").exit_code in (3, 10)


def test_a_directory_with_files_that_its_signer_left_out_is_not_vouched_for(desk: Desk):
    desk.model()
    desk.key("alice")
    (desk / "model" / "onnx" / "model.txt").write_text("good")
    desk.do("sign model --key alice.key --ignore onnx/run.sh")
    (desk / "model" / "onnx" / "run.sh").write_text("evil")
    found = desk.denies("model --key alice.pub --only onnx")
    assert (found.rules, found.files) == (["AIV-INTEGRITY-UNSIGNED"], {"onnx/run.sh"})


def test_a_file_that_one_of_two_signers_left_out_is_refused_when_it_is_asked_for(whole: Desk):
    whole.key("bob")
    whole.do("sign model --key bob.key -o bob.sig --ignore config.json")
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("alice", "bob")]
    whole.profile({"signers": signers, "threshold": 2})
    words = "model --profile aiverify.yaml --signature model/model.sig --signature bob.sig"
    whole.allows(f"{words} --only onnx")
    assert UNSIGNED in whole.denies(f"{words} --only config.json").rules


def test_unsigned_files_that_are_accepted_leave_the_signed_ones_to_be_verified(whole: Desk):
    (whole / "model" / "onnx" / "notes.txt").write_text("x")
    found = whole.allows(f"model {PUB} --only onnx --ignore-unsigned")
    assert found.rules == [UNSIGNED]
    (whole / "model" / "onnx" / "run.sh").write_text("x")
    whole.denies(f"model {PUB} --only onnx --ignore-unsigned")


def test_the_digest_is_that_of_the_whole(whole: Desk):
    root = str(root_of(whole / "model"))
    assert whole.allows(f"model {PUB} --only onnx").report["artifact"]["digest"] == root
    assert root in whole.do(f"verify model {PUB} --only onnx")
    (whole / "model" / "onnx" / "run.sh").write_text("x")
    assert whole.denies(f"model {PUB} --only onnx").report["artifact"]["digest"] == root


def test_an_attestation_is_bound_to_the_whole(whole: Desk):
    (whole / "p.json").write_text("{}")
    whole.do("attest model --type custom --predicate p.json --key alice.key -o a.json")
    whole.model("other", {"config.json": b"{}"})
    whole.do("attest other --type custom --predicate p.json --key alice.key -o b.json")
    words = f"model {PUB} --only onnx --require custom --attestation"
    whole.allows(f"{words} a.json")
    whole.denies(f"{words} b.json")


@pytest.mark.parametrize("name", ["tiny.tar", "tiny.bundle"])
@pytest.mark.parametrize("way", ["", "--hash blake3", "--shard-size 40"])
def test_a_part_of_a_bundle_is_verified_with_its_sbom(whole: Desk, name: str, way: str):
    whole.do(f"bundle model model -o {name}")
    whole.do(f"sign {name} --key alice.key {way}")
    found = whole.allows(f"{name} {PUB} --only onnx --require sbom")
    assert names(found) == ["onnx/run.sh"]
    assert [step["outcome"] for step in found.report["steps"]][5] == "pass"
    assert whole.call(f"verify {name} {PUB} --only nowhere").exit_code == 3


def test_another_part_of_a_bundle_may_be_broken(whole: Desk):
    whole.do("bundle model model -o tiny.bundle")
    whole.do("sign tiny.bundle --key alice.key")
    digest = manifest_of(MODEL).by_name["README.md"].digest
    blob = Forger(whole / "tiny.bundle").blob(str(digest))
    blob.write_bytes(blob.read_bytes().swapcase())
    whole.allows(f"tiny.bundle {PUB} --only onnx")
    assert CHANGED in whole.denies(f"tiny.bundle {PUB} --only README.md").rules


def test_a_part_of_an_adapter_needs_whoever_an_adapter_needs(desk: Desk, story: Story):
    """Which kind an artifact is cannot be told from its weights, and must not be guessed."""
    story.copy(story.adapter, desk / "lora")
    for owner in ("release", "safety"):
        desk.key(owner)
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("release", "safety")]
    kinds = {"adapter": {"signers": ["safety"]}}
    desk.profile({"signers": signers, "kinds": kinds}, contents={"unread": "warn"})
    desk.do("sign lora --key release.key")
    words = "lora --profile aiverify.yaml"
    assert desk.denies(words).step == "signatures"
    assert desk.denies(f"{words} --only adapter_model.safetensors").step == "signatures"
    desk.do("sign lora --key safety.key -o safety.sig")
    words += " --signature lora/model.sig --signature safety.sig"
    desk.allows(words)
    desk.allows(f"{words} --only adapter_model.safetensors")


def test_no_summary_is_made_of_a_part(whole: Desk):
    whole.profile({"signers": [{"name": "alice", "keys": ["alice.pub"]}]})
    words = "verify model --profile aiverify.yaml --summary s.json --key alice.key --only onnx"
    assert whole.call(words).exit_code == 2
    assert not (whole / "s.json").exists()
