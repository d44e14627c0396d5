"""METADATA in comments: what counts as a block, what it speaks of, what it lacks."""

from __future__ import annotations

import re

import pytest

from aiverify.core import moments
from aiverify.errors import MalformedError
from aiverify.policy import metadata

WHOLE = """# METADATA
# title: One
# description: >-
#   Two
#   lines.
# custom:
#   severity: warning
#   collections: [a, b]
#   since: "2026-11-22"
package p
"""


def targets(text: str) -> list[tuple[str, str]]:
    return [(item.scope, item.target) for item in metadata.read(text, "p.rego")]


def test_a_package_says_what_it_is() -> None:
    assert metadata.about(WHOLE, "p.rego") == metadata.About(
        "One", "Two lines.", "warning", ("a", "b"), "2026-11-22", 1, ()
    )


def test_a_package_that_says_nothing_is_told_apart_from_one_that_says_little() -> None:
    assert metadata.about("# title: no METADATA\npackage p\n", "p.rego") is None
    about = metadata.about("# METADATA\n# title: x\npackage p\n", "p.rego")
    assert about
    assert about.faults == (
        "METADATA has no description",
        "METADATA has no custom.severity",
        "METADATA has no custom.collections",
        "METADATA has no custom.since",
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("title: One", "title: [One]", "title in METADATA is not a text"),
        ("title: One", "title: ''", "title in METADATA is not a text"),
        (
            "severity: warning",
            "severity: high",
            "custom.severity in METADATA is not error, warning or note",
        ),
        ("[a, b]", "a", "custom.collections in METADATA is not a list of names"),
        ("[a, b]", "[]", "custom.collections in METADATA is not a list of names"),
        ("[a, b]", "[1]", "custom.collections in METADATA is not a list of names"),
        ('"2026-11-22"', "20261122", "custom.since in METADATA is not a date such as 2026-11-22"),
        (
            '"2026-11-22"',
            '"2026-13-01"',
            "custom.since in METADATA is not a date such as 2026-11-22",
        ),
        ('"2026-11-22"', "soon", "custom.since in METADATA is not a date such as 2026-11-22"),
    ],
)
def test_what_a_package_says_wrongly_is_a_fault_and_not_believed(
    old: str, new: str, fault: str
) -> None:
    about = metadata.about(WHOLE.replace(old, new), "p.rego")
    assert about
    assert about.faults == (fault,)
    assert new.strip("'\"") not in (about.title, about.severity, about.since)


def test_custom_that_is_no_mapping_is_as_good_as_none() -> None:
    about = metadata.about("# METADATA\n# custom: x\npackage p\n", "p.rego")
    assert about
    assert "METADATA has no custom.severity" in about.faults


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# METADATA\n# title: x\npackage p\n", [("package", "")]),
        ("#METADATA\n#title: x\npackage p\n", [("package", "")]),
        ("# METADATA\r\n# title: x\r\npackage p\r\n", [("package", "")]),
        ("# METADATA\n# title: x\n\n# another comment\n\npackage p\n", [("package", "")]),
        ("# METADATA\n# scope: subpackages\npackage p\n", [("subpackages", "")]),
        ("package p\n# METADATA\n# title: x\ndeny contains 1\n", [("rule", "deny")]),
        ("package p\n# METADATA\n# scope: document\ndefault a.b := 1\n", [("document", "a.b")]),
        ("package p\n# METADATA\n# title: x\ndefaults := 1\n", [("rule", "defaults")]),
        ("package p\n# METADATA\n# title: x\nimporter(x) := 1\n", [("rule", "importer")]),
        (
            "# METADATA\n# title: x\n# METADATA\n# title: y\npackage p\n",
            [("package", ""), ("package", "")],
        ),
    ],
)
def test_a_block_speaks_of_the_statement_below_it(text: str, found: list[tuple[str, str]]) -> None:
    assert targets(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "package p\nx := 1 # METADATA\n# title: x\n",
        "package p\n  # METADATA\n  # title: x\ny := 1\n",
        "package p\nx := `\n# METADATA\n# title: x\n`\n",
        'package p\nx := "\\"# METADATA"\n',
        "# metadata\n# title: x\npackage p\n",
    ],
)
def test_what_only_looks_like_a_block_is_none(text: str) -> None:
    assert targets(text) == []


