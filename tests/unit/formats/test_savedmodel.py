"""TensorFlow's graphs: what they state, and which operators reach out of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts, State, Tensor
from aiverify.core.finding import Severity
from aiverify.formats.tensorflow import scope, table
from aiverify.formats.tensorflow.dangers import DANGERS
from aiverify.formats.tensorflow.known import known
from tests.corpus.real import ASSETS
from tests.corpus.sample import Label, Sample
from tests.corpus.savedmodels import SAMPLES, called, given, running
from tests.support.looking import look_at
from tests.support.protobuf_files import (
    blob,
    checkpoint,
    keras_metadata,
    meta_graph,
    number,
    placed,
    saved_model,
    sentencepiece,
    tf_asset,
    tf_graph,
    tf_node,
    tf_text,
    tf_weight,
)
from tests.support.protobuf_files import (
    table as sorted_table,
)


def looked_at(folder: Path, data: bytes, name: str = "saved_model.pb") -> FileFacts:
    return look_at(folder, name, data)


def own(found: FileFacts) -> list[tuple[str, Severity]]:
    """The findings that are this format's own."""
    return [
        (finding.rule.removeprefix("AIV-SAVEDMODEL-"), finding.severity)
        for finding in found.facts.findings
        if finding.rule.startswith("AIV-SAVEDMODEL-")
    ]


def test_a_model_states_its_version_signatures_operators_and_assets(tmp_path: Path) -> None:
    graph = tf_graph(tf_weight("w", 2, 3), tf_text("t", "x"), tf_node("m", "MatMul", "x", "w"))
    found = looked_at(tmp_path, saved_model(graph, [tf_asset("t", "vocab.txt")]))
    assert found.state is State.CLEAN
    assert (found.facts.format, found.facts.tensors) == ("savedmodel", ())
    assert found.facts.values == {
        "tensorflow": "2.21.0",
        "tags": ["serve"],
        "signatures": {
            "serving_default": {
                "inputs": {"x": {"dtype": "f32", "shape": [None, 2]}},
                "outputs": {"y": {"dtype": "f32", "shape": None}},
            }
        },
        "assets": ["vocab.txt"],
        "nodes": 3,
        "operators": {"Const": 2, "MatMul": 1},
        "functions": 0,
    }


def test_a_real_model_is_read_with_its_functions(tmp_path: Path) -> None:
    found = looked_at(tmp_path, (ASSETS / "savedmodel" / "saved_model.pb").read_bytes())
    assert (found.state, found.facts.values["functions"]) == (State.CLEAN, 4)


def test_a_frozen_graph_has_its_weights_in_constants(tmp_path: Path) -> None:
    data = tf_graph(tf_weight("w", 2, 3), tf_text("t", "x"), tf_weight("scalar"))
    found = looked_at(tmp_path, data, "frozen.pb")
    assert found.facts.tensors == (Tensor("w", "f32", (2, 3)), Tensor("scalar", "f32", ()))
    assert found.facts.values["parameters"] == 7


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_is_told_for_what_it_is(tmp_path: Path, sample: Sample) -> None:
    found = look_at(tmp_path, sample.file, sample.make())
    assert found.state is sample.state
    if sample.label is Label.BENIGN:
        assert found.facts.findings == ()
    else:
        assert sample.rule in {finding.rule for finding in found.facts.findings}


@pytest.mark.parametrize(
    ("data", "name", "form"),
    [
        (saved_model(tf_graph(tf_node("a", "NoOp"))), "x.bin", "savedmodel"),
        (meta_graph(tf_graph(tf_node("a", "NoOp"))), "x.bin", "metagraph"),
        (tf_graph(tf_node("a", "NoOp")), "x.bin", "graphdef"),
        (sentencepiece("<unk>", "a"), "x.bin", "sentencepiece"),
        (checkpoint({"w": placed([2], 0, 8)}), "x.bin", "tensorflow_checkpoint"),
    ],
)
def test_each_kind_is_recognised_under_any_name(
    tmp_path: Path, data: bytes, name: str, form: str
) -> None:
    found = look_at(tmp_path, name, data)
    assert (found.facts.format, found.state) == (form, State.CLEAN)


