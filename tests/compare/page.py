"""The page that says how the scanners compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tests.corpus.sample import Label

if TYPE_CHECKING:
    from tests.compare.__main__ import Case, Result

HEAD = """# Side by side with other scanners

Written by `make compare`, which makes the corpus in `tests/corpus` anew, installs each scanner
in an environment of its own and runs all of them over the same folders in one run. A folder
counts as caught when the scanner's own command line would call it unsafe. The corpus is ours,
so it holds what we know of: a scanner that looks for other things is not judged by it.
"""


def page(cases: Sequence[Case], results: Sequence[Result]) -> str:
    """The whole page, in Markdown."""
    names = [result.scanner.package.replace("==", " ") or "aiverify" for result in results]
    return "\n".join(
        (
            HEAD,
            "## Caught, of the malicious and malformed\n",
            *_table(["format", "samples", *names], _caught(cases, results)),
            "## False alarms, of the benign\n",
            *_table(["files", "samples", *names], _alarms(cases, results)),
            "## What else\n",
            *_table(["", *names], _rest(cases, results)),
            "*Refused* counts hostile folders that are caught or that the scanner says it could "
            "not read: unread is not clean.\n",
        )
    )


def _caught(cases: Sequence[Case], results: Sequence[Result]) -> Iterator[list[str]]:
    hostile = [case for case in cases if case.label is not Label.BENIGN]
    for family in dict.fromkeys(case.family for case in hostile):
        yield _row(family, [case for case in hostile if case.family == family], results)
    yield _row("**all**", hostile, results)


def _alarms(cases: Sequence[Case], results: Sequence[Result]) -> Iterator[list[str]]:
    benign = [case for case in cases if case.label is Label.BENIGN]
    real = [case for case in benign if case.family == "real models"]
    yield _row("benign samples of the corpus", [c for c in benign if c not in real], results)
    yield _row("real models", real, results)


def _row(name: str, cases: Sequence[Case], results: Sequence[Result]) -> list[str]:
    counts = (sum(result.said[case.folder] == "unsafe" for case in cases) for result in results)
    return [name, str(len(cases)), *map(str, counts)]


def _rest(cases: Sequence[Case], results: Sequence[Result]) -> Iterator[list[str]]:
    hostile = [case for case in cases if case.label is not Label.BENIGN]

    def count(test: Callable[[str], bool], among: Sequence[Case]) -> list[str]:
        return [str(sum(test(result.said[case.folder]) for case in among)) for result in results]

    yield ["refused, of the hostile", *count(lambda said: said != "safe", hostile)]
    yield ["crashes", *count(lambda said: said.startswith("crash"), cases)]
    yield ["seconds", *(f"{result.seconds:.1f}" for result in results)]


def _table(head: Sequence[str], rows: Iterator[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
