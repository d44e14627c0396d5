"""What configurations make a loader do, wherever in them it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import State
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from tests.support.looking import look_at, look_at_json

OWN = "AIV-CONFIG-OWN-CODE"
REMOTE = "AIV-CONFIG-REMOTE-CODE"
IMPORT = "AIV-CONFIG-IMPORT"
PATH = "AIV-CONFIG-PATH"


def only(folder: Path, name: str, value: Json) -> Finding:
    (finding,) = look_at_json(folder, name, value).facts.findings
    return finding


@pytest.mark.parametrize(
    ("value", "rule", "severity"),
    [
        ("modeling.Model", OWN, Severity.WARNING),
        ("folder/modeling.Model", OWN, Severity.WARNING),
        ("a/b--modeling.Model", REMOTE, Severity.ERROR),
        ("../modeling.Model", REMOTE, Severity.ERROR),
        ("https://x/modeling.Model", REMOTE, Severity.ERROR),
        ("os", REMOTE, Severity.ERROR),
    ],
)
def test_code_beside_a_model_is_a_warning_and_any_other_an_error(
    tmp_path: Path, value: str, rule: str, severity: Severity
) -> None:
    found = only(tmp_path, "config.json", {"auto_map": {"AutoModel": value}})
    assert (found.rule, found.severity) == (rule, severity)
    assert found.place == "#/auto_map/AutoModel"


def test_both_tokenizers_of_an_auto_map_are_looked_at(tmp_path: Path) -> None:
    value: Json = {"auto_map": {"AutoTokenizer": ["a.A", None, "b/c--d.E"]}}
    found = look_at_json(tmp_path, "tokenizer_config.json", value).facts.findings
    assert [(item.rule, item.place) for item in found] == [
        (OWN, "#/auto_map/AutoTokenizer/0"),
        (REMOTE, "#/auto_map/AutoTokenizer/2"),
    ]


@pytest.mark.parametrize("value", [False, None, "false", 0, "no"])
def test_code_that_is_not_trusted_is_no_finding(tmp_path: Path, value: Json) -> None:
    assert look_at_json(tmp_path, "config.json", {"trust_remote_code": value}).state is State.CLEAN


@pytest.mark.parametrize(
    ("value", "severity"),
    [
        ("/content/drive/vocab.txt", Severity.WARNING),
        ("C:\\models\\vocab.txt", Severity.WARNING),
        ("/etc/passwd", Severity.ERROR),
        ("a/../../b", Severity.ERROR),
        ("a\\..\\b", Severity.ERROR),
        ("~/x", Severity.ERROR),
        ("s3://bucket/x", Severity.ERROR),
        ("file:x", Severity.ERROR),
        ("//host/x", Severity.ERROR),
    ],
)
def test_a_file_outside_the_artifact_is_found(
    tmp_path: Path, value: str, severity: Severity
) -> None:
    found = only(tmp_path, "tokenizer_config.json", {"vocab_file": value})
    assert (found.rule, found.severity, found.place) == (PATH, severity, "#/vocab_file")


@pytest.mark.parametrize("value", ["vocab.txt", "a/b.txt", "a..b", None, 7, ""])
def test_a_file_of_the_artifact_is_none(tmp_path: Path, value: Json) -> None:
    found = look_at_json(tmp_path, "tokenizer_config.json", {"vocab_file": value})
    assert found.state is State.CLEAN


def test_a_place_is_a_pointer_with_its_escapes(tmp_path: Path) -> None:
    value: Json = {"a/b": [{"c~d": {"_target_": "os.system"}}]}
    found = only(tmp_path, "x.json", value)
    assert found.place == "#/a~1b/0/c~0d/_target_"


@pytest.mark.parametrize(
    ("target", "severity"),
    [
        ("os.system", Severity.ERROR),
        ("builtins.eval", Severity.ERROR),
        ("torch.hub.load", Severity.ERROR),
        ("hydra.utils.instantiate", Severity.ERROR),
        ("src.model.Net", Severity.WARNING),
    ],
)
def test_a_target_is_judged_by_where_it_leads(
    tmp_path: Path, target: str, severity: Severity
) -> None:
    found = only(tmp_path, "x.json", {"_target_": target})
    assert (found.rule, found.severity) == (IMPORT, severity)


@pytest.mark.parametrize(
    "target", ["torch.nn.Linear", "builtins.dict", "transformers.AutoModel.from_pretrained", "", 5]
)
def test_a_target_in_a_known_library_is_none(tmp_path: Path, target: Json) -> None:
    assert look_at_json(tmp_path, "x.json", {"_target_": target}).state is State.CLEAN


def test_a_finding_is_in_the_order_of_the_document(tmp_path: Path) -> None:
    value: Json = {"b": {"trust_remote_code": True}, "a": {"trust_remote_code": True}}
    found = look_at_json(tmp_path, "config.json", value).facts.findings
    assert [item.place for item in found] == ["#/b/trust_remote_code", "#/a/trust_remote_code"]


def test_a_document_of_many_dangers_is_counted_and_not_all_listed(tmp_path: Path) -> None:
    value: Json = [{"_target_": "os.system"}] * 50
    found = look_at_json(tmp_path, "x.json", value).facts.findings
    assert found[-1].message.startswith("30 more")
    assert len(found) == 21


def test_long_names_make_no_long_places(tmp_path: Path) -> None:
    value: Json = {"_target_": "os.system"}
    for _ in range(90):
        value = {"k" * 1000: value}
    found = only(tmp_path, "x.json", value)
    assert len(found.place) < 2000


def test_modules_of_sentence_transformers_are_stated(tmp_path: Path) -> None:
    kind = "sentence_transformers.models.Pooling"
    value: Json = [{"idx": 0, "name": "0", "path": "1_Pooling", "type": kind}]
    found = look_at_json(tmp_path, "modules.json", value)
    assert found.state is State.CLEAN
    assert found.facts.values == {"modules": [{"type": kind, "path": "1_Pooling"}]}


@pytest.mark.parametrize("value", [{}, "x", [1], [{}], [{"type": 7}]])
def test_modules_that_are_no_list_of_types_are_malformed(tmp_path: Path, value: Json) -> None:
    assert only(tmp_path, "modules.json", value).rule == "AIV-FORMAT-MALFORMED"


def test_a_pipeline_of_diffusers_states_its_parts(tmp_path: Path) -> None:
    value: Json = {
        "_class_name": "Pipeline",
        "unet": ["diffusers", "UNet"],
        "checker": [None, None],
        "own": ["my_unet", "UNet"],
    }
    found = look_at_json(tmp_path, "model_index.json", value).facts
    parts = {"unet": "diffusers.UNet", "own": "my_unet.UNet"}
    assert found.values == {"pipeline": "Pipeline", "parts": parts}
    assert [item.rule for item in found.findings] == [OWN]


def test_a_processor_states_its_classes(tmp_path: Path) -> None:
    value: Json = {"image_processor_type": "X", "size": 1, "processor_class": "P"}
    found = look_at_json(tmp_path, "preprocessor_config.json", value).facts
    assert found.values == {"image_processor_type": "X", "processor_class": "P"}
    assert found.format == "processor"


def test_settings_of_sentence_transformers_are_stated(tmp_path: Path) -> None:
    value: Json = {"prompts": {"query": "q: "}, "similarity_fn_name": "cosine", "x": 1}
    found = look_at_json(tmp_path, "config_sentence_transformers.json", value).facts
    assert found.values == {"prompts": {"query": "q: "}, "similarity_fn_name": "cosine"}


def test_an_adapter_states_its_patterns_and_how_it_was_begun(tmp_path: Path) -> None:
    value: Json = {
        "r": 8,
        "rank_pattern": {"^a$": 4},
        "alpha_pattern": {"^a$": 8.5},
        "use_rslora": True,
        "init_lora_weights": "gaussian",
        "layers_to_transform": [0, 1],
        "trainable_token_indices": {"embed": [1]},
        "target_parameters": ["w"],
        "peft_version": "0.21.2",
    }
    found = look_at_json(tmp_path, "adapter_config.json", value)
    assert found.facts.values == value
    assert found.state is State.CLEAN


@pytest.mark.parametrize(
    ("library", "rule"),
    [
        ("transformers.models.llama.modeling_llama", ""),
        ("transformers_modules.x.modeling", OWN),
        ("transformersx", IMPORT),
        ("os", IMPORT),
        ("__main__", IMPORT),
    ],
)
def test_a_library_that_an_adapter_has_imported_is_judged(
    tmp_path: Path, library: str, rule: str
) -> None:
    value: Json = {"auto_mapping": {"parent_library": library, "base_model_class": "X"}}
    found = look_at_json(tmp_path, "adapter_config.json", value).facts.findings
    assert [item.rule for item in found] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a: 1\nb: [2]\n", {"documents": 1, "members": 2}),
        ("--- 1\n--- {a: 1}\n", {"documents": 2, "members": 2}),
        ("# nothing\n", {"documents": 0, "members": 0}),
        ("a: &x [1]\nb: *x\n? [k]\n: v\n", {"documents": 1, "members": 3}),
    ],
)
def test_yaml_states_its_documents(tmp_path: Path, text: str, values: Json) -> None:
    found = look_at(tmp_path, "x.yaml", text.encode())
    assert (found.facts.format, found.facts.values, found.state) == ("yaml", values, State.CLEAN)


@pytest.mark.parametrize("text", ["a: [", "[" * 200, "a: *b: c"])
def test_yaml_that_is_none_is_a_warning(tmp_path: Path, text: str) -> None:
    (finding,) = look_at(tmp_path, "x.yml", text.encode()).facts.findings
    assert (finding.rule, finding.severity) == ("AIV-FORMAT-MALFORMED", Severity.WARNING)


def test_a_tag_is_found_on_its_line_even_in_yaml_that_breaks_off(tmp_path: Path) -> None:
    text = b"a: 1\nb: !!python/name:os.system\nc: ["
    tag, broken = look_at(tmp_path, "x.yaml", text).facts.findings
    assert (tag.rule, tag.place, tag.severity) == ("AIV-CONFIG-YAML", "line 2", Severity.ERROR)
    assert broken.rule == "AIV-FORMAT-MALFORMED"


@pytest.mark.parametrize("text", ["a: !!str 1", "a: !!binary eA==", "! a", "a: 2026-01-01"])
def test_tags_of_yaml_itself_are_none(tmp_path: Path, text: str) -> None:
    assert look_at(tmp_path, "x.yaml", text.encode()).state is State.CLEAN


def test_yaml_that_is_large_or_no_text_is_unread(tmp_path: Path) -> None:
    assert look_at(tmp_path, "x.yaml", b"a" * ((2 << 20) + 1)).state is State.UNREAD
    assert look_at(tmp_path, "x.yaml", b"a: \xff\xfe b").state is State.UNREAD
