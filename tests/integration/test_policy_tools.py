"""The tools around policies, at the command line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aiverify.policy import library
from tests.support.commands import PROJECT, call, refused, run
from tests.support.story import ASSETS, Story

ESCAPE = "\x1b"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with policies of somebody's own."""
    shutil.copytree(ASSETS / "house", tmp_path / "policies")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "exit_code", "word"),
    [
        ("policy test policies/names --run [", 2, "no regular expression"),
        ("policy test policies/names --run nothing", 3, "none of 2 tests matches nothing"),
        ("policy test none", 3, "none"),
        ("policy test aiverify:none", 3, "no shipped rule is called"),
        ("policy test policies/names -o policies/names/names.rego", 2, "is an input"),
        ("policy check none", 3, "none"),
        ("policy check policies -o policies/out.json", 2, "is an input"),
        ("policy list none", 3, "none"),
        ("policy explain none", 3, "none"),
        ("policy input none", 3, "none"),
    ],
)
def test_words_that_mean_nothing_are_refused(
    place: Path, line: str, exit_code: int, word: str
) -> None:
    refused(place, line, exit_code, word)


@pytest.mark.parametrize("percent", ["-1", "101", "nan", "many"])
def test_a_threshold_is_a_percentage(place: Path, percent: str) -> None:
    done = call("policy", "test", "policies/names", "--threshold", percent, cwd=place)
    assert (done.exit_code, done.out) == (2, "")


def test_no_test_at_all_is_bad_input_with_a_hint(place: Path) -> None:
    (place / "policies" / "names" / "names_test.rego").unlink()
    done = call("policy", "test", "policies/names", cwd=place)
    assert (done.exit_code, done.out) == (3, "")
    assert done.err.splitlines() == [
        "error: no test was found",
        "  hint: Write rules named test_... in a file that ends in _test.rego.",
    ]


def test_a_policy_that_does_not_compile_is_bad_input_to_a_test(place: Path) -> None:
    (place / "policies" / "names" / "more.rego").write_text("package x\ny := http.send({})\n")
    refused(place, "policy test policies/names", 3, "more.rego:2:6", "http.send is not allowed")


@pytest.mark.parametrize(("threshold", "exit_code"), [("64", 0), ("65", 10)])
def test_a_threshold_decides(place: Path, threshold: str, exit_code: int) -> None:
    done = call("policy", "test", "policies/names", "--threshold", threshold, cwd=place)
    assert (done.exit_code, done.err) == (exit_code, "")
    assert ("it takes 65%" in done.out) == (exit_code == 10)


def test_some_tests_can_be_chosen(place: Path) -> None:
    done = call("policy", "test", "policies", "--run", "names_test.*allows", "-v", cwd=place)
    assert done.exit_code == 0
    assert "1 test: 1 passed" in done.out


def test_skipped_tests_do_not_fail(place: Path) -> None:
    done = call("policy", "test", "policies", "--run", "todo_", cwd=place)
    assert done.exit_code == 0
    assert "1 test: 1 skipped" in done.out


def test_a_result_is_written_to_a_file(place: Path) -> None:
    done = call("policy", "test", "policies", "--format", "junit", "-o", "tests.xml", cwd=place)
    assert (done.exit_code, done.out) == (10, "")
    suites = ElementTree.parse(place / "tests.xml").getroot()
    assert [suite.get("tests") for suite in suites] == ["9", "2"]
    assert len(suites.findall(".//failure")) == 3


def test_the_shipped_rules_pass_their_tests_and_run_every_line(tmp_path: Path) -> None:
    words = ("policy", "test", "aiverify:*", "--threshold", "100", "--format", "json")
    done = run(*words, cwd=tmp_path)
    assert (done.exit_code, done.err) == (0, ""), done.out
    found = json.loads(done.out)
    assert found["coverage"]["percent"] == 100
    tested = {item["package"] for item in found["tests"]}
    assert tested >= {f"aiverify.{name}_test" for name in (*library.names(), library.SHARED)}


def test_the_shipped_rules_are_fine_and_all_listed(tmp_path: Path) -> None:
    assert call("policy", "check", "aiverify:*", "--strict", cwd=tmp_path).exit_code == 0
    done = call("policy", "list", "--format", "json", cwd=tmp_path)
    listed = [item["name"] for item in json.loads(done.out)["rules"]]
    assert listed == [f"aiverify:{name}" for name in library.names()]


def test_a_shipped_rule_is_explained_by_its_name_alone(tmp_path: Path) -> None:
    named = call("policy", "explain", "signer_count", "--format", "json", cwd=tmp_path)
    full = call("policy", "explain", "aiverify:signer_count", "--format", "json", cwd=tmp_path)
    assert named == full
    (rule,) = json.loads(full.out)["rules"]
    assert {item["rule"] for item in rule["findings"]} == {
        "aiverify.signer_count.misconfigured",
        "aiverify.signer_count.too_few",
    }
    assert Path(rule["files"][0]).is_file()
    assert rule["allows"]["text"].startswith("test_allows_")
    assert rule["denies"]["text"].startswith("test_denies_")


