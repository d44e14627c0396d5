"""The demonstration's files with keys, signatures and bundles, made once and only read."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from aiverify.cli.demo.specimens import Specimens, make_all
from aiverify.cli.demo.story import PROFILE
from aiverify.core.artifact import Kind
from aiverify.files.progress import Silent
from aiverify.operations.bundle import BundleRequest, bundle_artifact
from aiverify.operations.unpack import unpack_bundle
from aiverify.signing.keys import PrivateKey, read_private
from tests.support.verifying import sign_with

ASSETS = Path(__file__).resolve().parents[1] / "assets"
OWNERS = ("release", "second", "stranger")


@dataclass(frozen=True)
class Story:
    """A directory with everything that the demonstration makes."""

    root: Path

    @property
    def specimens(self) -> Specimens:
        """The model, its adapter and the hostile twins."""
        return Specimens(self.root)

    @property
    def model(self) -> Path:
        """The model, signed by `release` in `model.sig`."""
        return self.specimens.model

    @property
    def adapter(self) -> Path:
        """The adapter, without a signature."""
        return self.specimens.adapter

    @property
    def model_tar(self) -> Path:
        """The model's bundle, signed and its SBOM and contents attested by `release`."""
        return self.root / "llama.tar"

    @property
    def model_layout(self) -> Path:
        """The same bundle as a directory."""
        return self.root / "llama.bundle"

    @property
    def adapter_tar(self) -> Path:
        """The adapter's bundle, pinned to the model, signed by `release`."""
        return self.root / "lora.tar"

    @property
    def unpacked(self) -> Path:
        """What comes out of the model's bundle."""
        return self.root / "unpacked"

    @property
    def profile(self) -> Path:
        """The demonstration's profile: `release` is trusted, an SBOM is required, all rules."""
        return self.root / "aiverify.yaml"

    def public(self, owner: str) -> Path:
        """Somebody's public key."""
        return self.root / f"{owner}.pub"

    def private(self, owner: str) -> Path:
        """Somebody's private key, without a password."""
        return self.root / f"{owner}.key"

    def key(self, owner: str) -> PrivateKey:
        """Somebody's private key, read."""
        return read_private(self.private(owner), lambda _: b"")

    def copy(self, source: Path, out: Path) -> Path:
        """A copy to be altered, of a directory or a file."""
        return Path(shutil.copytree(source, out) if source.is_dir() else shutil.copy(source, out))


def make_story(root: Path) -> Story:
    """Make everything below a new directory, with the keys of `tests/assets/keys`."""
    made = Story(root)
    make_all(root)
    for owner in OWNERS:
        for half in (".key", ".pub"):
            shutil.copyfile(ASSETS / "keys" / (owner + half), root / (owner + half))
    made.profile.write_text(PROFILE)
    release, silent = made.key("release"), Silent()
    sign_with(release, made.model)
    for out in (made.model_tar, made.model_layout):
        bundle_artifact(BundleRequest(made.model, out, Kind.MODEL, version="1.0"), silent)
        sign_with(release, out)
    request = BundleRequest(
        made.adapter, made.adapter_tar, Kind.ADAPTER, version="1.0", base=made.model
    )
    bundle_artifact(request, silent)
    sign_with(release, made.adapter_tar)
    unpack_bundle(made.model_tar, made.unpacked, silent)
    return made
