"""Reports as the pipeline makes them, made by hand for the views of them."""

from __future__ import annotations

from aiverify.core.artifact import Artifact, Kind
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding, Severity
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.report import Outcome, Report, Step, StepName, Verdict

HOSTILE = (
    "a]]>&<\"'{0}[click](https://evil.example)\\](b)\x00\x1b[2J\u202e\ufffe\udce9é"
    "%0A::error::no\r\n::stop-commands::x\u2028,b=c:d"
)
"""What an attacker would like to be shown: each view has something here that could break it."""

ENDS = {
    Verdict.ALLOW: Outcome.PASS,
    Verdict.DENY: Outcome.DENY,
    Verdict.ERROR: Outcome.ERROR,
}


def finding(message: str = "was changed", *, rule: str = "main.deny", **given: str) -> Finding:
    """A finding that denies, unless another severity is given."""
    severity = Severity(given.pop("severity", "error"))
    return Finding(rule, severity, message, **given)


def report(
    *findings: Finding,
    verdict: Verdict = Verdict.DENY,
    target: str = "llama",
    files: tuple[str, ...] = ("config.json", "model.safetensors"),
) -> Report:
    """A report whose contents step found that, and came to the verdict."""
    entries = (Entry(name, Digest.of(name.encode()), 1) for name in files)
    after = Outcome.PASS if verdict is Verdict.ALLOW else Outcome.SKIPPED
    return Report(
        target,
        Artifact(Kind.MODEL, "llama", "1.0", Manifest.of(entries)) if files else None,
        (
            Step(StepName.RESOLVE, Outcome.PASS, "directory"),
            Step(StepName.CONTENTS, ENDS[verdict], "2 files", findings),
            Step(StepName.POLICY, after, "the rest"),
        ),
        verdict,
    )


def hostile() -> Report:
    """A report in which an attacker chose every text that he could."""
    texts = {"file": HOSTILE, "place": HOSTILE, "fix": HOSTILE}
    found = [
        finding(HOSTILE, rule=f"main.{HOSTILE}", severity=item.value, **texts) for item in Severity
    ]
    return report(*found, target=f"{HOSTILE}/llama")
