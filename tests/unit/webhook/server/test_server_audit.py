from __future__ import annotations

import json
import os
import threading

import pytest

from aiverify.core.report import Verdict
from aiverify.errors import OutputError
from aiverify.webhook.decision import Decision, Judged
from aiverify.webhook.extractors.interface import Found
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation, User
from aiverify.webhook.server import audit
from aiverify.webhook.server.audit import Log, line, redacted


def request(**changes: object) -> AdmissionRequest:
    given: dict[str, object] = {
        "uid": "u",
        "kind": GroupVersionKind("", "v1", "Pod"),
        "operation": Operation.CREATE,
        "object": {"spec": {"password": "hunter2"}},
        "namespace": "default",
        "name": "web",
        "user": User("ann", ("dev",)),
    }
    return AdmissionRequest(**{**given, **changes})  # type: ignore[arg-type]


def judged(uri: str = "oci://r.example/m:1", verdict: Verdict = Verdict.DENY) -> Judged:
    return Judged(Found(uri, "/spec/x"), verdict, "sha256:aa", reason=f"{uri} is not signed")


def test_a_line_says_who_what_and_how_it_ended():
    decision = Decision(allowed=False, message="no", code=403, judged=(judged(),))

    said = line("validate", request(dry_run=True), decision, 1.23456)

    assert (said["user"], said["groups"], said["uid"]) == ("ann", ["dev"], "u")
    assert (said["operation"], said["kind"], said["namespace"]) == ("CREATE", "Pod", "default")
    assert (said["dryRun"], said["allowed"], said["verdict"]) == (True, False, "deny")
    assert said["milliseconds"] == 1.235
    [reference] = said["references"]  # type: ignore[misc]
    assert reference["digest"] == "sha256:aa"  # type: ignore[index]


def test_a_line_names_the_rules_of_what_had_no_report():
    told = Decision(allowed=False, annotations={"rules": "AIV-A AIV-B AIV-A"})

    assert line("validate", request(), told, 1)["rules"] == ["AIV-A", "AIV-B"]


def test_a_line_has_nothing_of_the_object():
    said = json.dumps(line("validate", request(), Decision(allowed=True), 1))

    assert "hunter2" not in said


def test_what_is_only_warned_of_is_allowed_and_its_verdict_is_deny():
    said = line("validate", request(), Decision(allowed=True, judged=(judged(),)), 1)

    assert (said["allowed"], said["verdict"]) == (True, "deny")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ann:pw@host/x?token=1#a", "https://host/x"),
        ("see s3://key:secret@bucket/a and oci://r/m:1", "see s3://bucket/a and oci://r/m:1"),
        ("a://b?c d", "a://b d"),
        ("https://x:y@z@host/a", "https://host/a"),
        ("no address: a@b?c", "no address: a@b?c"),
    ],
)
def test_addresses_lose_what_may_be_secret(text, shown):
    assert redacted(text) == shown


def test_redacting_takes_no_longer_for_what_only_looks_like_addresses():
    # Each of these would take minutes if it were tried from every letter to the end.
    for text in ("x" * 300_000, "a:/" * 100_000, "a://" * 75_000, "a://@" * 60_000):
        redacted(text)


def test_a_line_is_bounded_whatever_the_request_says():
    many = tuple(judged("oci://" + "x" * 5000) for _ in range(500))
    big = request(
        name="n" * 9999,
        user=User("u" * 9999, tuple("g" * 9999 for _ in range(999))),
        uid="i" * 9999,
    )
    annotations = {f"{'k' * 999}{n}": "v" * 9999 for n in range(999)}
    decision = Decision(False, "m" * 99_999, judged=many, annotations=annotations)

    said = line("validate", big, decision, 1)

    assert len(json.dumps(said)) < 300_000
    assert said["referencesInAll"] == 500


def test_a_name_cannot_break_the_line(tmp_path):
    path = tmp_path / "audit"
    log = Log(str(path), lambda: None)
    log.write(line("validate", request(name='a\n{"allowed":true}\u2028\x1b'), Decision(False), 1))
    log.close(10)

    [written] = path.read_text().splitlines()
    assert json.loads(written)["name"].startswith("a\n")
    assert written.isascii()


def test_a_log_that_was_moved_away_is_begun_anew(tmp_path):
    path, moved = tmp_path / "audit", tmp_path / "audit.1"
    log = Log(str(path), lambda: None)
    log.write({"n": 1})
    while not path.read_text():
        threading.Event().wait(0.01)
    path.rename(moved)
    log.write({"n": 2})
    log.close(10)

    assert (moved.read_text(), path.read_text()) == ('{"n":1}\n', '{"n":2}\n')
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_log_that_stands_still_drops_lines_and_never_waits(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "WAITING", 5)
    read, write = os.pipe()
    dropped = []
    monkeypatch.setattr(Log, "_open", lambda _: write)
    monkeypatch.setattr(Log, "_reopen", lambda _: None)
    log = Log("-", lambda: dropped.append(1))
    for _ in range(1000):
        log.write({"pad": "x" * 1000})

    assert len(dropped) > 100
    drain = threading.Thread(target=lambda: [None for _ in iter(lambda: os.read(read, 65536), b"")])
    drain.start()
    log.close(10)
    os.close(write)
    drain.join(10)
    os.close(read)


def test_a_full_disk_is_counted():
    dropped = []
    log = Log("/dev/full", lambda: dropped.append(1))
    log.write({"n": 1})
    log.close(10)

    assert dropped == [1]


def test_a_log_that_cannot_be_opened_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        Log(str(tmp_path / "no" / "audit"), lambda: None)
