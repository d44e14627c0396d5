"""The story that `aiverify demo` tells: real commands, run one by one on the specimens."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from aiverify.cli.demo.registry import serving
from aiverify.core.jsonvalue import Json, pretty
from aiverify.files import output

REGISTRY = "REGISTRY"
"""What stands for the host of the demo's own registry."""

PROFILE = """\
apiVersion: aiverify.dev/profile/v1
trust:
  signers:
    - name: release
      keys: [release.pub]
require:
  sbom: true
policies:
  - aiverify:licence_allowlist
  - aiverify:no_pickled_weights
  - aiverify:base_pinned
  - aiverify:no_denied_cve
  - aiverify:signer_count
"""

RULE = """\
package policy

# No component may have a vulnerability of 2023.
default verify := false

verify if count(denied) == 0

denied contains vulnerability.id if {
\tsome vulnerability in input.vulnerabilities
\tglob.match("CVE-2023-*", [], vulnerability.id)
}
"""

TRAINING = """\
learning_rate: 2.0e-4
epochs: 3
seed: 42
"""

CHATS = '{"prompt": "Is it signed?", "answer": "Yes, and verified."}\n'

RUNNER_SBOM: dict[str, Json] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "components": [{"type": "library", "name": "example-runner", "version": "1.0"}],
    "vulnerabilities": [{"id": "CVE-2023-99999"}],
}


POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  containers:
    - name: server
      image: registry.example/runner:1
      volumeMounts: [{{name: model, mountPath: /model, readOnly: true}}]
  volumes:
    - name: model
      image: {{reference: "{host}/acme/{name}:1.0"}}
"""
"""A pod that mounts a model from the demonstration's registry."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A command, and what it is there to show. `about` names it in the last table, or is empty."""

    words: tuple[str, ...]
    why: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    scene: Scene
    exit_code: int
    output: str
    errors: str

    @property
    def reason(self) -> str:
        """The command's own last word: its error, or the line of its verdict."""
        errors = [line for line in self.errors.splitlines() if line.startswith("error: ")]
        if errors:
            return errors[0].removeprefix("error: ")
        verdict = self.output.rpartition("Verdict\n")[2].partition("  ")[2]
        return " ".join(verdict.split())


def _scene(line: str, why: str, about: str = "") -> Scene:
    return Scene(tuple(line.split()), why, about)


