"""What signers and verifiers are given: an artifact and a copy that was altered, keys, services."""

from __future__ import annotations

import json
import shutil
from itertools import product
from pathlib import Path

import yaml

from aiverify.core.digest import Digest
from aiverify.core.manifest import Manifest
from aiverify.files.stream import digest_all
from aiverify.files.tree import list_tree
from aiverify.signing import keys, oms
from tests.support.artifacts import MODEL, write_tree
from tests.support.commands import call
from tests.support.interop import own_ca
from tests.support.released import flipped
from tests.support.services.real import RealSigstore
from tests.support.services.tools import cosign

ALICE = "alice@example.com"
PASSWORD = "secret"
FILE = "model.safetensors"


SIGNERS = ("aiverify", "model_signing", "cosign 3", "cosign 2")
"""Who signs with keys. Each has keys of its own: a log takes no signature twice."""


def key_name(signer: str, algorithm: str) -> str:
    """What the files of a signer's key are called."""
    return f"{signer.replace(' ', '')}-{algorithm}"


class Artifact:
    """A model in a directory, and a file of it that is signed by itself."""

    def __init__(self, model: Path) -> None:
        self.model = model
        self.file = model.parent / FILE
        shutil.copy2(model / FILE, self.file)

    def root(self, *, directory: bool) -> Digest:
        """The OMS root digest of the one or the other."""
        return self.manifest(directory=directory).root

    def manifest(self, *, directory: bool) -> Manifest:
        """The files of the one or the other."""
        files = Manifest.of(digest_all(list_tree(self.model).members))
        return files if directory else files.only(frozenset({FILE}))


class Ground:
    """A folder with everything in it, and the services.

    Attributes:
        folder: Where it all lies.
        sigstore: The running services.
        good: The artifact that is signed.
        altered: The same with one byte changed in the file.
    """

    def __init__(self, folder: Path, sigstore: RealSigstore) -> None:
        self.folder = folder
        self.sigstore = sigstore
        self.good = Artifact(write_tree(folder / "good/model", MODEL))
        file = MODEL[FILE]
        self.altered = Artifact(
            write_tree(folder / "altered/model", {**MODEL, FILE: flipped(file)})
        )
        for signer, algorithm in product(SIGNERS, keys.ALGORITHMS):
            name = key_name(signer, algorithm)
            self._aiverify("keys", "generate", "--curve", algorithm, "-o", name)
            if signer.startswith("cosign"):
                self._import(name)
        self._aiverify("keys", "generate", "-o", "own")
        for artifact, name in ((self.good, "good"), (self.altered, "altered")):
            self._aiverify("sign", artifact.file, "--key", "own.key", "-o", f"{name}/own.sig")
        self._aiverify("sbom", self.good.file, "-o", "sbom.json")
        provenance = {
            "buildDefinition": {
                "buildType": "https://acme.example/train",
                "externalParameters": {"epochs": 1},
            },
            "runDetails": {"builder": {"id": "https://acme.example/builder"}},
        }
        self.write("provenance.json", provenance)
        for directory in (True, False):
            name = "model" if directory else FILE
            says = oms.build(name, self.good.manifest(directory=directory), ())
            (folder / f"statement.{directory:d}.json").write_bytes(says.to_bytes())
        self._certify()
        self.no_services = sigstore.signing_config(log=False, timestamps=False)

    def write(self, name: str, document: object) -> Path:
        """Write a JSON document."""
        path = self.folder / name
        path.write_text(json.dumps(document))
        return path

    def statement(self, *, directory: bool) -> Path:
        """The OMS statement of the directory or the file, for tools that sign statements."""
        return self.folder / f"statement.{directory:d}.json"

    def own_signature(self, artifact: Artifact) -> Path:
        """A signature of the artifact's file by a key of its own, beside attestations."""
        return artifact.file.with_name("own.sig")

    def token(self, name: str) -> Path:
        """A new token in a file."""
        path = self.folder / f"{name}.token"
        path.write_text(self.sigstore.token(ALICE))
        return path

    def demanding_profile(self, key: str) -> Path:
        """A profile that trusts a key if log and timestamp saw its signature, and `own.pub`."""
        signers = [
            {"name": "it", "keys": [f"{key}.pub"], "logged": True, "timestamped": True},
            {"name": "own", "keys": ["own.pub"]},
        ]
        path = self.folder / f"{key}.yaml"
        whole = {
            "apiVersion": "aiverify.dev/profile/v1",
            "trust": {"signers": signers},
            "contents": {"unread": "warn"},
        }
        path.write_text(yaml.safe_dump(whole))
        return path

    def _certify(self) -> None:
        for name in own_ca.write(self.folder, ("p256", "p384")):
            self._import(name)

    def _import(self, name: str) -> None:
        """The same key in cosign's own form, which is the only one that it signs with."""
        words = ("import-key-pair", "--key", f"{name}.key", "--output-key-prefix", f"{name}.cosign")
        done = cosign(*words, cwd=self.folder, password=PASSWORD)
        assert done.exit_code == 0, done.err

    def _aiverify(self, *words: str | Path) -> None:
        done = call(*words, cwd=self.folder)
        assert done.exit_code == 0, done.err
