"""Running the tests of policies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aiverify.core.names import printable
from aiverify.errors import InputError, UsageError
from aiverify.policy.outline import outline
from aiverify.policy.testing import coverage
from aiverify.policy.testing.bench import run
from aiverify.policy.testing.bounded import BoundedBench
from aiverify.policy.testing.coverage import Coverage
from aiverify.policy.testing.suite import load_suite
from aiverify.policy.testing.trial import Case, Ending, Trial, find

NOT_AS_ASKED = 10


@dataclass(frozen=True, slots=True)
class Trials:
    """How the tests ended, by file and line.

    `coverage` is None if nobody asked; `threshold` is the percentage that it takes.
    """

    trials: tuple[Trial, ...]
    coverage: Coverage | None = None
    threshold: float = 0

    @property
    def counts(self) -> dict[Ending, int]:
        """How many tests ended in each way."""
        counted = Counter(trial.ending for trial in self.trials)
        return {ending: counted[ending] for ending in Ending}

    @property
    def is_below(self) -> bool:
        """Whether too few lines were run."""
        return self.coverage is not None and self.coverage.is_below(self.threshold)

    @property
    def exit_code(self) -> int:
        """0 if every test passed or was skipped, and enough lines were run; otherwise 10."""
        bad = self.counts[Ending.FAIL] + self.counts[Ending.ERROR]
        return NOT_AS_ASKED if bad or self.is_below else 0


def run_tests(
    names: Sequence[str], *, pattern: str = "", counting: bool = False, threshold: float = 0
) -> Trials:
    """Run the tests of policies: files, directories, or shipped rules by name or collection.

    Each may take as long, and as much memory, as a judgement.

    `pattern` is a regular expression, looked for in `data.PACKAGE.RULE`. A `threshold` above
    0, in percent, counts lines too.

    Raises:
        UsageError: no policy is named, or the pattern is no regular expression.
        InputError: a policy cannot be read, or no test is found.
        MalformedError: a policy does not compile, or calls what it may not.
    """
    wanted = _compiled(pattern)
    suite = load_suite(names)
    outlines = [outline(module) for module in suite.asked]
    cases = _chosen(find(outlines), wanted)
    counts = counting or threshold > 0
    with (
        BoundedBench(suite.policies, counting=counts) as bench,
        BoundedBench(suite.policies, counting=True) as tracer,
    ):
        trials = tuple(run(bench, cases, tracer))
        covered = coverage.count(bench.lines(), outlines) if counts else None
    return Trials(trials, covered, threshold)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UsageError(
            f"{printable(pattern)} is no regular expression: {error}",
            hint="Name part of a test, as in --run test_denies.",
        ) from error


def _chosen(cases: Sequence[Case], wanted: re.Pattern[str]) -> list[Case]:
    if not cases:
        raise InputError(
            "no test was found",
            hint="Write rules named test_... in a file that ends in _test.rego.",
        )
    chosen = [case for case in cases if wanted.search(case.query)]
    if not chosen:
        raise InputError(
            f"none of {len(cases)} tests matches {printable(wanted.pattern)}",
            hint="The pattern is looked for in data.PACKAGE.RULE.",
        )
    return chosen
