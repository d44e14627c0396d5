"""An adapter with its base at hand: does it fit, and is it the base that is meant?"""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import Facts, FileFacts, Role, Tensor
from aiverify.core.finding import Severity
from aiverify.core.report import Report, StepName, Verdict
from aiverify.errors import UsageError
from aiverify.files.progress import Silent
from aiverify.operations.examine import identify, look_into
from aiverify.operations.verify import VerifyRequest, Whom, verify_target
from aiverify.verify.base import hold_against
from tests.support.story import Story
from tests.support.weights import safetensors_bytes


def verified(story: Story, path: Path, base: Path | None) -> Report:
    request = VerifyRequest(path, Whom((str(story.public("release")),)), base=base)
    return verify_target(request, Silent())


def found(report: Report) -> set[tuple[str, Severity]]:
    return {(item.rule, item.severity) for item in report.findings}


def root_digest(path: Path) -> str:
    return str(identify(look_into(path)).manifest.root)


@pytest.fixture
def small_base(tmp_path: Path) -> Path:
    """A model with one weight, which calls itself something else."""
    folder = tmp_path / "small"
    folder.mkdir()
    weights = safetensors_bytes({"model.norm.weight": ("F32", (4,))})
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "README.md").write_text("---\nmodel_name: other/small\n---\n# Small\n")
    return folder


def test_an_adapter_on_the_base_that_its_sbom_pins_is_allowed(story: Story) -> None:
    report = verified(story, story.adapter_tar, story.model)

    assert report.verdict is Verdict.ALLOW
    assert report.base
    assert report.base["fits"] is True
    assert report.base["pairs"] == 4
    assert report.base["digest"] == root_digest(story.model)


def test_a_base_with_one_bit_flipped_is_not_the_one_that_is_pinned(story: Story) -> None:
    report = verified(story, story.adapter_tar, story.specimens.flipped_byte)

    assert report.verdict is Verdict.DENY
    assert found(report) == {("AIV-ADAPTER-BASE", Severity.ERROR)}
    assert report.steps[4].name is StepName.CONTENTS


def test_a_base_that_it_does_not_fit_is_refused_by_the_tensors_name(
    story: Story, small_base: Path
) -> None:
    report = verified(story, story.adapter_tar, small_base)

    assert report.verdict is Verdict.DENY
    assert ("AIV-ADAPTER-FIT", Severity.ERROR) in found(report)
    first = next(item for item in report.findings if item.rule == "AIV-ADAPTER-FIT")
    assert "lora_A" in first.place


def test_a_base_of_another_name_is_told_and_not_refused(story: Story, small_base: Path) -> None:
    contents = look_into(story.adapter)
    named = hold_against(contents.files, contents.description, small_base)
    assert ("AIV-ADAPTER-BASE", Severity.WARNING) in {
        (item.rule, item.severity) for item in named.fit.findings
    }


def test_a_base_for_what_is_no_adapter_is_a_mistake(story: Story) -> None:
    with pytest.raises(UsageError, match="is no adapter"):
        verified(story, story.model, story.model)


def test_without_a_base_nothing_is_said_of_one(story: Story) -> None:
    assert verified(story, story.adapter_tar, None).base is None


def test_a_base_is_hashed_only_when_somebody_asks(story: Story) -> None:
    contents = look_into(story.adapter)
    base = hold_against(contents.files, contents.description, story.model)
    assert base.reference.digest == ""
    assert base.hashed(Silent()).reference.digest == root_digest(story.model)


def test_a_remark_alone_is_no_misfit(story: Story) -> None:
    contents = look_into(story.adapter)
    tensors = Tensor("base_model.model.classifier.weight", "f32", (2, 2))
    extra = FileFacts("more.safetensors", 1, Facts("safetensors", Role.WEIGHT, tensors=(tensors,)))
    base = hold_against((*contents.files, extra), contents.description, story.model)
    assert base.fit.fits is False
