"""The program that asks hayward, in a process of its own: a path a line in, findings out.

It is run by its path, and imports nothing of ours.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

PROCESSOR_SECONDS = 5.0
"""For one file. Past them the system ends this process, whatever hayward is doing."""

MEMORY = 2 << 30
MEMBER = 64 << 20
"""Bytes that it may unpack of one member of an archive."""


def main() -> None:
    """Answer until there are no more questions."""
    # macOS knows the first limit and refuses to set it.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_PROF, PROCESSOR_SECONDS)
        answer = json.dumps(_ask(Path(line.rstrip("\n"))))
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


def _ask(path: Path) -> list[dict[str, object]] | str:
    """The findings on a file, or the name of what it failed with."""
    try:
        from hayward import ModelFileScanner, is_coverage_gap

        scanner = ModelFileScanner()  # type: ignore[no-untyped-call]
        scanner.MAX_ZIP_MEMBER_BYTES = MEMBER
        found = scanner.scan_file(path)
        return [
            {
                "rule": str(item.rule_id),
                "severity": str(item.severity.value),
                "message": str(item.message)[:1000],
                "cwe": [int(number) for number in item.cwe_ids[:1]],
                "member": str(item.metadata.get("zip_member", ""))[:200],
            }
            for item in found
            if not is_coverage_gap(item)
        ]
    except Exception as error:  # noqa: BLE001 - foreign code may fail in any way
        return type(error).__name__


if __name__ == "__main__":
    main()
