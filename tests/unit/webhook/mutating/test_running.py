"""What the injected container's program refuses before it verifies, and keeps from others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.errors import AiverifyError, DeniedError, UsageError
from aiverify.webhook.mutating.injection import CARRIED
from aiverify.webhook.mutating.running import run
from tests.support.commands import environment


@pytest.mark.parametrize("words", [[], ["sha256:x"]])
def test_nothing_to_verify_is_an_error(words: list[str]) -> None:
    with pytest.raises(UsageError):
        run(words, {})


@pytest.mark.parametrize("given", [{}, {CARRIED: "{}"}, {CARRIED: "\udcff"}])
def test_a_profile_of_another_digest_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(DeniedError, match="is not the one"):
        run([str(Digest.of(b"[]")), "/x"], given)


def test_a_broken_profile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AiverifyError):
        run([str(Digest.of(b"[]")), str(tmp_path)], {CARRIED: "[]"})


def test_others_of_the_same_user_cannot_look_into_it_and_python_takes_no_variables() -> None:
    program = (
        "import ctypes, os\n"
        "from aiverify.webhook.mutating import running\n"
        "libc = ctypes.CDLL(None)\n"
        "print(libc.prctl(3), 'PYTHONPATH' in os.environ)\n"
        "running.main()\n"
        "print(libc.prctl(3), 'PYTHONPATH' in os.environ)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1", "True", "0", "False"]