@pytest.mark.parametrize("data", [bytes(64), b"\x0a\x03abc", b"\x08\x01\x12\x02\x0a\0", b"\x0a\0"])
def test_other_bytes_are_none_of_them(tmp_path: Path, data: bytes) -> None:
    assert look_at(tmp_path, "x.bin", data).facts.format in ("unknown", "text")


def test_a_finding_says_which_node_of_which_function_names_which_file(tmp_path: Path) -> None:
    found = looked_at(tmp_path, running(*given("WriteFile"))())
    [finding] = [item for item in found.facts.findings if item.rule == "AIV-SAVEDMODEL-WRITE"]
    assert finding.message == "WriteFile writes a file: '/nonexistent/pwned'"
    assert finding.place == "__inference_call_7/op"


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (given("TextLineDataset", "data.txt"), [("READ", Severity.WARNING)]),
        ((tf_node("r", "TFRecordReaderV2"),), [("READ", Severity.WARNING)]),
        (given("InitializeTableFromTextFileV2", "vocab.txt", 1), [("READ", Severity.WARNING)]),
        (given("CreateSummaryFileWriter", "logs", 1), [("WRITE", Severity.WARNING)]),
        (given("SaveV2", "model"), []),
        (given("RestoreV2", "model"), []),
        ((tf_node("s", "SaveV2", "file_prefix"),), []),
        ((tf_node("d", "DebugIdentityV2", "x"),), [("WRITE", Severity.WARNING)]),
        ((tf_node("m", "MlirPassthroughOp"),), [("HIDDEN", Severity.WARNING)]),
        (
            (tf_node("n", "StringLower", "x"), tf_node("s", "SaveV2", "n:output:0")),
            [("WRITE", Severity.WARNING)],
        ),
    ],
)
def test_what_stays_inside_is_a_warning_or_nothing(
    tmp_path: Path, nodes: tuple[bytes, ...], expected: list[tuple[str, Severity]]
) -> None:
    assert own(looked_at(tmp_path, running(*nodes)())) == expected


def test_an_asset_excuses_only_the_node_that_stands_for_it(tmp_path: Path) -> None:
    nodes = (*given("InitializeTableFromTextFile", "/old/vocab.txt", 1),)
    found = looked_at(tmp_path, saved_model(tf_graph(*nodes), [tf_asset("other", "vocab.txt")]))
    assert own(found) == [("READ", Severity.ERROR)]


def test_a_constant_is_found_behind_other_nodes(tmp_path: Path) -> None:
    nodes = [tf_text("n0", "/nonexistent/pwned")]
    nodes += [tf_node(f"n{index}", "Identity", f"n{index - 1}") for index in range(1, 50)]
    found = looked_at(tmp_path, saved_model(tf_graph(*nodes, tf_node("s", "SaveV2", "n49"))))
    assert own(found) == [("WRITE", Severity.ERROR)]


def test_a_node_is_not_covered_up_by_another_of_its_name(tmp_path: Path) -> None:
    nodes = (*given("WriteFile"), tf_node("op", "NoOp"))
    assert own(looked_at(tmp_path, running(*nodes)())) == [("WRITE", Severity.ERROR)]


def test_nodes_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    nodes = (tf_node("a", "Identity", "b"), tf_node("b", "Identity", "a"))
    found = looked_at(tmp_path, saved_model(tf_graph(*nodes, tf_node("s", "SaveV2", "a"))))
    assert found.state is State.CLEAN


def test_the_order_of_nodes_is_no_way_from_one_to_another(tmp_path: Path) -> None:
    nodes = (tf_text("t", "/nonexistent/x"), tf_node("s", "SaveV2", "prefix", "^t"))
    assert own(looked_at(tmp_path, saved_model(tf_graph(*nodes)))) == []


