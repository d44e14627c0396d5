"""Model cards: what they state, and how little harm a broken one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import Role, State
from aiverify.core.finding import Severity
from aiverify.formats.interface import Probe
from aiverify.formats.modelcard import ModelCard
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


PLAIN = "---\nlicense: mit\n---\n# Modèle\nOù ça ?\n- **Developed by:** Zoë\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\0\0", "utf-32-le"),
        (b"\0\0\xfe\xff", "utf-32-be"),
    ],
)
def test_a_card_is_read_in_the_encoding_of_its_mark(
    tmp_path: Path, mark: bytes, encoding: str
) -> None:
    found = look_at(tmp_path, "README.md", mark + PLAIN.encode(encoding))
    assert found.state is State.CLEAN
    assert found.facts.values == look_at(tmp_path, "README.md", PLAIN.encode()).facts.values


def test_a_card_in_latin_1_is_read_with_a_warning(tmp_path: Path) -> None:
    found = look_at(tmp_path, "README.md", PLAIN.encode("latin-1"))
    (finding,) = found.facts.findings
    assert finding.severity is Severity.WARNING
    assert finding.message == "byte 26 of the card is not UTF-8, and it is read as Latin-1"
    assert found.facts.values["bullets"] == {"developed by": "Zoë"}


@pytest.mark.parametrize(
    "data",
    [
        "# A".encode("utf-16-le"),
        b"# A\n\xff\x01",
        b"\xff\xfe#\0\0\xd8",
        b"\xff\xfe\0\0\xff\xff\xff\xff",
    ],
)
def test_a_card_in_no_encoding_states_nothing_and_says_so(tmp_path: Path, data: bytes) -> None:
    found = look_at(tmp_path, "README.md", data)
    assert [finding.severity for finding in found.facts.findings] == [Severity.WARNING]
    assert found.facts.values == {}


def test_a_large_card_is_read_up_to_a_bound_and_says_so(tmp_path: Path) -> None:
    data = b"# A\nx" + "é".encode() * (2 << 20)  # the bound falls inside a character
    found = look_at(tmp_path, "README.md", data)
    assert found.state is State.CLEAN
    assert found.facts.values["warnings"] == ["README.md is read up to 2 MiB and no further"]
    assert len(found.facts.values["sections"]["a"]) == 1 + ((2 << 20) - 5) // 2


def test_only_the_beginning_of_a_huge_card_is_fetched() -> None:
    class Huge:
        """Fifty megabytes, of which what is asked for is written down."""

        size = 50 << 20
        asked = 0

        def read_at(self, offset: int, size: int) -> bytes:
            self.asked += size
            return (b"---\nlicense: mit\n---\n# A\n" + b"word word\n" * size)[offset:][:size]

    huge = Huge()
    facts = ModelCard().read(Probe("README.md", huge.size, b"---\n"), huge)
    assert huge.asked == 2 << 20
    assert facts.values["front_matter"] == {"license": "mit"}


def test_a_card_says_how_many_facts_it_states_beyond_the_bound(tmp_path: Path) -> None:
    data = "".join(f"- **Label {number}:** x\n" for number in range(203))
    values = look_at(tmp_path, "README.md", data.encode()).facts.values
    assert len(values["bullets"]) == 200
    assert values["warnings"] == ["README.md states 3 facts more than are kept"]


def test_a_licence_that_is_a_list_and_a_metric_that_is_no_number_are_kept_as_they_are(
    tmp_path: Path,
) -> None:
    block = "license: [mit, llama3.2]\nbase_model: [a/b, ./c]\nmodel-index: [{value: n/a}]"
    values = look_at(tmp_path, "README.md", f"---\n{block}\n---\n".encode()).facts.values
    assert values["front_matter"] == {
        "license": ["mit", "llama3.2"],
        "base_model": ["a/b", "./c"],
        "model-index": [{"value": "n/a"}],
    }
