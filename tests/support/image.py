"""The image for clusters, built and run as by a node: by its own user, on a fixed root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.commands import PROJECT, Completed

BASE = PROJECT / ".venv" / "base"
"""A tree of files with Python, as `.ci/base` makes one."""

USER = 65532

_PIP = ("/etc/pip.conf", "~/.config/pip/pip.conf", "~/.pip/pip.conf")

# In a mount namespace of its own, which ends with the program.
_BOX = """
mount --bind "$1" "$1"
mount -o remount,ro,bind "$1"
mount -t tmpfs tmpfs "$1/tmp"
mount -t proc proc "$1/proc"
mount --bind /dev "$1/dev"
root="$1"
desk=tmp/desk
mkdir "$root/$desk"
mount --bind "$2" "$root/$desk"
user="$3"
shift 3
exec chroot --userspec="$user:$user" "$root" /usr/bin/env -i --chdir="/$desk" "$@"
"""


def why_no_image() -> str:
    """Why there is none; nothing if one can be built."""
    if os.geteuid() != 0:
        return "only root can build the image and run it without a node"
    if shutil.which("buildah") is None:
        return "no buildah: apt-get install buildah"
    if not (BASE / "usr/local/bin/python").is_symlink():
        return f"no base at {BASE}: make it with .ci/base .venv/base"
    alone = ["unshare", "--mount", "--propagation", "private", "true"]
    if subprocess.run(alone, capture_output=True, check=False).returncode != 0:
        return "this machine gives nobody mounts of their own: run it where unshare --mount works"
    return ""


@dataclass(frozen=True)
class Image:
    """An image, as what is stored says of it, and its tree of files."""

    config: Mapping[str, Any]
    root: Path

    def boxed(self, work: Path, *words: str) -> list[str]:
        """A command line that runs a command of the image's, which sees nothing else but `work`.

        That is its user's from then on.
        """
        os.chown(work, USER, USER)
        env = [*self.config["Env"], "LANG=C.UTF-8"]
        box = ["unshare", "--mount", "--propagation", "private", "sh", "-e", "-c", _BOX, "box"]
        return [*box, str(self.root), str(work), str(USER), *env, *words]

    def run(self, work: Path, *words: str) -> Completed:
        """Run one to its end."""
        done = subprocess.run(
            self.boxed(work, *words), capture_output=True, text=True, check=False, timeout=300
        )
        return Completed(done.returncode, done.stdout, done.stderr)


@contextmanager
def image(folder: Path) -> Iterator[Image]:
    """The image that `.ci/Containerfile` describes, on a base of this machine's making."""
    env = {**os.environ, "BUILDAH_ISOLATION": "chroot"}
    store = ["--root", str(folder / "store"), "--runroot", str(folder / "run")]

    def buildah(*words: str | Path) -> str:
        line = ["buildah", *store, *map(str, words)]
        done = subprocess.run(
            line, cwd=PROJECT, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout.strip()

    base = buildah("from", "scratch")
    buildah("add", "--quiet", base, BASE, "/")
    buildah("commit", "--quiet", base, "localhost/base")
    settings = [path for path in (Path(name).expanduser() for name in _PIP) if path.exists()]
    mounts = [word for path in settings[-1:] for word in ("--volume", f"{path}:/etc/pip.conf:ro")]
    words = ["--network", "host", *mounts, "--build-arg", "BASE=localhost/base"]
    buildah("bud", *words, "--file", ".ci/Containerfile", "--tag", "localhost/aiverify", ".")
    container = buildah("from", "localhost/aiverify")
    try:
        told = json.loads(buildah("inspect", "--type", "image", "localhost/aiverify"))
        yield Image(told["OCIv1"]["config"], Path(buildah("mount", container)))
    finally:
        buildah("umount", "--all")
        buildah("rm", "--all")
