"""What is wrong with a policy, said before it judges."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.finding import Severity
from aiverify.policy.style import Remark, check
from aiverify.policy.testing.suite import load_suite

HEAD = """# METADATA
# title: T
# description: D
# custom:
#   severity: error
#   collections: [c]
#   since: "2026-11-22"
package p
"""
WHOLE = HEAD + 'deny contains {"code": "a", "msg": "m", "fix": "f"} if input.x\n'
TEST = "package p_test\nimport data.p\ntest_allows if count(p.deny) == 0\n"


@pytest.fixture
def remarks(tmp_path: Path):
    def of(policy: str = WHOLE, test: str = TEST, *, strict: bool = False) -> tuple[Remark, ...]:
        (tmp_path / "p.rego").write_text(policy)
        (tmp_path / "p_test.rego").write_text(test)
        return check(load_suite([str(tmp_path)]), strict=strict)

    return of


def told(found: tuple[Remark, ...]) -> list[tuple[str, int, str]]:
    return [(item.check, item.line, item.severity.value) for item in found]


def test_a_policy_with_everything_is_fine(remarks) -> None:
    assert remarks(strict=True) == ()


@pytest.mark.parametrize(("strict", "weight"), [(False, "warning"), (True, "error")])
def test_metadata_is_owed_and_strictly_a_duty(remarks, strict: bool, weight: str) -> None:
    bare = WHOLE.removeprefix(HEAD)
    assert told(remarks(f"package p\n{bare}", strict=strict)) == [("metadata-missing", 1, weight)]
    part = f"\n# METADATA\n# title: T\n# description: D\npackage p\n{bare}"
    assert told(remarks(part, strict=strict)) == [("metadata-incomplete", 2, weight)] * 3


def test_metadata_that_is_no_yaml_is_an_error(remarks) -> None:
    found = remarks(WHOLE.replace("title: T", "title: [T"))
    assert told(found) == [("metadata", 3, "error")]


def test_helpers_need_no_severity_but_a_title(remarks, tmp_path: Path) -> None:
    (tmp_path / "lib.rego").write_text("# METADATA\n# title: T\npackage lib\nf(x) := x\n")
    (found,) = remarks(strict=True)
    assert found.message == "METADATA has no description"


def test_metadata_in_another_file_of_the_package_counts(remarks, tmp_path: Path) -> None:
    (tmp_path / "q.rego").write_text("package p\nf(x) := x\n")
    assert remarks(strict=True) == ()


def test_a_policy_without_test_is_told(remarks) -> None:
    assert told(remarks(test="package p_test\nx := 1\n")) == [("test-missing", 1, "warning")]
    assert told(remarks(test="package q\ntest_allows if true\n")) == [
        ("test-missing", 1, "warning")
    ]


def test_a_test_of_the_same_package_counts(remarks) -> None:
    assert remarks(test="package p\ntest_allows if count(deny) == 0\n", strict=True) == ()


def test_a_test_that_nobody_can_fail_is_told(remarks) -> None:
    twice = TEST + "test_b if false\ntest_b if true\ntest_c[x] if some x in [1]\n"
    assert told(remarks(test=twice)) == [
        ("test-twice", 4, "warning"),
        ("test-broken", 6, "warning"),
    ]


@pytest.mark.parametrize(
    ("result", "found"),
    [
        ('"text"', [("result-text", 9, "warning")]),
        ('{"msg": "m"}', [("result-code", 9, "warning"), ("result-fix", 9, "warning")]),
        ('{"code": "a", "fix": "f"}', [("result-message", 9, "error")]),
        ("input.x", []),
    ],
)
def test_a_result_is_an_object_with_code_msg_and_fix(
    remarks, result: str, found: list[tuple[str, int, str]]
) -> None:
    assert told(remarks(f"{HEAD}deny contains {result} if input.x\n")) == found


def test_every_file_that_does_not_parse_is_told(remarks, tmp_path: Path) -> None:
    (tmp_path / "q.rego").write_text("package q\nx := [\n")
    found = remarks(HEAD + "deny contains\n")
    assert [(Path(item.file).name, item.check, item.severity) for item in found] == [
        ("p.rego", "compile", Severity.ERROR),
        ("q.rego", "compile", Severity.ERROR),
    ]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ('x := http.send({"url": input.u})', "http.send is not allowed"),
        ("x := nothing.like_it(1)", "there is no function nothing.like_it"),
        ("warn := true", "warn is not a set of results"),
        ("f(x) := f(x)", "the function p.f calls itself"),
    ],
)
def test_what_would_not_be_loaded_is_an_error_with_its_line(
    remarks, rule: str, reason: str
) -> None:
    (found,) = remarks(f"{WHOLE}{rule}\n")
    assert (found.check, found.line, found.severity) == ("compile", 10, Severity.ERROR)
    assert reason in found.message


def test_a_policy_that_can_refuse_nothing_is_told(remarks) -> None:
    allow = HEAD + "allow := true\n"
    assert told(remarks(allow, TEST.replace("p.deny", "[]"))) == [("no-results", 0, "warning")]


def test_a_package_of_the_shipped_rules_cannot_be_had(remarks) -> None:
    found = remarks(WHOLE.replace("package p", "package aiverify.p"))
    assert "belongs to the shipped rules" in " ".join(item.message for item in found)


def test_the_shipped_rules_are_fine() -> None:
    assert check(load_suite(["aiverify:*"]), strict=True) == ()


def test_a_rule_that_cannot_be_judged_by_for_its_day_is_an_error(tmp_path: Path) -> None:
    text = '# METADATA\n# custom: {since: soon}\npackage p\n\ndeny contains "m" if input.x\n'
    (tmp_path / "p.rego").write_text(text)
    found = check(load_suite([str(tmp_path)]), strict=False)
    assert [item.message for item in found if item.severity is Severity.ERROR] == [
        "custom.since in METADATA is not a date such as 2026-11-22"
    ]