SCENES: tuple[Scene, ...] = (
    _scene("inspect llama", "What is in the model? Only headers are read."),
    _scene(
        "sbom llama -o llama.cdx.json --version 1.0 --author acme --supplier acme",
        "Its bill of materials, as CycloneDX.",
    ),
    _scene(
        "sbom score llama.cdx.json --elements ntia",
        "How much does it say of what authorities ask for?",
    ),
    _scene("bundle model llama -o llama.tar --version 1.0", "Pack it: an OCI image layout."),
    _scene(
        "bundle adapter llama-lora --base llama -o lora.tar --version 1.0",
        "Pack its adapter, which must fit the base and is pinned to it.",
    ),
    _scene("inspect llama-lora --base llama", "Does the adapter fit? Two headers tell."),
    _scene("keys generate -o release --quiet", "A key for the publisher."),
    _scene("sign llama --key release.key", "Sign the directory,"),
    _scene("sign llama.tar --key release.key", "the bundle,"),
    _scene("sign lora.tar --key release.key", "and the adapter's bundle."),
    _scene("verify llama --key release.pub", "The directory verifies.", "the model"),
    _scene(
        "verify llama.tar --profile aiverify.yaml",
        "The bundle, against trust and policies in one profile.",
        "the model's bundle",
    ),
    _scene(
        "verify lora.tar --profile aiverify.yaml",
        "The adapter, whose base its attested SBOM pins by digest.",
        "the adapter's bundle",
    ),
    _scene(
        "push llama.tar REGISTRY/acme/llama:1.0 --plain-http",
        "To a registry, here one that the demo runs: the SBOM and the signatures go along.",
    ),
    _scene(
        "verify REGISTRY/acme/llama:1.0 --profile aiverify.yaml --plain-http",
        "Verified where it is, without its weights,",
        "the model in a registry",
    ),
    _scene(
        "webhook review pod-with-llama.yaml --profile aiverify.yaml --plain-http",
        "and by what a cluster's webhook says of a pod that mounts it.",
    ),
    _scene(
        "pull REGISTRY/acme/llama:1.0 -o pulled --profile aiverify.yaml --plain-http",
        "and pulled: it has its name when it is whole and verified.",
    ),
    _scene(
        "bundle model llama --adapter llama-lora -o unit.tar --name llama-chat --version 1.0",
        "A model and its adapter, as one unit.",
    ),
    _scene("sign unit.tar --key release.key", "One signature covers both,"),
    _scene("push unit.tar REGISTRY/acme/chat:1.0 --plain-http", "they are pushed together,"),
    _scene(
        "verify REGISTRY/acme/chat:1.0 --profile aiverify.yaml --plain-http",
        "and verified together.",
        "a model with its adapter",
    ),
    _scene(
        "attest llama-lora --type provenance --builder https://ci.example.com/fine-tuning "
        "--base llama --dataset chats --parameters train.yaml --key release.key",
        "Who trained the adapter, on what, with which settings? That can be signed too,",
    ),
    _scene(
        "verify lora.tar --profile aiverify.yaml --require provenance "
        "--attestation llama-lora.provenance.sigstore.json",
        "and demanded: the directory and its bundle have one digest.",
        "an adapter with provenance",
    ),
    _scene(
        "verify llama.tar --profile aiverify.yaml --require provenance",
        "The model has none.",
        "a model without provenance",
    ),
    _scene(
        "verify llama --key release.pub --only model-00001-of-00002.safetensors",
        "A loader that is about to read one shard asks for that shard alone.",
        "one shard of the model",
    ),
    _scene("inspect llama/model.sig", "What does a signature say? Nothing of it is believed here."),
    _scene("trust show aiverify.yaml", "And who may sign?"),
    _scene("unpack llama.tar -o unpacked", "Unpack the bundle,"),
    _scene(
        "verify unpacked --key release.pub",
        "and what comes out verifies too: the digests are the same.",
        "the unpacked bundle",
    ),
    _scene(
        "verify llama-flipped-byte --key release.pub --signature llama/model.sig",
        "Somebody flipped one bit of a weight.",
        "a flipped byte",
    ),
    _scene(
        "verify llama-planted-file --key release.pub --signature llama/model.sig",
        "Somebody planted a Python file.",
        "a planted file",
    ),
    _scene(
        "inspect llama-with-pickle",
        "Somebody added weights that are a program: every name it would call is told.",
    ),
    _scene("sbom diff llama.cdx.json llama-with-pickle", "What is new in this one?"),
    _scene("sign llama-with-pickle --key release.key", "A careless publisher signs a pickle."),
    _scene(
        "verify llama-with-pickle --profile aiverify.yaml",
        "The signature holds, and the contents do not.",
        "a signed pickle",
    ),
    _scene("bundle model llama-with-pickle -o pickle.tar", "In a registry it is no better off:"),
    _scene("sign pickle.tar --key release.key", "what is in the files was attested when"),
    _scene("push pickle.tar REGISTRY/acme/pickle:1.0 --plain-http", "they were signed."),
    _scene(
        "verify REGISTRY/acme/pickle:1.0 --profile aiverify.yaml --plain-http",
        "So nobody needs the weights to refuse them.",
        "a signed pickle in a registry",
    ),
    _scene(
        "webhook review pod-with-pickle.yaml --profile aiverify.yaml --plain-http",
        "Nor does a cluster.",
    ),
    _scene("sign llama-with-template --key release.key", "So does a chat template,"),
    _scene(
        "verify llama-with-template --profile aiverify.yaml",
        "which is a program too.",
        "a signed template",
    ),
    _scene(
        "bundle adapter llama-lora-foreign --base llama -o foreign.tar",
        "An adapter for another base.",
        "an adapter for another base",
    ),
    _scene("keys generate -o stranger --quiet", "A stranger has a key as well,"),
    _scene("sign llama --key stranger.key -o stranger.sig", "and signs the very same model."),
    _scene(
        "verify llama --key release.pub --signature stranger.sig",
        "Nobody trusts the stranger.",
        "a stranger's signature",
    ),
    _scene(
        "policy eval --policy no_cve.rego --query data.policy.verify llama.cdx.json",
        "Any JSON can be judged by one Rego rule: this SBOM passes,",
        "an SBOM without CVEs",
    ),
    _scene(
        "policy eval --policy no_cve.rego --query data.policy.verify runner.cdx.json",
        "and this one names a vulnerability of 2023.",
        "an SBOM with a CVE",
    ),
)


def set_stage(root: Path) -> None:
    """Write what the commands need beside the specimens: a profile, a rule, an SBOM, data.

    Raises:
        OutputError: they cannot be written.
    """
    output.write(root / "aiverify.yaml", PROFILE.encode())
    output.write(root / "no_cve.rego", RULE.encode())
    output.write(root / "runner.cdx.json", pretty(RUNNER_SBOM).encode())
    output.write(root / "train.yaml", TRAINING.encode())
    (root / "chats").mkdir()
    output.write(root / "chats" / "chats.jsonl", CHATS.encode())


def perform(root: Path) -> Iterator[Result]:
    """Run each command in `root`, as a user would, in a process of its own."""
    with serving(root / "registry") as host:
        for name in ("llama", "pickle"):
            pod = POD.format(host=host, name=name)
            output.write(root / f"pod-with-{name}.yaml", pod.encode())
        for scene in SCENES:
            told = replace(scene, words=tuple(w.replace(REGISTRY, host) for w in scene.words))
            done = subprocess.run(  # noqa: S603 - our own command, and no shell
                [sys.executable, "-m", "aiverify", *told.words],
                cwd=root,
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
            yield Result(told, done.returncode, done.stdout, done.stderr)
