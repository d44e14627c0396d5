"""The prose of a card: sections, facts, and what is not seen of it."""

from __future__ import annotations

import pytest

from aiverify.formats.card_prose import MAX_BULLETS, read_prose

TEMPLATE = """# Model Card for X

<!-- Provide a quick summary of what the model is/does. -->

It tells jokes.

## Bias, Risks, and Limitations

<!-- This section is meant to convey
# both technical and sociotechnical limitations. -->

[More Information Needed]

## Uses <!-- who --> and abuses
For people.
"""


def test_what_the_template_asks_is_no_part_of_what_a_card_says() -> None:
    assert read_prose(TEMPLATE).sections == {
        "model card for x": "It tells jokes.",
        "bias, risks, and limitations": "[More Information Needed]",
        "uses  and abuses": "For people.",
    }


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a <!-- b", "a <!-- b"),
        ("a <!--> b", "a <!--> b"),
        ("a <!-- b --> c <!-- d", "a  c <!-- d"),
        ("a --> b", "a --> b"),
        ("a <!-- b\nc --> d <!-- e --> f", "a \n d  f"),
        ("```\n<!-- b -->\n```", "```\n<!-- b -->\n```"),
        ("~~~\n# b\n```\n~~~", "~~~\n# b\n```\n~~~"),
    ],
)
def test_comments_are_left_out_where_they_end_and_are_no_code(text: str, seen: str) -> None:
    assert read_prose(f"# A\n{text}").sections == {"a": seen}


def test_an_unfinished_comment_hides_no_heading() -> None:
    assert read_prose("# A\n<!-- x\n# B\ny").sections == {"a": "<!-- x", "b": "y"}


def test_a_heading_of_signs_ends_a_section_and_begins_none() -> None:
    assert read_prose("# A\nx\n# ##\ny\n# B\nz").sections == {"a": "x", "b": "z"}


@pytest.mark.parametrize(
    "line",
    [
        "- **Developed by:** Some One",
        "* **Developed by**: Some One",
        "**Developed By:** Some One  ",
        "  + **Developed by [optional]:** Some One",
        "- **Developed by :** Some One",
    ],
)
def test_a_fact_is_found_however_it_is_written(line: str) -> None:
    assert read_prose(line).bullets == {"developed by": "Some One"}


@pytest.mark.parametrize(
    "line",
    [
        "- **Developed by:** [More Information Needed]",
        "- **Developed by:** {{ developers | default('x', true)}}",
        "- **Developed by:** <!-- whom -->",
        "- **Developed by:** N/A",
        "- **Developed by:**",
        "- **Note** is this: that",
        "- Developed by: Some One",
        "**a" * 1000,
    ],
)
def test_what_nobody_filled_in_and_what_is_no_fact_is_none(line: str) -> None:
    assert read_prose(line).bullets == {}


def test_the_first_of_two_facts_counts_and_what_is_too_many_is_counted() -> None:
    lines = [f"- **L{number}:** x" for number in range(MAX_BULLETS)]
    prose = read_prose("\n".join(["- **L0:** first", *lines, "- **more:** x", "- **L5:** y"]))
    assert (prose.bullets["l0"], len(prose.bullets)) == ("first", MAX_BULLETS)
    assert prose.left_out == 1


def test_a_fact_is_cut_at_a_bound() -> None:
    assert read_prose("- **A:** " + "x" * 10_000).bullets["a"] == "x" * 2000 + " [...]"
