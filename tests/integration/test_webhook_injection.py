"""The injected container's own command line, run here, on volumes good and tampered with."""

from __future__ import annotations

import subprocess
import sysconfig
import venv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from aiverify.errors import UsageError
from aiverify.webhook.mutating.injection import VOLUMES, Injection, bundled
from tests.support.commands import PROJECT, Completed
from tests.support.desk import Desk
from tests.support.injected import DIGEST, expanded, ours, patched, pod, server

PROFILE = """\
apiVersion: aiverify.dev/profile/v1
trust:
  signers:
    - name: alice
      keys: [keys/alice.pub]
admission:
  modes:
    - mode: audit
      namespaces: [sandbox]
"""

RULE = """\
package main

import rego.v1

deny contains {"code": "no_cards", "msg": "it says EVIL$(HOME)"} if {
	some file in input.artifact.files
	file.name == "EVIL.md"
}
"""


@dataclass(frozen=True)
class Node:
    """A place to run containers: what the image has, and the volume of one claim."""

    desk: Desk
    image: Path
    volume: Path
    injection: Injection

    def start(self, model: str = "/models/llama", document: Any = None, **env: str) -> Completed:
        """Run the container that a pod with this model gets, as a kubelet would."""
        found = ours(document or patched(pod(server(model)), self.injection))
        words = [expanded(word) for word in (*found["command"], *found["args"])]
        words = [word.replace(f"{VOLUMES}/0", str(self.volume), 1) for word in words]
        stated = {item["name"]: expanded(item["value"]) for item in found["env"]}
        done = subprocess.run(
            words,
            cwd=self.volume,
            env={"PATH": str(self.image), **stated, **env},
            executable=self.image / words[0],
            capture_output=True,
            check=False,
            text=True,
        )
        return Completed(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a Python that has aiverify, and nothing of whoever runs the tests."""
    root = tmp_path_factory.mktemp("image")
    venv.create(root, symlinks=True, with_pip=False)
    (packages,) = root.glob("lib/python*/site-packages")
    installed = sysconfig.get_path("purelib")
    (packages / "image.pth").write_text(f"{PROJECT}\n{installed}\n")
    return root / "bin"


@pytest.fixture
def node(desk: Desk, image: Path) -> Node:
    """A node with a signed model on a volume, and a webhook's profile that trusts its signer."""
    desk.key("alice")
    desk.model()
    desk.do("sign model --key alice.key")
    volume = desk / "volume"
    volume.mkdir()
    (desk / "model").rename(volume / "llama")
    webhook = desk / "webhook"
    for name in ("keys", "rules"):
        (webhook / name).mkdir(parents=True)
    (desk / "alice.pub").rename(webhook / "keys" / "alice.pub")
    (webhook / "rules" / "cards.rego").write_text(RULE)
    (webhook / "aiverify.yaml").write_text(PROFILE)
    carried = bundled(webhook / "aiverify.yaml")
    return Node(desk, image, volume, Injection(f"registry.example/aiverify@{DIGEST}", carried))


def test_a_good_model_lets_the_server_start(node: Node):
    done = node.start()
    assert (done.exit_code, done.err) == (0, ""), done
    assert "llama" in done.out


def test_a_tampered_model_keeps_it_from_starting_and_says_why(node: Node):
    (node.volume / "llama" / "config.json").write_text("{}")
    done = node.start()
    assert done.exit_code == 10
    assert "AIV-INTEGRITY-CHANGED" in done.out
    assert "config.json" in done.out


def test_so_do_an_extra_file_a_lost_one_and_a_lost_signature(node: Node):
    model = node.volume / "llama"
    (model / "extra.py").write_text("import os")
    assert node.start().exit_code == 10
    (model / "extra.py").unlink()
    (model / "README.md").rename(node.volume / "README.md")
    assert node.start().exit_code == 10
    (node.volume / "README.md").rename(model / "README.md")
    assert node.start().exit_code == 0
    (model / "model.sig").unlink()
    assert node.start().exit_code == 10


def test_a_model_that_is_not_there_keeps_it_from_starting(node: Node):
    done = node.start("/models/other")
    assert done.exit_code == 3
    assert "other" in done.err


def test_somebody_elses_signature_does_not_count(node: Node):
    node.desk.key("mallory")
    model = node.volume / "llama"
    (model / "model.sig").unlink()
    model.rename(node.desk / "model")
    node.desk.do("sign model --key mallory.key")
    (node.desk / "model").rename(model)
    assert node.start().exit_code == 10


def test_the_policies_of_the_profile_judge_with_their_dollar_signs(node: Node):
    webhook = node.desk / "webhook" / "aiverify.yaml"
    webhook.write_text(PROFILE + "policies: [rules]\n")
    node = replace(node, injection=replace(node.injection, carried=bundled(webhook)))
    model = node.volume / "llama"
    model.rename(node.desk / "model")
    (node.desk / "model" / "EVIL.md").write_text("x")
    node.desk.do("sign model --key alice.key")
    (node.desk / "model").rename(model)
    done = node.start()
    assert done.exit_code == 10
    assert "EVIL$(HOME)" in done.out


@pytest.mark.parametrize("model", ["/models/current", "/models/current/llama", "/models/in/llama"])
def test_a_link_on_the_way_is_not_followed(node: Node, model: str):
    # It would lead somewhere else in the server's container than in this one.
    (node.volume / "current").symlink_to(node.volume / "llama")
    (node.volume / "in").symlink_to(".", target_is_directory=True)
    done = node.start(model)
    assert done.exit_code != 0
    assert "symbolic link" in done.err


@pytest.mark.parametrize("outside", ["absolute", "upwards"])
def test_a_signed_link_that_leads_out_and_back_is_not_followed(node: Node, outside: str):
    desk, model = node.desk, node.volume / "llama"
    model.rename(desk / "model")
    (desk / "model" / "link.json").symlink_to("config.json")
    (desk / "model" / "model.sig").unlink()
    desk.do("sign model --key alice.key --allow-symlinks")
    (desk / "model").rename(model)
    assert node.start().exit_code == 0
    (model / "link.json").unlink()
    ends = {"absolute": str(model / "config.json"), "upwards": "../llama/config.json"}
    (model / "link.json").symlink_to(ends[outside])
    done = node.start()
    assert done.exit_code == 10
    assert "link.json is a symbolic link" in done.err


def test_what_lies_beside_a_good_bundle_is_not_served_in_its_stead(node: Node):
    node.desk.do("bundle model volume/llama -o volume/bundle")
    node.desk.do("sign volume/bundle --key alice.key")
    assert node.start("/models/bundle").exit_code == 0
    (node.volume / "bundle" / "model.safetensors").write_bytes(b"evil")
    assert node.start("/models/bundle").exit_code != 0


def test_another_profile_than_the_one_of_the_digest_is_refused(node: Node):
    evil = node.injection.carried.replace("alice", "mallory", 1)
    document = patched(pod(), node.injection)
    ours(document)["env"][0]["value"] = evil
    done = node.start(document=document)
    assert (done.exit_code, done.out) == (10, "")
    assert "is not the one of sha256:" in done.err


def test_python_takes_nothing_from_the_environment_or_the_volume(node: Node):
    evil = "raise SystemExit(0)\n"
    for name in ("sitecustomize.py", "aiverify.py", "json.py"):
        (node.volume / name).write_text(evil)
    (node.volume / "llama" / "extra.bin").write_text("x")
    done = node.start(PYTHONPATH=str(node.volume), PYTHONSTARTUP=str(node.volume / "json.py"))
    assert done.exit_code == 10
    assert "AIV-INTEGRITY" in done.out


def test_one_bad_model_of_two_is_enough(node: Node):
    both = server(args=["--model", "/models/llama", "--lora-modules", "a=/models/adapter"])
    (node.volume / "adapter").mkdir()
    (node.volume / "adapter" / "adapter_config.json").write_text("{}")
    done = node.start(document=patched(pod(both), node.injection))
    assert done.exit_code == 10
    assert "adapter" in done.out


def test_nothing_to_verify_is_no_success(node: Node):
    document = patched(pod(), node.injection)
    ours(document)["args"] = ours(document)["args"][:1]
    assert node.start(document=document).exit_code == 2


def test_the_profile_is_carried_whole_and_without_what_it_says_of_admission(node: Node):
    carried = node.injection.carried
    assert "admission" not in carried
    assert "sandbox" not in carried
    profile = node.desk / "webhook" / "aiverify.yaml"
    profile.write_text(PROFILE.replace("sandbox", "other"))
    assert bundled(profile) == carried
    profile.write_text(PROFILE + "policies: [rules]\n")
    assert replace(node.injection, carried=bundled(profile)).digest != node.injection.digest


def test_a_profile_too_large_for_a_container_is_refused(node: Node):
    rules = node.desk / "webhook" / "rules"
    (rules / "long.rego").write_text("package long\n" + "# x\n" * (32 << 10))
    (rules.parent / "aiverify.yaml").write_text(PROFILE + "policies: [rules]\n")
    with pytest.raises(UsageError, match="a container can carry"):
        bundled(rules.parent / "aiverify.yaml")
