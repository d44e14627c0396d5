"""Opening a target and saying what it is, and the time that goes into what is written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aiverify.core.artifact import Kind
from aiverify.errors import DeniedError, MalformedError, UsageError
from aiverify.files.progress import Silent
from aiverify.operations import clock
from aiverify.operations.examine import identify, look_into, refuse_misfit
from aiverify.operations.inspect import inspect_target
from aiverify.operations.sbom import sbom_document
from aiverify.verify.base import hold_against
from tests.support import artifacts
from tests.support.story import Story


@pytest.mark.parametrize(
    ("path", "kind"),
    [("model", Kind.MODEL), ("adapter", Kind.ADAPTER), ("adapter_tar", Kind.ADAPTER)],
)
def test_a_target_is_what_its_files_or_its_bundle_say(story: Story, path: str, kind: Kind):
    assert look_into(getattr(story, path)).kind is kind


def test_every_form_of_an_artifact_shows_the_same_facts(story: Story):
    forms = (story.model, story.model_tar, story.model_layout, story.unpacked)
    one, *others = (look_into(path) for path in forms)
    for other in others:
        assert (other.files, other.description) == (one.files, one.description)


def test_a_directorys_signature_is_left_out_and_told(story: Story):
    assert look_into(story.model).tree.ignored == ("model.sig",)
    assert look_into(story.adapter).tree.ignored == ()


def test_an_artifact_is_identified_by_all_of_its_bytes(story: Story):
    honest, flipped = (
        identify(look_into(path)).manifest.root
        for path in (story.model, story.specimens.flipped_byte)
    )
    assert honest != flipped


def test_an_adapter_fits_its_base_and_no_other(story: Story):
    own, foreign = look_into(story.adapter), look_into(story.specimens.foreign_adapter)
    refuse_misfit(hold_against(own.files, own.description, story.model), own.target)
    misfit = hold_against(foreign.files, foreign.description, story.model)
    with pytest.raises(DeniedError, match=r"\(and 3 more\)"):
        refuse_misfit(misfit, foreign.target)


@pytest.mark.parametrize(
    ("path", "base", "exit_code"),
    [("model", False, 0), ("adapter", True, 0), ("foreign_adapter", True, 10)],
)
def test_an_inspection_ends_with_the_code_of_what_it_found(
    story: Story, path: str, base: bool, exit_code: int
):
    target = getattr(story.specimens, path)
    assert inspect_target(target, story.model if base else None).exit_code == exit_code


def test_an_inspection_of_a_file_that_contradicts_itself_is_bad_input(tmp_path: Path):
    tree = artifacts.write_tree(tmp_path / "tiny", {"a.safetensors": bytes(8)})
    assert inspect_target(tree).exit_code == 3
    with pytest.raises(MalformedError) as caught:
        look_into(tree).refuse_malformed()
    assert caught.value.hint


def test_an_sbom_is_the_same_on_every_run_but_for_its_time(
    story: Story, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    documents = [sbom_document(path, Silent()) for path in (story.model, story.unpacked)]
    assert documents[0] == documents[1]
    assert documents[0]["metadata"]["timestamp"] == "1970-01-01T00:00:00Z"


def test_the_stated_time_wins_over_the_present(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert clock.now() == datetime(1970, 1, 2, tzinfo=UTC)
    assert clock.file_time() == "1970-01-02T00:00:00Z"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert clock.stated() is None
    assert clock.file_time() == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize("text", ["", "now", "1.5", "9" * 30, "-" + "9" * 30])
def test_a_stated_time_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        clock.stated()
