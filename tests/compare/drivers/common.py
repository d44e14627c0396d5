"""What every driver does: a folder in, one answer out, with the seconds that it took.

Only the standard library is used, as this runs in other scanners' environments.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

SAFE, UNSAFE, UNKNOWN = "safe", "unsafe", "unknown"


def drive(scan: Callable[[str], str]) -> None:
    """Ask a scanner about every folder named on standard input."""
    folders = json.load(sys.stdin)
    out = sys.stdout
    sys.stdout = sys.stderr
    for folder in folders:
        started = time.perf_counter()
        try:
            said = scan(folder)
        except BaseException as error:  # noqa: BLE001 - a crash is an answer too
            said = f"crash: {type(error).__name__}"
        out.write(
            json.dumps({"folder": folder, "said": said, "seconds": time.perf_counter() - started})
            + "\n"
        )
        out.flush()
