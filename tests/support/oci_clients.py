"""Other people's clients of registries: oras, crane, skopeo and cosign."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.commands import Completed
from tests.support.processes import start
from tests.support.registries.registry import Registry
from tests.support.services.tools import tool, why_not

_BUILT = ("oras", "crane", "cosign", "cosign2")


def program(name: str) -> Path | None:
    """Where a client is: where `.ci/go-tools` builds it, or on the path; None if nowhere."""
    if os.access(tool(name), os.X_OK):
        return tool(name).resolve()
    found = shutil.which(name)
    return Path(found) if found else None


def why_no(name: str) -> str:
    """Why a test that needs a client is skipped; nothing if the client is there."""
    if program(name):
        return ""
    return why_not(name) if name in _BUILT else f"no {name}: install Debian's package of that name"


def client(name: str, *words: str | Path, at: Registry, cwd: Path) -> Completed:
    """Run a client with a registry's credentials and root, and with nothing of the user's.

    Args:
        name: The client; a test without it is skipped.
        words: Its command line. Whether it speaks TLS is part of that: see `transport`.
        at: The registry.
        cwd: Where it runs, and its home.
    """
    found = program(name)
    if found is None:
        pytest.skip(why_no(name))
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "COSIGN_PASSWORD": "",
        "DOCKER_CONFIG": str(at.config),
        "REGISTRY_AUTH_FILE": str(at.config / "config.json"),
    }
    if at.ca:
        env["SSL_CERT_FILE"] = str(at.ca)
    return start(found, *words, cwd=cwd, env=env)


def transport(name: str, at: Registry, side: str = "") -> list[str]:
    """The options by which a client reaches a registry.

    Args:
        name: The client.
        at: The registry.
        side: Where a command has two ends, which of them: "from-" or "to-" for oras, "src-" or
            "dest-" for skopeo.
    """
    if name == "oras":
        return [f"--{side}ca-file", str(at.ca)] if at.ca else [f"--{side}plain-http"]
    if name == "skopeo":
        return [f"--{side}cert-dir", str(at.ca.parent)] if at.ca else [f"--{side}tls-verify=false"]
    if name == "crane":
        return [] if at.ca else ["--insecure"]
    return [] if at.ca else ["--allow-http-registry"]


@dataclass(frozen=True)
class Copier:
    """A client that copies whole artifacts between a registry and an OCI layout.

    `push` and `pull` make its words of a registry, a layout with a tag in it, and a repository
    with a tag, `acme/llama:1`. A pull's layout is a folder that is not there yet.
    """

    name: str
    push: Callable[[Registry, Path, str], list[str]]
    pull: Callable[[Registry, str, Path], list[str]]


def tagged(bundle: Path, tag: str, folder: Path) -> Path:
    """A layout that has a bundle's artifact and nothing else, under a tag; it shares the bytes.

    Args:
        bundle: A bundle that is a directory.
        tag: The tag, as `org.opencontainers.image.ref.name`.
        folder: The new layout.
    """
    shutil.copytree(bundle, folder, copy_function=os.link)
    index = json.loads((folder / "index.json").read_bytes())
    first = index["manifests"][0]
    first["annotations"] = {"org.opencontainers.image.ref.name": tag}
    (folder / "index.json").unlink()
    (folder / "index.json").write_text(json.dumps({**index, "manifests": [first]}))
    return folder


def _oras_push(to: Registry, layout: Path, name: str) -> list[str]:
    source = f"{layout}:{_tag(name)}"
    ends = ["copy", "--from-oci-layout", source, f"{to.host}/{name}"]
    return [*ends, *transport("oras", to, "to-"), "--no-tty"]


def _oras_pull(at: Registry, name: str, layout: Path) -> list[str]:
    ends = ["copy", "--to-oci-layout", f"{at.host}/{name}", f"{layout}:{_tag(name)}"]
    return [*ends, *transport("oras", at, "from-"), "--no-tty"]


def _skopeo_push(to: Registry, layout: Path, name: str) -> list[str]:
    ends = [f"oci:{layout}:{_tag(name)}", f"docker://{to.host}/{name}"]
    return ["--insecure-policy", "copy", *transport("skopeo", to, "dest-"), *ends]


def _skopeo_pull(at: Registry, name: str, layout: Path) -> list[str]:
    ends = [f"docker://{at.host}/{name}", f"oci:{layout}:{_tag(name)}"]
    return ["--insecure-policy", "copy", *transport("skopeo", at, "src-"), *ends]


def _crane_push(to: Registry, layout: Path, name: str) -> list[str]:
    return ["push", *transport("crane", to), str(layout), f"{to.host}/{name}"]


def _crane_pull(at: Registry, name: str, layout: Path) -> list[str]:
    return ["pull", "--format=oci", *transport("crane", at), f"{at.host}/{name}", str(layout)]


def _tag(name: str) -> str:
    return name.rpartition(":")[2]


COPIERS = (
    Copier("oras", _oras_push, _oras_pull),
    Copier("skopeo", _skopeo_push, _skopeo_pull),
    Copier("crane", _crane_push, _crane_pull),
)
"""crane pushes a layout that has one manifest only, whatever its tag."""