def test_a_string_does_not_end_in_an_escaped_quote_or_hide_what_follows() -> None:
    text = 'package p\nx := "\\\\"\ny := `"`\n# METADATA\n# title: x\nz := 1\n'
    assert targets(text) == [("rule", "z")]


def test_a_block_ends_where_a_line_is_no_comment() -> None:
    (found,) = metadata.read("# METADATA\n# title: x\n\n# description: y\npackage p\n", "p.rego")
    assert found.members == {"title": "x"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# METADATA\npackage p\n", "p.rego:1: METADATA is empty"),
        ("# METADATA\n#  \npackage p\n", "p.rego:1: METADATA is empty"),
        ("\n# METADATA\n# a: 1\n# a: 2\npackage p\n", "p.rego:4: METADATA has the key 'a' twice"),
        ("# METADATA\n# - a\npackage p\n", "p.rego:2: METADATA is not a mapping"),
        ("# METADATA\n# a: !!python/object:x {}\npackage p\n", "p.rego:2: METADATA has a tag"),
        ("# METADATA\n# a: &x 1\n# b: *x\npackage p\n", "p.rego:3: METADATA has an alias"),
        ("# METADATA\n# a: [\npackage p\n", "p.rego:3: METADATA is not YAML"),
        ("# METADATA\n# a: \x1b[2J: b\npackage p\n", "p.rego:2: METADATA is not YAML"),
        ("# METADATA\n# scope: world\npackage p\n", "p.rego:1: METADATA has a scope"),
        ("# METADATA\n# scope: [rule]\npackage p\n", "p.rego:1: METADATA has a scope"),
        ("# METADATA\n# scope: rule\npackage p\n", "p.rego:1: METADATA of a rule does not stand"),
        (
            "package p\n# METADATA\n# scope: package\nx := 1\n",
            "p.rego:2: METADATA of a package does not stand above one",
        ),
        (
            "package p\n# METADATA\n# title: x\nimport data.x\n",
            "p.rego:2: METADATA of a rule does not stand above one",
        ),
        ("package p\n# METADATA\n# title: x\n", "p.rego:2: METADATA of a rule does not stand"),
    ],
)
def test_a_block_that_opa_would_refuse_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(MalformedError, match="^" + re.escape(message)) as caught:
        metadata.read(text, "p.rego")
    assert "\x1b" not in caught.value.message
    assert "\n" not in caught.value.message


def test_a_megabyte_of_quotes_is_read_in_one_go() -> None:
    assert targets("package p\n" + '"' * (1 << 20)) == []
    assert targets("package p\n" + "`#\n" * (1 << 18)) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (WHOLE, "2026-11-22"),
        ('# METADATA\n# custom: {since: "2026-11-22"}\npackage p\n', "2026-11-22"),
        ("# METADATA\n# custom: {since: 2026-11-22}\npackage p\n", "2026-11-22"),
        (WHOLE.replace("since", "until"), None),
        (WHOLE.replace('"2026-11-22"', ""), None),
        ("# METADATA\n# custom: []\npackage p\n", None),
        ("package p\n# METADATA\n# custom: {since: 2026-11-22}\nx := 1\n", None),
        ("package p\n", None),
    ],
)
def test_a_package_may_say_from_when_on_it_counts(text: str, day: str | None) -> None:
    assert metadata.since(text, "p.rego") == (moments.parse(day) if day else None)


@pytest.mark.parametrize("day", ["20261122", '"20261122"', "tomorrow", "2026-11-31", "[x]", "1"])
def test_a_package_that_counts_from_what_is_no_day_is_refused(day: str) -> None:
    text = f"\n# METADATA\n# custom:\n#   since: {day}\npackage p\n"
    with pytest.raises(
        MalformedError, match=r"^p\.rego:2: custom\.since in METADATA is not a date"
    ):
        metadata.since(text, "p.rego")
