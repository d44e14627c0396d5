"""The embedded engine with limits on time and memory, and otherwise the same answers."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError, UndecidedError, UsageError
from aiverify.policy import library
from aiverify.policy.bounded import BoundedEngine
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import load
from tests.support.opa import judged, outcome, rule_set
from tests.support.rego import complaint

SLOW = """slow contains i if {
	some i in numbers.range(1, 100000)
	some j in numbers.range(1, 100000)
	i + j == -1
}
deny contains "slow" if { input.slow; count(slow) > 0 }
deny contains input.x
"""


def bounded(text: str, data: Json = None, **limits: Any) -> BoundedEngine:
    return BoundedEngine(rule_set(text), {} if data is None else data, **limits)


def process_of(engine: BoundedEngine) -> subprocess.Popen[bytes]:
    assert engine._worker
    process: subprocess.Popen[bytes] = engine._worker._process
    return process


def messages(engine: BoundedEngine, document: Json) -> list[str]:
    return [result.message for result in engine.evaluate(document)]


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[EmbeddedEngine, BoundedEngine]]:
    policies = load([f"aiverify:{name}" for name in library.names()])
    with BoundedEngine(policies, {"config": {"x": [1.5]}}) as engine:
        yield EmbeddedEngine(policies, {"config": {"x": [1.5]}}), engine


@pytest.mark.parametrize("document", [{}, None, [], "\u2028\u00e9", 0, {"artifact": {"kind": 1}}])
def test_it_says_what_the_embedded_engine_says(
    both: tuple[EmbeddedEngine, BoundedEngine], document: Json
) -> None:
    plain, engine = both
    assert judged(engine, document) == judged(plain, document)
    for query in ("data.config", "data.nothing", "data", "data.aiverify.lib"):
        asked = [outcome(lambda e=e, q=query: e.query(q, document)) for e in (plain, engine)]
        assert asked[0] == asked[1]


def test_a_judgement_that_takes_too_long_is_given_up_and_the_next_is_made() -> None:
    with bounded(SLOW, timeout=1.0) as engine:
        first = process_of(engine)
        with pytest.raises(UndecidedError, match="gave no answer within 1 s"):
            engine.evaluate({"slow": True})
        assert first.poll() is not None
        assert messages(engine, {"x": "again"}) == ["again"]


def test_a_judgement_that_takes_too_much_memory_is_given_up() -> None:
    text = "deny contains input.x\ndeny contains 1 if count(numbers.range(1, input.n)) == 0"
    with bounded(text, max_memory=300 << 20) as engine:
        with pytest.raises(UndecidedError, match="needed more memory"):
            engine.evaluate({"n": 10**9})
        assert messages(engine, {"x": "again", "n": 1}) == ["again"]


def test_errors_are_those_of_the_embedded_engine() -> None:
    said = complaint(MalformedError, lambda: bounded("deny contains http.send({})"))
    assert said.startswith("p.rego:2:15: http.send is not allowed")
    with bounded("deny contains 1 / input.x") as engine:
        with pytest.raises(UndecidedError, match=r"^p\.rego:2:"):
            engine.evaluate({"x": 0})
        with pytest.raises(UsageError, match="is not the name of a rule") as caught:
            engine.query("true", {})
        assert "data.policy.verify" in caught.value.hint
        process = process_of(engine)
        with pytest.raises(UndecidedError, match="undefined"):
            engine.query("data.p.none", {})
        assert process_of(engine) is process


def test_what_prints_or_breaks_does_not_come_between_answers() -> None:
    with bounded('deny contains "x" if print("look")') as engine:
        assert messages(engine, {}) == ["x"]
        process_of(engine).kill()
        with pytest.raises(UndecidedError, match="broke down"):
            engine.evaluate({})
        assert messages(engine, {}) == ["x"]


def test_the_process_ends_with_the_engine() -> None:
    engine = bounded("deny contains 1")
    process = process_of(engine)
    engine.close()
    engine.close()
    assert process.poll() is not None
    engine = bounded("deny contains 1")
    process = process_of(engine)
    del engine
    gc.collect()
    assert process.wait(10) != 0


def test_the_process_ends_with_us() -> None:
    script = (
        "import sys\n"
        "from tests.support.opa import rule_set\n"
        "from aiverify.policy.bounded import BoundedEngine\n"
        "engine = BoundedEngine(rule_set('deny contains 1'), {})\n"
        "print(engine._worker._process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout
        pid = int(process.stdout.readline())
        process.kill()
    stat = Path(f"/proc/{pid}/stat")
    gone = threading.Event()
    for _ in range(200):
        if not stat.exists() or stat.read_text().rpartition(") ")[2].startswith("Z"):
            return
        gone.wait(0.05)
    pytest.fail("the process is still there")


def test_nothing_in_the_working_directory_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "regorus.py", "struct.py"):
        (tmp_path / name).write_text("raise SystemExit('taken over')\n")
    monkeypatch.chdir(tmp_path)
    with bounded("deny contains input.x") as engine:
        assert messages(engine, {"x": "fine"}) == ["fine"]


def test_threads_take_turns() -> None:
    with bounded("deny contains input.x") as engine:
        seen: list[bool] = []

        def work(number: int) -> None:
            text = str(number)
            seen.extend(messages(engine, {"x": text}) == [text] for _ in range(20))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == [True] * 80


def test_rules_see_data() -> None:
    with bounded("deny contains data.config.word", {"config": {"word": "x"}}) as engine:
        assert messages(engine, None) == ["x"]


def test_an_engine_that_cannot_be_started_gives_no_answer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(UndecidedError, match="cannot be started"):
        BoundedEngine(rule_set("deny contains input.x"), {})