def test_a_dangerous_graph_of_more_nodes_than_are_kept_is_left_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "MAX_NODES", 3)
    nodes = [tf_node(f"n{index}", "NoOp") for index in range(4)]
    assert looked_at(tmp_path, saved_model(tf_graph(*nodes))).state is State.CLEAN
    found = looked_at(tmp_path, saved_model(tf_graph(*nodes, tf_node("w", "SaveV2"))))
    assert found.state is State.UNREAD


def test_every_danger_but_those_of_other_libraries_is_an_operator_of_tensorflow() -> None:
    assert DANGERS.keys() - known() == {"RemoteFusedGraphExecute", "TRTEngineOp"}
    assert len(known()) > 1700


def test_metadata_of_keras_is_judged_as_its_configuration(tmp_path: Path) -> None:
    found = looked_at(tmp_path, keras_metadata("{}", "{}"), "keras_metadata.pb")
    assert (found.state, found.facts.values) == (State.CLEAN, {"objects": 2})


def test_a_fingerprint_with_a_field_of_a_later_version_is_unread(tmp_path: Path) -> None:
    assert looked_at(tmp_path, number(1, 5) + blob(9, "x"), "fingerprint.pb").state is State.UNREAD


def test_an_index_states_where_every_tensor_lies(tmp_path: Path) -> None:
    data = checkpoint(
        {
            "a": placed([2, 2], 0, 16),
            "b": placed([3], 0, 12, shard=1),
            "s": placed([1], 16, 9, code=7),
        },
        shards=2,
    )
    found = look_at(tmp_path, "variables/variables.index", data)
    assert found.state is State.CLEAN
    assert found.facts.values["external_data"] == [
        {"location": "variables.data-00000-of-00002", "tensors": 2, "ranges": [[0, 25]]},
        {"location": "variables.data-00001-of-00002", "tensors": 1, "ranges": [[0, 12]]},
    ]
    assert found.facts.tensors == (Tensor("a", "f32", (2, 2)), Tensor("b", "f32", (3,)))


def test_a_packed_index_is_unread(tmp_path: Path) -> None:
    data = sorted_table([(b"", number(1, 1))], packing=1)
    assert look_at(tmp_path, "variables.index", data).state is State.UNREAD


def test_an_index_that_leads_to_one_block_again_and_again_is_malformed(tmp_path: Path) -> None:
    entries = [(b"", number(1, 1)), *((b"%d" % item, placed([2], 0, 8)) for item in range(99))]
    found = look_at(tmp_path, "variables.index", sorted_table(entries, times=50))
    [finding] = found.facts.findings
    assert "lies outside the table" in finding.message


def test_keys_that_unpack_to_too_much_are_left_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MAX_KEYS", 3)
    data = checkpoint({"four": placed([2], 0, 8)})
    assert look_at(tmp_path, "variables.index", data).state is State.UNREAD


def test_a_sentencepiece_model_states_its_vocabulary(tmp_path: Path) -> None:
    found = look_at(tmp_path, "tokenizer.model", sentencepiece("<unk>", "a", "b"))
    assert found.state is State.CLEAN
    assert found.facts.values == {"vocab_size": 3, "type": "bpe"}


def test_a_broken_sentencepiece_model_is_malformed(tmp_path: Path) -> None:
    for data in (b"\x0a\x7f\0", number(9, 1), sentencepiece()):
        found = look_at(tmp_path, "tokenizer.model", data)
        assert [finding.rule for finding in found.facts.findings] == ["AIV-FORMAT-MALFORMED"]


def test_a_function_that_is_called_holds_what_it_calls(tmp_path: Path) -> None:
    found = looked_at(tmp_path, saved_model(called(tf_node("a", "NoOp"))))
    assert found.facts.values["operators"] == {"NoOp": 1, "StatefulPartitionedCall": 1}