def test_a_file_of_ones_own_comes_before_a_shipped_rule_of_that_name(place: Path) -> None:
    (place / "policies" / "names").rename(place / "signer_count")
    done = call("policy", "explain", "signer_count", cwd=place)
    assert "house.names" in done.out


def test_without_a_rule_there_is_nothing_to_explain(place: Path) -> None:
    (place / "lib.rego").write_text("package lib\nf(x) := x\n")
    refused(place, "policy explain lib.rego", 3, "no rule that could refuse anything")


def test_the_input_is_what_rules_see(story: Story, tmp_path: Path) -> None:
    done = call("policy", "input", story.model, cwd=tmp_path)
    assert (done.exit_code, done.err) == (0, "")
    document = json.loads(done.out)
    assert document["apiVersion"] == "aiverify.dev/input/v1"
    assert document["artifact"]["kind"] == "model"
    assert document["signatures"] == []
    (tmp_path / "input.json").write_text(done.out)
    words = ("policy", "eval", "--policy", "aiverify:no_pickled_weights", "--format", "json")
    judged = [call(*words, target, cwd=tmp_path) for target in ("input.json", story.model)]
    assert [json.loads(item.out)["verdict"] for item in judged] == ["allow", "allow"]
    assert call("policy", "input", "input.json", cwd=tmp_path).out == done.out


def test_the_input_of_a_hostile_twin_shows_what_rules_deny_it_for(
    story: Story, tmp_path: Path
) -> None:
    done = call("policy", "input", story.root / "llama-with-pickle", cwd=tmp_path)
    assert done.exit_code == 0
    assert '"pickle"' in done.out


def test_the_rule_of_the_guide_works_as_it_stands(story: Story, tmp_path: Path) -> None:
    guide = (PROJECT / "docs" / "policies.md").read_text("utf-8")
    found = re.findall(r"`(policies/\S+\.rego)`:\n\n```rego\n(.*?)```", guide, re.DOTALL)
    assert [name for name, _ in found] == [
        "policies/names/names.rego",
        "policies/names/names_test.rego",
    ]
    for name, text in found:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for line in (
        "policy test policies/ --threshold 100",
        "policy check policies/ --strict",
        f"policy eval --policy policies/ {story.model}",
    ):
        assert call(*line.split(), cwd=tmp_path).exit_code == 0, line


HOSTILE = f"""# METADATA
# title: "{ESCAPE.encode("unicode_escape").decode()}[2J"
# description: D
package p

deny contains {{
	"code": "\\u001b[2J",
	"msg": "\\u001b]0;\\u202e",
	"fix": "<a>&\\u0000",
}} if input.x

test_a if {{
	print("\\u001b[2J\\n<b>]]>")
	false
}}

test_b if 1 / count(deny) == 1
"""


@pytest.mark.parametrize("command", ["test", "test --format junit", "check", "list", "explain"])
@pytest.mark.parametrize("form", ["", "--format json"])
def test_what_a_policy_says_does_not_reach_the_terminal_raw(
    tmp_path: Path, command: str, form: str
) -> None:
    name = "p\u202e.rego"
    (tmp_path / name).write_text(HOSTILE)
    verb, *rest = command.split()
    done = call("policy", verb, name, *rest, *form.split(), cwd=tmp_path)
    assert done.exit_code in (0, 10), done
    text = done.out + done.err
    assert done.out
    for char in (ESCAPE, "\u202e", "\0", "\u0007"):
        assert char not in text
    if text.startswith("<?xml"):
        assert ElementTree.fromstring(text).tag == "testsuites"
    if form:
        json.loads(done.out)


@pytest.mark.parametrize(
    "text",
    [
        "package p\ntest_a if b\nb if c\nc if b\n",
        "package p\ntest_a if f(1)\nf(x) := y if y := data.p.g[x]\ng[1] := f(1)\n",
        "package p\ntest_a := numbers.range(1, 1000000)\n",
        "package p\ntest_a := " + "[" * 12 + "1" + "]" * 12 + "\n",
        'package p\ntest_a if { some i in numbers.range(1, 20000); print("x", i); i < 0 }\n',
    ],
    ids=["rules in a ring", "a function in a ring", "a large value", "a deep value", "much output"],
)
def test_a_hostile_test_ends_and_does_not_pass(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.rego").write_text(text)
    done = run("policy", "test", "p.rego", cwd=tmp_path)
    assert done.exit_code == 10, done
    assert "Traceback" not in done.err
    assert len(done.out) < 20_000
