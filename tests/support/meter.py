"""Runs one command and says what it cost. Started by `processes.measure`, and tiny on purpose.

What a process is charged with begins as a copy of its parent: a child of a test run that
has grown to 200 MB reports a peak of 200 MB. This parent stays below any budget.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main(report: str, words: list[str]) -> int:
    """Run the words, write their cost to the file `report`, and end as they ended."""
    begin = time.perf_counter()
    child = os.posix_spawn(words[0], words, os.environ)
    _, status, usage = os.wait4(child, 0)
    cost = {
        "seconds": time.perf_counter() - begin,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }
    with open(report, "x") as file:  # noqa: PTH123 - pathlib alone would double the size
        json.dump(cost, file)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
