"""Step 5: each file is clean, flagged or unread, and unread is not clean."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.artifact import Kind
from aiverify.core.finding import Severity
from aiverify.core.globals import Allowlist
from aiverify.core.moments import of_nanoseconds
from aiverify.core.report import Outcome, StepName, Verdict
from aiverify.core.waiver import Waiver
from tests.support.artifacts import MODEL
from tests.support.verifying import NOW, context, found, signed_tree, step_of, up_to, verified

ERROR, WARNING = Severity.ERROR, Severity.WARNING
UNREAD, PICKLE, MALFORMED, SHARDS = (
    "AIV-CONTENT-UNREAD",
    "AIV-PICKLE-DANGEROUS",
    "AIV-FORMAT-MALFORMED",
    "AIV-CONTENT-SHARDS",
)
DAY = timedelta(days=1)
LATER = of_nanoseconds(NOW) + DAY
A_PICKLE = b"\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R."


def contents(root: Path, files: dict[str, bytes], unread: Severity = ERROR):
    """The step's result for a model with these files beside its own, as it was signed."""
    tree = signed_tree(root / "tiny", {**MODEL, **files})
    return up_to(StepName.CONTENTS, tree, context(unread=unread))


def test_files_that_readers_know_are_clean(tmp_path: Path):
    step, evidence = contents(tmp_path, {})
    assert (step.outcome, step.detail, step.findings) == (Outcome.PASS, "5 clean", ())
    assert evidence.artifact is not None
    assert evidence.artifact.kind is Kind.MODEL
    assert {item.value for item in evidence.description.licences} == {"apache-2.0"}


@pytest.mark.parametrize(("weight", "outcome"), [(ERROR, Outcome.DENY), (WARNING, Outcome.PASS)])
def test_the_profile_weighs_a_file_that_nobody_reads(tmp_path: Path, weight, outcome):
    step, _ = contents(tmp_path, {"weights.enc": bytes(range(256))}, weight)
    assert (step.outcome, step.detail) == (outcome, "5 clean, 1 unread")
    assert found(step) == [(UNREAD, weight, "weights.enc")]


def test_a_signed_pickle_that_runs_a_command_denies_whatever_the_profile_makes_of_unread(
    tmp_path: Path,
):
    step, _ = contents(tmp_path, {"pytorch_model.bin": A_PICKLE}, WARNING)
    assert step.outcome is Outcome.DENY
    assert found(step) == [(PICKLE, ERROR, "pytorch_model.bin")]


def test_a_profile_may_allow_what_a_pickle_imports(tmp_path: Path):
    pickle = b"\x80\x02cacme.models\nNet\n)\x81."
    tree = signed_tree(tmp_path / "tiny", {**MODEL, "net.pkl": pickle})
    for allowed, outcome in (
        (["acme.models.Net"], Outcome.PASS),
        (["acme.*"], Outcome.PASS),
        (["acme.models.Other"], Outcome.DENY),
        (["acme.mod.*"], Outcome.DENY),
        ([], Outcome.DENY),
    ):
        given = context(unread=ERROR, globals=Allowlist.of(allowed))
        step, _ = up_to(StepName.CONTENTS, tree, given)
        assert step.outcome is outcome, allowed


def excepting(rule: str = PICKLE, **given: Any) -> Waiver:
    members = {"artifact": "**", "reason": "r", "until": LATER, "file": "a.bin"}
    return Waiver(**{"rule": rule, **members, **given})


@pytest.mark.parametrize(
    ("waiver", "outcome", "rules"),
    [
        (excepting(), Outcome.PASS, [PICKLE]),
        (excepting(file=""), Outcome.PASS, [PICKLE]),
        (excepting(file="b.bin"), Outcome.DENY, [PICKLE, "AIV-EXCEPTION-UNUSED"]),
        (excepting(MALFORMED), Outcome.DENY, [PICKLE, "AIV-EXCEPTION-UNUSED"]),
        (excepting(until=LATER - DAY), Outcome.DENY, [PICKLE, "AIV-EXCEPTION-EXPIRED"]),
        (excepting(artifact="other"), Outcome.DENY, [PICKLE]),
        (excepting("p.*", file=""), Outcome.DENY, [PICKLE]),
    ],
)
def test_a_profile_may_make_an_exception_for_a_file(
    tmp_path: Path, waiver: Waiver, outcome: Outcome, rules: list[str]
):
    tree = signed_tree(tmp_path / "tiny", {**MODEL, "a.bin": A_PICKLE})
    step, evidence = up_to(StepName.CONTENTS, tree, context(waivers=(waiver,)))
    assert (step.outcome, [item.rule for item in step.findings]) == (outcome, rules)
    if outcome is Outcome.PASS:
        assert step.findings[0].severity is Severity.NOTE
        assert evidence.until == waiver.until


def test_an_exception_holds_for_bytes_and_not_for_a_signature(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny", {**MODEL, "a.bin": A_PICKLE})
    (tree / "a.bin").write_bytes(A_PICKLE + b"N.")
    report = verified(tree, waivers=(excepting(file=""),))
    assert report.verdict is Verdict.DENY
    assert step_of(report, StepName.INTEGRITY).outcome is Outcome.DENY


BROKEN = {
    "truncated": ("model-x.safetensors", b"\xff\xff"),
    "lying": ("model-x.safetensors", (1 << 40).to_bytes(8, "little") + b"{}"),
    "index": ("model.safetensors.index.json", b"{"),
    "settings": ("tokenizer_config.json", b"{"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_breaks_its_format_denies(tmp_path: Path, case: str):
    name, data = BROKEN[case]
    step, _ = contents(tmp_path, {name: data}, WARNING)
    assert (MALFORMED, ERROR, name) in found(step)
    assert step.outcome is Outcome.DENY


def test_a_model_card_that_cannot_be_read_is_flagged_and_loads_nothing(tmp_path: Path):
    step, _ = contents(tmp_path, {"README.md": b"---\nlicense: [\n---\n"})
    assert (step.outcome, found(step)) == (Outcome.PASS, [(MALFORMED, WARNING, "README.md")])


def test_an_index_that_names_a_missing_shard_denies(tmp_path: Path):
    index = {"weight_map": {"lm_head.weight": "model-00001-of-00001.safetensors"}}
    name = "model.safetensors.index.json"
    step, _ = contents(tmp_path, {name: json.dumps(index).encode()})
    assert (step.outcome, found(step)) == (Outcome.DENY, [(SHARDS, ERROR, name)])


def test_all_that_is_wrong_is_reported_at_once(tmp_path: Path):
    name, data = BROKEN["lying"]
    step, _ = contents(tmp_path, {"a.bin": A_PICKLE, name: data, "weights.enc": bytes(9)})
    assert {rule for rule, _, _ in found(step)} == {PICKLE, UNREAD, MALFORMED}


def test_contents_that_were_refused_are_shown_to_no_policy(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny", {**MODEL, "a.bin": A_PICKLE})
    report = verified(tree, unread=ERROR)
    assert report.verdict is Verdict.DENY
    assert step_of(report, StepName.POLICY).detail == "not reached"


def test_a_hostile_name_is_escaped_in_every_message(tmp_path: Path):
    step, _ = contents(tmp_path, {"a\n\x1b[31m.enc": bytes(range(256))})
    (finding,) = step.findings
    assert "a\\x0a\\x1b[31m.enc was not looked into" in finding.message
