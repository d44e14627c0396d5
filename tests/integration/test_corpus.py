"""Every labelled sample is seen for what it is, and no real model raises an alarm."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.core.facts import FileFacts, State
from aiverify.core.finding import Finding, Severity
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.look import look
from aiverify.operations.examine import look_into
from tests.corpus import real
from tests.corpus.everything import EVERYTHING, write
from tests.corpus.sample import Label, Sample

HOSTILE = tuple(sample for sample in EVERYTHING if sample.label is not Label.BENIGN)
BENIGN = tuple(sample for sample in EVERYTHING if sample.label is Label.BENIGN)


def seen(sample: Sample, folder: Path) -> tuple[FileFacts, tuple[Finding, ...]]:
    """The facts of a sample's own file, and all that was found beside it as well."""
    write(sample, folder)
    contents = look_into(folder)
    own = next(item for item in contents.files if item.name == sample.file)
    return own, contents.findings


def errors(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("sample", HOSTILE, ids=lambda sample: sample.name)
def test_a_hostile_sample_is_never_clean(sample: Sample, tmp_path: Path) -> None:
    own, findings = seen(sample, tmp_path)
    assert own.state is sample.state is not State.CLEAN
    assert sample.rule in {finding.rule for finding in findings} or sample.state is State.UNREAD


@pytest.mark.parametrize("sample", BENIGN, ids=lambda sample: sample.name)
def test_a_benign_sample_raises_no_alarm(sample: Sample, tmp_path: Path) -> None:
    own, findings = seen(sample, tmp_path)
    assert errors(findings) == []
    assert own.state is sample.state


def test_the_corpus_is_large_and_no_sample_is_there_twice() -> None:
    labels = Counter(sample.label for sample in EVERYTHING)
    assert labels[Label.MALICIOUS] + labels[Label.MALFORMED] >= 150
    assert labels[Label.BENIGN] >= 30
    assert len({sample.name for sample in EVERYTHING}) == len(EVERYTHING)
    bytes_of = [
        (sample.file, Digest.of(sample.make()), *sorted(sample.beside)) for sample in HOSTILE
    ]
    twice = [item for item, count in Counter(bytes_of).items() if count > 1]
    assert [str(item) for item in twice] == []


def look_at_real(path: Path) -> FileFacts:
    return look(Member(path.name, Extent.of_file(path)))


@pytest.mark.parametrize("path", [*real.kept(), *real.installed()], ids=lambda path: path.name)
def test_a_real_file_raises_no_alarm(path: Path) -> None:
    assert errors(look_at_real(path).facts.findings) == []


@pytest.mark.skipif(not real.REAL, reason=real.HOW)
def test_no_real_model_of_the_wheels_raises_an_alarm() -> None:
    files = list(real.fetched())
    assert len(files) > 400
    alarms = {
        str(path): [finding.message for finding in found]
        for path in files
        if (found := errors(look_at_real(path).facts.findings))
    }
    assert alarms == {}
