"""Model cards: what they state, and how little harm a broken one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import Role, State
from aiverify.core.finding import Severity
from tests.support.looking import look_at

CARD = """---
license: apache-2.0
language: no
date: 2024-01-01
count: 12
ratio: 0.5
big: 1e400
octal: 0123
nothing: ~
quoted: "12"
tags: [a, b]
---
# The Model

What it is.

## Usage
```python
# not a heading
```
#### Limits ####
Some.
##### Too deep
More.
## usage
Again.
"""


def test_a_card_states_its_front_matter_as_json(tmp_path: Path) -> None:
    found = look_at(tmp_path, "README.md", CARD.encode())
    assert (found.facts.format, found.facts.role) == ("modelcard", Role.DOC)
    assert found.state is State.CLEAN
    assert found.facts.values["front_matter"] == {
        "license": "apache-2.0",
        "language": "no",
        "date": "2024-01-01",
        "count": 12,
        "ratio": 0.5,
        "big": "1e400",
        "octal": "0123",
        "nothing": None,
        "quoted": "12",
        "tags": ["a", "b"],
    }


def test_a_card_states_its_sections_by_heading(tmp_path: Path) -> None:
    assert look_at(tmp_path, "README.md", CARD.encode()).facts.values["sections"] == {
        "the model": "What it is.",
        "usage": "```python\n# not a heading\n```\nAgain.",
        "limits": "Some.\n##### Too deep\nMore.",
    }


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"\n\n", b""])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_marks_and_line_ends_make_no_difference(tmp_path: Path, prefix: bytes, end: bytes) -> None:
    data = prefix + CARD.encode().replace(b"\n", end)
    facts = look_at(tmp_path, "README.md", data).facts
    assert facts.values == look_at(tmp_path, "README.md", CARD.encode()).facts.values


def test_a_card_without_front_matter_is_prose(tmp_path: Path) -> None:
    facts = look_at(tmp_path, "modelcard.md", b"# A\ntext\n---\nmore").facts
    assert facts.values == {"front_matter": {}, "sections": {"a": "text\n---\nmore"}}


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ("a: [", "line 3: "),
        ("a: b: c", "line 2: "),
        ("- a", "not a mapping"),
        ("text", "not a mapping"),
        ("a: 1\na: 2", "line 3: the front matter has the key 'a' twice"),
        ("a: &x [1]\nb: *x", "line 3: the front matter has an alias"),
        ("a: !!python/object/apply:os.system [id]", "a tag"),
        ("!!str a: 1", "no plain text"),
        ("? [a]\n: 1", "no plain text"),
        ("a: " + "[" * 30 + "]" * 30, "more than 20 levels"),
        ("a: 1\n--- {b: 2}", "a second document"),
        ("a: \x07", "not YAML"),
        ("a: " + "x" * (1 << 20), "larger than"),
    ],
)
def test_broken_front_matter_is_a_warning_with_its_line(
    tmp_path: Path, block: str, why: str
) -> None:
    found = look_at(tmp_path, "README.md", f"---\n{block}\n---\n# A\nprose\n".encode())
    (finding,) = found.facts.findings
    assert (finding.rule, finding.severity) == ("AIV-FORMAT-MALFORMED", Severity.WARNING)
    assert why in finding.message
    assert found.facts.values == {"front_matter": {}, "sections": {"a": "prose"}}


def test_front_matter_that_nothing_closes_is_a_warning(tmp_path: Path) -> None:
    (finding,) = look_at(tmp_path, "README.md", b"---\nlicense: mit\n").facts.findings
    assert finding.message.startswith("line 1: no second ---")


def test_a_card_that_is_not_utf8_is_a_warning(tmp_path: Path) -> None:
    found = look_at(tmp_path, "README.md", "# Modèle".encode("latin-1"))
    assert [finding.severity for finding in found.facts.findings] == [Severity.WARNING]


def test_a_large_card_is_read_up_to_a_bound_and_says_so(tmp_path: Path) -> None:
    data = b"# A\nx" + "é".encode() * (2 << 20)  # the bound falls inside a character
    found = look_at(tmp_path, "README.md", data)
    assert found.state is State.CLEAN
    assert found.facts.values["warnings"] == ["README.md is read up to 4 MiB and no further"]
