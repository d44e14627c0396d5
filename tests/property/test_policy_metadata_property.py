"""Whatever a policy's text is, its METADATA is read or refused in one sentence."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.policy import metadata

PIECES = st.sampled_from(
    (
        *("# METADATA\n", "# title: x\n", "# a: [1\n", "# scope: rule\n", "# custom: {}\n"),
        *("package p\n", "default x := 1\n", "import data.x\n", "x if y\n"),
        *("#", "`", '"', "\\", "\n", "\r\n", "  "),
    )
)
TEXTS = st.text(st.characters(max_codepoint=0xD7FF))
"""What JSON and YAML escape alike."""


@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = metadata.read(text, "p.rego")
    except MalformedError as error:
        said = error.message
    else:
        metadata.about(text, "p.rego")
        lines = text.split("\n")
        for item in found:
            assert lines[item.line - 1].lstrip("#").strip().startswith("METADATA")
            assert (item.target == "") == (item.scope in metadata.OF_PACKAGE)
        return
    assert said.startswith("p.rego:")
    assert "\n" not in said


@given(TEXTS, TEXTS, st.sampled_from(["error", "warning", "note"]))
def test_what_is_written_is_read_again(title: str, description: str, severity: str) -> None:
    members: dict[str, Json] = {
        "title": title,
        "description": description,
        "custom": {"severity": severity, "collections": ["a"], "since": "2026-01-01"},
    }
    text = f"# METADATA\n# {json.dumps(members)}\npackage p\n"
    about = metadata.about(text, "p.rego")
    assert about
    assert about.title == " ".join(title.split())
    assert about.description == " ".join(description.split())
    assert about.severity == severity
