"""hayward beside us: when it is asked, what it is given, and what comes of its answer."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aiverify.core.finding import Finding, Severity
from aiverify.core.globals import Global
from aiverify.core.jsonvalue import Json
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats import second_opinion
from aiverify.formats.hayward import process as hayward_process
from aiverify.formats.hayward import worker as hayward_worker
from aiverify.formats.look import look_inside
from aiverify.formats.second_opinion import plain_name, prepare
from tests.support.archive_files import PICKLE, zip_file
from tests.support.looking import look_at
from tests.support.weights import safetensors_bytes


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """Names and bytes that hayward is given; it finds nothing."""
    seen: list[tuple[str, bytes]] = []

    def ask(path: Path) -> list[Json]:
        seen.append((path.name, path.read_bytes()))
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        return []

    monkeypatch.setattr(hayward_process, "ask", ask)
    return seen


def answer(monkeypatch: pytest.MonkeyPatch, *answers: Json) -> None:
    monkeypatch.setattr(hayward_process, "ask", lambda _: list(answers))


def opinion(folder: Path, name: str = "m.pkl", data: bytes = PICKLE) -> list[Finding]:
    path = folder / "content"
    path.write_bytes(data)
    return consult(Member(name, Extent.of_file(path)))


def consult(member: Member, imported: tuple[Global, ...] = ()) -> list[Finding]:
    """What hayward says of a file in which we found these imports, and nothing else."""
    with member.extent.open() as source:
        facts = replace(look_inside(member.name, source), globals=imported)
        return list(second_opinion.second_opinion(member, facts, source))


@pytest.fixture
def fresh() -> Iterator[None]:
    """No process from before, and none left behind."""
    hayward_process.stop()
    yield
    hayward_process.stop()


def test_a_known_attack_is_an_error_with_hayward_s_rule(tmp_path: Path) -> None:
    (finding,) = opinion(tmp_path)
    assert (finding.rule, finding.severity) == ("AIV-SCANNER-HAYWARD", Severity.ERROR)
    assert finding.message.startswith("hayward: ")
    assert "[MFV-PICKLE-001]" in finding.message
    assert finding.cwe == "CWE-502"
    assert finding.fix


def test_a_member_of_an_archive_is_the_place(tmp_path: Path) -> None:
    (finding,) = opinion(tmp_path, "all.zip", zip_file({"a/m.pkl": PICKLE}))
    assert finding.place == "a/m.pkl"


def test_what_we_read_to_the_last_byte_is_not_asked_about(
    tmp_path: Path, asked: list[tuple[str, bytes]]
) -> None:
    for name, data in {
        "m.safetensors": safetensors_bytes({}),
        "a.txt": b"a\n",
        "c.json": b"{}",
        "m.py": b"A = 1\n",
        "empty": b"",
    }.items():
        opinion(tmp_path, name, data)
    assert asked == []


def test_it_is_given_the_very_bytes_under_a_plain_name(
    tmp_path: Path, asked: list[tuple[str, bytes]]
) -> None:
    path = tmp_path / "blob"
    path.write_bytes(b"before" + PICKLE + b"behind")
    extent = Extent.of_file(path).part(6, len(PICKLE))
    consult(Member("sub/../we ird\x1b.PKL", extent))
    consult(Member("saved_model.pb", extent))
    assert asked == [("we_ird_.PKL", PICKLE), ("saved_model.pb", PICKLE)]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a/b.pkl", "b.pkl"),
        ("-rf.pkl", "rf.pkl"),
        ("..", "file"),
        ("a/", "file"),
        ("ü" * 5000 + ".pt", "_" * 97 + ".pt"),
    ],
)
def test_a_name_is_made_plain_and_keeps_its_end(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_a_file_that_is_too_large_is_not_asked_about(
    tmp_path: Path, asked: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_opinion, "MAX_BYTES", len(PICKLE) - 1)
    opinion(tmp_path, "m.pkl", PICKLE)
    assert asked == []


def test_it_is_never_given_what_it_would_call_another_program_for(
    tmp_path: Path, asked: list[tuple[str, bytes]]
) -> None:
    opinion(tmp_path, "m.7z", PICKLE)
    opinion(tmp_path, "m.7Z", b"\xf1\xf2")
    assert asked == []


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("critical", [Severity.ERROR]),
        ("high", [Severity.ERROR]),
        ("medium", [Severity.WARNING]),
        ("low", []),
        ("info", []),
        ("unheard of", []),
    ],
)
def test_severities_are_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, severity: str, expected: list[Severity]
) -> None:
    answer(monkeypatch, {"rule": "MFV-X", "severity": severity, "message": "x", "cwe": []})
    found = opinion(tmp_path)
    assert [finding.severity for finding in found] == expected
    assert all(finding.cwe == "CWE-506" for finding in found)


def test_of_a_pickle_that_our_lists_allow_it_can_only_remark(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes(PICKLE)
    allowed = (Global("os.system", "byte 2", invoked=True),)
    (finding,) = consult(Member("m.pkl", Extent.of_file(path)), allowed)
    assert (finding.rule, finding.severity) == ("AIV-SCANNER-HAYWARD", Severity.WARNING)


def test_a_program_in_an_archive_is_a_file_and_weighs_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: dict[str, Json] = {"rule": "MFV-EXEC-001", "severity": "high", "message": "x"}
    answer(monkeypatch, {**known, "member": "a.so"}, {**known, "member": ""})
    assert [item.severity for item in opinion(tmp_path)] == [Severity.WARNING, Severity.ERROR]


def test_an_answer_cannot_write_to_the_terminal_and_nonsense_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, None, 1, "x", {"severity": "high", "message": "\x1b[2J", "rule": "\n"})
    (finding,) = opinion(tmp_path)
    assert finding.message.isprintable()


def test_the_copy_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []

    def ask(path: Path) -> list[Json]:
        seen.append(path)
        raise hayward_process.NoAnswerError("no")

    monkeypatch.setattr(hayward_process, "ask", ask)
    (finding,) = opinion(tmp_path)
    assert (finding.rule, finding.severity) == ("AIV-SCANNER-FAILED", Severity.WARNING)
    assert not seen[0].parent.exists()


def test_one_process_answers_many_questions(tmp_path: Path, fresh: None) -> None:
    for _ in range(3):
        assert opinion(tmp_path)
    assert len(hayward_process._workers) == 1


def test_a_process_whose_answer_nobody_heard_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    def interrupt(_text: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(hayward_process.json, "loads", interrupt)
        with pytest.raises(KeyboardInterrupt):
            hayward_process.ask(tmp_path)
    assert not hayward_process._workers
    assert opinion(tmp_path)


@pytest.mark.parametrize("interpreter", [None, "", "nonexistent"])
def test_without_an_interpreter_there_is_no_opinion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None, interpreter: str | None
) -> None:
    monkeypatch.setattr(hayward_process.sys, "executable", interpreter)
    (finding,) = opinion(tmp_path)
    assert finding.rule == "AIV-SCANNER-FAILED"


def test_a_process_that_died_is_started_again(tmp_path: Path, fresh: None) -> None:
    assert opinion(tmp_path)
    (worker,) = hayward_process._workers
    worker.process.kill()
    worker.process.wait()
    (finding,) = opinion(tmp_path)
    assert finding.rule == "AIV-SCANNER-HAYWARD"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("input()", "ended"),
        ("input(); print('no JSON', flush=True)", "ended"),
        ("input(); print('\"ValueError\"', flush=True)", "failed with ValueError"),
        ("import signal; signal.setitimer(signal.ITIMER_PROF, 0.01)\nwhile True: pass", "ended"),
    ],
)
def test_a_process_that_fails_is_a_warning_and_not_an_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None, script: str, why: str
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(script)
    monkeypatch.setattr(hayward_process, "WORKER", worker)
    (finding,) = opinion(tmp_path)
    assert finding.rule == "AIV-SCANNER-FAILED"
    assert why in finding.message


def test_the_process_of_another_owner_is_left_alone(tmp_path: Path, fresh: None) -> None:
    assert opinion(tmp_path)
    (worker,) = hayward_process._workers
    worker.owner = os.getpid() + 1
    assert opinion(tmp_path)
    assert worker.process.poll() is None
    hayward_process._end(worker.process)


def test_the_worker_asks_hayward_and_leaves_its_gaps_out(tmp_path: Path) -> None:
    path = tmp_path / "m.pkl"
    path.write_bytes(PICKLE)
    found = hayward_worker._ask(path)
    assert json.dumps(found)
    assert [item["rule"] for item in found if isinstance(item, dict)] == ["MFV-PICKLE-001"]
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64)
    assert hayward_worker._ask(path) == []


def test_the_worker_says_what_it_failed_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_scanner: object, _path: Path) -> None:
        raise RecursionError

    monkeypatch.setattr("hayward.ModelFileScanner.scan_file", fail)
    assert hayward_worker._ask(tmp_path) == "RecursionError"


def test_what_we_refuse_ourselves_is_not_asked_about(
    tmp_path: Path, asked: list[tuple[str, bytes]]
) -> None:
    assert look_at(tmp_path, "m.pkl", PICKLE).facts.findings
    assert asked == []


def test_what_we_find_nothing_in_is_asked_about(
    tmp_path: Path, asked: list[tuple[str, bytes]]
) -> None:
    harmless = b"\x80\x02K\x01."
    assert look_at(tmp_path, "m.pkl", harmless).facts.findings == ()
    assert asked == [("m.pkl", harmless)]


@pytest.mark.parametrize(("name", "started"), [("m.onnx", 1), ("M.PT", 1), ("m.safetensors", 0)])
def test_the_process_starts_meanwhile_where_it_will_be_asked(
    fresh: None, name: str, started: int
) -> None:
    prepare(["config.json", name])
    assert len(hayward_process._workers) == started


def test_without_an_interpreter_nothing_starts_meanwhile(
    fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hayward_process.sys, "executable", "")
    prepare(["m.onnx"])
    assert hayward_process._workers == []
