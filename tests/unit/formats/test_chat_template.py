"""Files that hold chat templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.core.facts import Role, State
from aiverify.core.jsonvalue import Json
from tests.support.looking import look_at, look_at_json

TEXT = "{{ messages }}"
EVIL = "{{ ''.__class__ }}"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("chat_template.jinja", "default"),
        ("additional_chat_templates/rag.jinja", "rag"),
        ("x.j2", "x"),
    ],
)
def test_a_file_of_its_own_states_its_digest_by_its_name(
    tmp_path: Path, file: str, name: str
) -> None:
    found = look_at(tmp_path, file, TEXT.encode())
    assert (found.facts.format, found.facts.role) == ("chat_template", Role.CONFIG)
    assert found.facts.values == {"chat_templates": {name: str(Digest.of(TEXT.encode()))}}
    assert found.state is State.CLEAN


@pytest.mark.parametrize(
    ("file", "value", "place"),
    [
        ("tokenizer_config.json", EVIL, "#/chat_template, line 1"),
        ("chat_template.json", EVIL, "#/chat_template, line 1"),
        ("processor_config.json", EVIL, "#/chat_template, line 1"),
        ("tokenizer_config.json", {"a": "x", "b": EVIL}, "#/chat_template/b, line 1"),
        (
            "tokenizer_config.json",
            [{"name": "a", "template": TEXT}, {"name": "b", "template": EVIL}],
            "#/chat_template/1/template, line 1",
        ),
    ],
)
def test_a_template_is_judged_wherever_it_stands(
    tmp_path: Path, file: str, value: Json, place: str
) -> None:
    (finding,) = look_at_json(tmp_path, file, {"chat_template": value}).facts.findings
    assert (finding.rule, finding.place, finding.file) == ("AIV-TEMPLATE-ESCAPE", place, file)


def test_a_template_that_is_not_text_is_malformed(tmp_path: Path) -> None:
    (finding,) = look_at(tmp_path, "chat_template.jinja", b"\xff\xfe").facts.findings
    assert finding.rule == "AIV-FORMAT-MALFORMED"


def test_a_file_larger_than_any_template_is_unread(tmp_path: Path) -> None:
    found = look_at(tmp_path, "chat_template.jinja", b"a" * ((1 << 20) + 1))
    assert found.state is State.UNREAD


def test_many_templates_are_judged_up_to_a_length_together(tmp_path: Path) -> None:
    value = {"chat_template": {str(at): "a" * 100_000 for at in range(6)}}
    (finding,) = look_at_json(tmp_path, "tokenizer_config.json", value).facts.findings
    assert finding.rule == "AIV-TEMPLATE-BOMB"
