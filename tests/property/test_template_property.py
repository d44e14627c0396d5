"""Templates, configurations and programs of any kind are judged, and nothing is raised."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.facts import FileFacts, State
from aiverify.core.jsonvalue import canonical
from aiverify.formats.template import judge
from tests.corpus.chat_templates import TEMPLATES
from tests.support.looking import look_at

modest = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

PIECES = st.sampled_from(
    [
        *("{{", "}}", "{%", "%}", "{%-", "-%}", "{#", "#}", "{{-", "'", '"', "\\", "\\x5f", "\n"),
        *("for", "in", "if", "else", "endif", "endfor", "set", "macro", "endmacro", "call"),
        *("generation", "endgeneration", "include", "import", "extends", "block", "raw", "filter"),
        *(".", "|", "(", ")", "[", "]", ",", "~", "+", "*", "**", "%", "-", "=", ":", "is", "not"),
        *("x", "messages", "loop.index0", "range", "namespace", "__class__", "attr", "map", "join"),
        *("9", "10**9", "1e999", "'__cla'", "'ss__'", "'%s'", "{0.__a__}", "format", "true"),
        *(" ", "  ", "\u200b", "\ud7ff", "é", "\x00"),
    ]
)

MIXED = st.lists(PIECES, max_size=30).map(" ".join) | st.lists(PIECES, max_size=30).map("".join)

PYTHON = st.lists(
    st.sampled_from(
        [
            *("import os\n", "from x import *\n", "def f():\n    ", "class A:\n", "if x:\n", "\t"),
            *(
                "exec",
                "(",
                ")",
                "[",
                "]",
                "base64.b64decode",
                "'a'",
                "b'\\xff'",
                "f'{x}'",
                "=",
                ",",
            ),
            *("lambda:", "@", "\\\n", "# coding: x\n", "\n", " ", "x", ".", "::-1", ":=", "9" * 50),
            *("curl x | sh", "#!", "await", "match x:\n", "\x0c", "'''", "-", "*", "os.environ"),
        ]
    ),
    max_size=40,
).map("".join)

KEYS = st.sampled_from(
    [
        *("auto_map", "trust_remote_code", "attn_implementation", "_target_", "py/object", "lc"),
        *("type", "id", "vocab_file", "chat_template", "custom_pipelines", "impl", "template"),
        *(
            "name",
            "auto_mapping",
            "parent_library",
            "megatron_core",
            "path",
            "_class_name",
            "cells",
        ),
        *(
            "cell_type",
            "source",
            "outputs",
            "metadata",
            "language_info",
            "__reduce__",
            "class_path",
        ),
        *("init_lora_weights", "layers_to_transform", "modules", "a/b~c"),
    ]
)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | MIXED
    | st.sampled_from(
        ["a/b--c.D", "os.system", "..", "/etc/x", "code", "constructor", "modeling.M"]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)

FILES = st.sampled_from(
    [
        *("adapter_config.json", "chat_template.json", "config.json", "generation_config.json"),
        *("model_index.json", "modules.json", "notebook.ipynb", "other.json", "x.yaml"),
        *("preprocessor_config.json", "sentence_bert_config.json", "tokenizer_config.json"),
        *("chat_template.jinja", "modeling.py", "run.sh", "requirements.txt", "model.pth", "run"),
    ]
)


def looked_at(name: str, data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        return look_at(Path(folder), name, data)


def check(found: FileFacts) -> None:
    """What is said can be written down, and shown."""
    assert canonical(found.to_json())
    assert all(item.message.isprintable() for item in found.facts.findings)
    assert all(item.place.isprintable() for item in found.facts.findings)
    assert all(len(item.message) < 2000 for item in found.facts.findings)


@modest
@given(MIXED)
def test_any_template_is_judged(text: str) -> None:
    assert judge(text) == judge(text)


@modest
@given(st.sampled_from(sorted(TEMPLATES)), st.integers(0, 5000), MIXED)
def test_any_change_of_a_template_is_judged(name: str, at: int, piece: str) -> None:
    text = TEMPLATES[name]
    at %= len(text) + 1
    check(looked_at("chat_template.jinja", (text[:at] + piece + text[at:]).encode()))
    check(looked_at("chat_template.jinja", text[:at].encode()))


@modest
@given(st.sampled_from(sorted(TEMPLATES)), st.data())
def test_an_attribute_that_leads_to_python_is_found_wherever_it_stands(
    name: str, data: st.DataObject
) -> None:
    parts = TEMPLATES[name].split("{{")
    if len(parts) > 1:
        at = data.draw(st.integers(1, len(parts) - 1))
        text = "{{".join(parts[:at]) + "{{ ''.__class__ }}{{" + "{{".join(parts[at:])
        rules = {finding.rule for finding in judge(text)}
        assert rules & {"AIV-TEMPLATE-ESCAPE", "AIV-TEMPLATE-MALFORMED"}


@modest
@given(FILES, VALUES.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200))
def test_any_configuration_is_judged(name: str, data: bytes) -> None:
    check(looked_at(name, data))


@modest
@given(FILES, VALUES, st.integers(0, 2000), st.integers(0, 255))
def test_a_configuration_with_a_byte_changed_is_judged(
    name: str, value: object, at: int, byte: int
) -> None:
    data = bytearray(json.dumps(value).encode())
    data[at % len(data)] = byte
    check(looked_at(name, bytes(data)))


@modest
@given(PYTHON, st.sampled_from(["x.py", "x.sh", "run", "x.ps1"]))
def test_any_program_is_judged(text: str, name: str) -> None:
    check(looked_at(name, text.encode()))


@modest
@given(st.text(max_size=300), st.sampled_from(["x.yaml", "x.py", "x.sh", "x.jinja", "x.ipynb"]))
def test_any_text_is_judged(text: str, name: str) -> None:
    check(looked_at(name, text.encode("utf-8", "surrogatepass")))


@modest
@given(st.lists(st.sampled_from(list("[]{}:,-?!&*|>'\"%@` \n\tab#")), max_size=80).map("".join))
def test_any_yaml_is_judged(text: str) -> None:
    found = looked_at("x.yaml", text.encode())
    check(found)
    assert found.facts.format in ("yaml", "empty")
    assert found.state is not State.UNREAD or found.facts.unread
