"""aiverify: unsafe where `inspect` exits with 3 or 10, unknown where a file is unread."""

from pathlib import Path

from common import SAFE, UNKNOWN, UNSAFE, drive

from aiverify.core.facts import State
from aiverify.operations.inspect import inspect_target


def scan(folder: str) -> str:
    result = inspect_target(Path(folder))
    if result.exit_code:
        return UNSAFE
    states = {item.state for item in result.contents.files}
    return UNKNOWN if State.UNREAD in states else SAFE


drive(scan)
