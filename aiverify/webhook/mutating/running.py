"""What the injected container runs: `aiverify verify`, for each path, by the profile it carries.

    python -I -m aiverify.webhook.mutating.running sha256:<of the profile> PATH...

It exits as `aiverify verify` does: with 0 where everything is allowed, and else with the first
other code. The pod's other containers do not start before that is 0.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiverify.core.digest import Digest
from aiverify.core.names import printable
from aiverify.errors import AiverifyError, DeniedError, InputError, UsageError
from aiverify.webhook.mutating.carrying import unpacked
from aiverify.webhook.mutating.injection import CARRIED

_NOT_DUMPABLE = (4, 0)
"""prctl(2): PR_SET_DUMPABLE, 0."""


def run(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Verify each path, print the reports, and return the code to exit with.

    Raises:
        UsageError: there is nothing to verify.
        DeniedError: the profile is not the one of that digest.
        MalformedError: the profile is broken.
    """
    if len(words) < 2:
        raise UsageError("no profile's digest and no path is given, so nothing is verified")
    digest, paths = words[0], words[1:]
    carried = environment.get(CARRIED, "")
    if str(Digest.of(carried.encode("utf-8", "surrogateescape"))) != digest:
        raise DeniedError(f"the profile in {CARRIED} is not the one of {printable(digest)}")
    with tempfile.TemporaryDirectory() as folder:
        profile = unpacked(carried, Path(folder))
        codes = [_verified(path, profile) for path in paths]
    return next((code for code in codes if code), 0)


def _verified(path: str, profile: Path) -> int:
    from aiverify.files.progress import Silent
    from aiverify.operations.verify import VerifyRequest, verify_target
    from aiverify.render import table

    try:
        _refuse_links(path)
        report = verify_target(VerifyRequest(Path(path), profile=profile, offline=True), Silent())
    except AiverifyError as error:
        return _said(error)
    sys.stdout.write(table.report(report))
    return report.exit_code


def _refuse_links(path: str) -> None:
    """Refuse what may lead somewhere else in the container that uses the model.

    A link is followed from where the volume is mounted, and that differs between the two.

    Raises:
        DeniedError: the path has a link in it, or below it is one that leads out of it.
        InputError: a directory cannot be read.
    """
    root = Path(path)
    if os.path.realpath(root) != os.path.normpath(root):
        raise DeniedError(f"{printable(path)} leads through a symbolic link")
    if not root.is_dir():
        return
    for folder, directories, files in os.walk(root, onerror=_stop):
        for name in (*directories, *files):
            link = Path(folder) / name
            if link.is_symlink() and not _stays_in(root, link):
                shown = printable(str(link))
                raise DeniedError(f"{shown} is a symbolic link that may lead out of {path}")


def _stays_in(root: Path, link: Path) -> bool:
    """Whether a link never leaves the directory, not even to come back."""
    target = link.readlink()
    depth = len(link.parent.relative_to(root).parts)
    for part in target.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return False
    return not target.is_absolute()


def _stop(error: OSError) -> None:
    shown = printable(str(error.filename))
    raise InputError(f"{shown} cannot be read: {error.strerror}") from error


def _said(error: AiverifyError) -> int:
    sys.stderr.write(f"error: {printable(error.message)}\n")
    if error.hint:
        sys.stderr.write(f"  hint: {printable(error.hint)}\n")
    return error.exit_code


def _close_to_others() -> None:
    """Keep other processes of the same user from looking into this one, or changing it.

    Whoever may run a command in the container is such a process. Those that this one starts are
    Python too, and take nothing from the environment either.
    """
    import ctypes

    ctypes.CDLL(None).prctl(*_NOT_DUMPABLE)
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        del os.environ[name]


def main() -> int:
    """Run with this process's words and environment. Anything but 0 keeps the model from use."""
    _close_to_others()
    try:
        return run(sys.argv[1:], os.environ)
    except AiverifyError as error:
        return _said(error)


if __name__ == "__main__":
    sys.exit(main())
