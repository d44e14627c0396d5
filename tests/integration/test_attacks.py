"""What somebody tries who may write to a directory, a bundle or a signature, and has no key."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aiverify.core import mediatypes
from tests.support.artifacts import Forger
from tests.support.commands import Completed, call


def verify(stage: Path, target: str, *words: str) -> Completed:
    return call("verify", target, *(words or ("--key", "release.pub")), cwd=stage)


def report(stage: Path, target: str, *words: str) -> dict:
    done = verify(stage, target, *(words or ("--key", "release.pub")), "--format", "json")
    return json.loads(done.out)


@pytest.fixture
def forger(stage: Path) -> Forger:
    """The signed bundle as a directory, to be altered."""
    return Forger(stage / "llama.bundle")


def test_a_bundle_laid_over_a_directory_does_not_hide_its_loose_files(stage: Path):
    """One directory would be a bundle to us, and loose files to whoever loads it."""
    shutil.copytree(stage / "llama.bundle", stage / "llama", dirs_exist_ok=True)
    (stage / "llama" / "config.json").write_text("{}")
    done = verify(stage, "llama")
    assert (done.exit_code, done.out) == (3, "")
    assert "which is no part of one" in done.err
    for words in (("sign", "llama", "--key", "release.key"), ("inspect", "llama")):
        assert call(*words, cwd=stage).exit_code == 3


def test_a_git_folder_in_a_bundle_is_refused_by_every_command(stage: Path, forger: Forger):
    """Git would run what its configuration says, once the bundle is unpacked."""
    name = ".git/config"
    forger.layer(
        lambda layer: layer["annotations"].update(
            {mediatypes.FILEPATH: name, mediatypes.TITLE: name}
        )
    )
    for words in (("verify", "llama.bundle", "--key", "release.pub"), ("inspect", "llama.bundle")):
        assert call(*words, cwd=stage).exit_code == 3
    done = call("unpack", "llama.bundle", "-o", "out", cwd=stage)
    assert (done.exit_code, (stage / "out").exists()) == (3, False)


def test_a_file_added_to_a_bundle_under_an_ignored_name_is_extra(stage: Path, forger: Forger):
    """A directory may hold what its signer ignored. A bundle is made without it."""
    blob = forger.put(b"* text=auto\n")

    def add(manifest: dict) -> None:
        annotations = dict.fromkeys((mediatypes.FILEPATH, mediatypes.TITLE), ".gitattributes")
        layer = {**manifest["layers"][0], **blob}
        manifest["layers"].append({**layer, "annotations": annotations})

    forger.manifest(add)
    signature = ("--signature", "llama/model.sig")
    found = report(stage, "llama.bundle", "--key", "release.pub", *signature)
    rules = {finding["rule"] for step in found["steps"] for finding in step["findings"]}
    assert (found["verdict"], "AIV-INTEGRITY-EXTRA" in rules) == ("deny", True)


def test_a_file_that_its_signer_ignored_says_nothing_to_policies(stage: Path):
    """The card would state the licence that a rule asks for."""
    (stage / "llama" / "model.sig").unlink()
    call("sign", "llama", "--key", "release.key", "--ignore", "README.md", cwd=stage)
    found = report(
        *(stage, "llama", "--key", "release.pub", "--policy", "aiverify:licence_allowlist")
    )
    assert found["verdict"] == "deny"
    names = [file["name"] for file in found["artifact"]["files"]]
    assert "README.md" not in names


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        (mediatypes.TITLE, "meta-llama/Official", "name"),
        (mediatypes.VERSION, "9.9", "version"),
        (mediatypes.KIND, "component", "kind"),
    ],
)
def test_a_bundles_unsigned_annotations_are_reported_and_not_believed(
    stage: Path, forger: Forger, key: str, value: str, what: str
):
    index = json.loads((forger.root / "index.json").read_bytes())
    old = index["manifests"][0]
    forger.manifest(lambda manifest: manifest["annotations"].update({key: value}))
    new = json.loads((forger.root / "index.json").read_bytes())["manifests"][0]
    for at in (1, 2, 3):  # what was attached keeps speaking of it
        forger.manifest(
            lambda manifest: manifest["subject"].update(digest=new["digest"], size=new["size"]),
            at=at,
        )
    assert new["digest"] != old["digest"]
    found = report(stage, "llama.bundle")
    assert found["artifact"][what] != value
    messages = [f["message"] for step in found["steps"] for f in step["findings"]]
    assert any(f"nobody signed the bundle's {what}" in message for message in messages)


def test_one_signer_of_two_attests_no_sbom(stage: Path):
    """The threshold is for claims as well as for files."""
    profile = (
        "apiVersion: aiverify.dev/profile/v1\n"
        "trust:\n  threshold: 2\n  signers:\n"
        "    - {name: a, keys: [release.pub]}\n    - {name: b, keys: [stranger.pub]}\n"
        "require: {sbom: true}\n"
    )
    (stage / "two.yaml").write_text(profile)
    assert report(stage, "llama.tar", "--profile", "two.yaml")["verdict"] == "deny"
    assert call("sign", "llama.tar", "--key", "stranger.key", cwd=stage).exit_code == 0
    assert report(stage, "llama.tar", "--profile", "two.yaml")["verdict"] == "allow"


def test_a_signer_vouches_for_no_sbom_that_says_more_than_the_files(stage: Path):
    """An invented component is no lie about a file, and nobody here has checked it."""
    call("bundle", "model", "llama-lora", "-o", "plain", cwd=stage)
    forged = Forger(stage / "plain")
    manifest = json.loads((forged.root / "index.json").read_bytes())["manifests"][1]
    layer = json.loads(forged.blob(manifest["digest"]).read_bytes())["layers"][0]
    document = json.loads(forged.blob(layer["digest"]).read_bytes())
    document["components"].append({"type": "library", "name": "safe", "version": "1"})
    blob = forged.put(json.dumps(document).encode())
    forged.manifest(lambda found: found["layers"][0].update(blob), at=1)
    done = call("sign", "plain", "--key", "release.key", cwd=stage)
    assert done.exit_code == 0, done.err
    assert "attested   what is in it; its SBOM is not vouched for" in done.out
    steps = {step["name"]: step for step in report(stage, "plain")["steps"]}
    assert steps["sbom"]["detail"] == "no attested SBOM"


def test_two_names_for_one_layer_are_refused(stage: Path, forger: Forger):
    forger.layer(lambda layer: layer["annotations"].update({mediatypes.TITLE: "other.json"}))
    done = verify(stage, "llama.bundle")
    assert (done.exit_code, "to some tools and" in done.err) == (3, True)


def test_a_signature_never_replaces_a_key_or_anothers_signature(stage: Path):
    before = (stage / "release.pub").read_bytes(), (stage / "llama" / "model.sig").read_bytes()
    for words in (("--key", "release.key", "-o", "release.pub"), ("--key", "stranger.key")):
        assert call("sign", "llama", *words, cwd=stage).exit_code == 2
    after = (stage / "release.pub").read_bytes(), (stage / "llama" / "model.sig").read_bytes()
    assert after == before


def test_a_bundle_that_multiplies_when_it_is_unpacked_is_refused(stage: Path, forger: Forger):
    large = forger.put(bytes(40 << 20))

    def repeat(manifest: dict) -> None:
        first = manifest["layers"][0]
        manifest["layers"] = [
            {
                **first,
                **large,
                "annotations": dict.fromkeys((mediatypes.FILEPATH, mediatypes.TITLE), f"f{at}"),
            }
            for at in range(20)
        ]

    forger.manifest(repeat)
    done = call("unpack", "llama.bundle", "-o", "out", cwd=stage)
    assert (done.exit_code, "would unpack to" in done.err) == (3, True)


def test_an_empty_password_file_encrypts_nothing_and_is_refused(stage: Path):
    (stage / "empty").write_text("\n")
    done = call("keys", "generate", "-o", "new", "--password-file", "empty", "-q", cwd=stage)
    assert (done.exit_code, (stage / "new.key").exists()) == (2, False)


def test_an_empty_word_is_not_the_working_directory(stage: Path):
    """A variable that is not set would verify whatever lies there."""
    assert call("verify", "", "--key", "../release.pub", cwd=stage / "llama").exit_code == 2


@pytest.mark.parametrize(
    "line",
    [
        "sbom llama -o llama/config.json",
        "verify llama --key release.pub -o release.pub",
        "verify llama --profile aiverify.yaml -o aiverify.yaml",
        "inspect llama -o llama/report.txt",
    ],
)
def test_a_result_never_takes_the_place_of_an_input(stage: Path, line: str):
    before = {path: path.read_bytes() for path in stage.rglob("*") if path.is_file()}
    assert call(*line.split(), cwd=stage).exit_code == 2
    assert {path: path.read_bytes() for path in stage.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("path", ["onnx", "onnx/", "./onnx"])
def test_a_path_is_ignored_with_all_below_it(stage: Path, path: str):
    (stage / "llama" / "model.sig").unlink()
    (stage / "llama" / "onnx").mkdir()
    (stage / "llama" / "onnx" / "x.txt").write_text("x")
    assert call("sign", "llama", "--key", "release.key", cwd=stage).exit_code == 0
    assert verify(stage, "llama", "--key", "release.pub", "--ignore", path).exit_code == 0
