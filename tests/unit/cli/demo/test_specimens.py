"""The demonstration's specimens are what they say: real where real, hostile in one way each."""

from __future__ import annotations

import json
import pickletools
from math import prod
from pathlib import Path

import pytest

from aiverify.cli.demo import model
from aiverify.cli.demo.hostile import PICKLE_FILE, PLANTED_FILE
from aiverify.cli.demo.specimens import Specimens, make_all
from aiverify.cli.demo.weights import ELEMENT_BYTES, Weight, write_safetensors
from aiverify.errors import OutputError

SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")


@pytest.fixture(scope="module")
def specimens(tmp_path_factory: pytest.TempPathFactory) -> Specimens:
    return make_all(tmp_path_factory.mktemp("specimens"))


def content(directory: Path) -> dict[str, bytes]:
    """The bytes of every file below a directory."""
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def document(path: Path) -> dict:
    return json.loads(path.read_bytes())


def header(path: Path) -> dict:
    """A safetensors header without its metadata, read by hand."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    fields = json.loads(data[8 : 8 + size])
    fields.pop("__metadata__", None)
    return fields


def shapes(path: Path) -> dict[str, list[int]]:
    return {name: field["shape"] for name, field in header(path).items()}


def test_two_runs_write_the_same_bytes(specimens, tmp_path):
    again = make_all(tmp_path / "again")

    assert content(again.root) == content(specimens.root)


def test_a_second_run_into_the_same_directory_is_refused(tmp_path):
    first = make_all(tmp_path)
    before = content(tmp_path)

    with pytest.raises(OutputError) as error:
        make_all(tmp_path)

    assert str(first.model) in error.value.message
    assert content(tmp_path) == before


def test_a_directory_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(OutputError, match="file"):
        make_all(tmp_path / "file" / "below")


@pytest.mark.parametrize(
    "name", [*(f"llama/{shard}" for shard in SHARDS), "llama-lora/adapter_model.safetensors"]
)
def test_offsets_leave_no_hole_and_end_at_the_end_of_the_file(specimens, name):
    path = specimens.root / name
    header_size = int.from_bytes(path.read_bytes()[:8], "little")
    end = 0
    for field in header(path).values():
        start, stop = field["data_offsets"]
        assert start == end
        assert stop - start == prod(field["shape"]) * ELEMENT_BYTES[field["dtype"]]
        end = stop

    assert 8 + header_size + end == path.stat().st_size
    assert header_size % 8 == 0


def test_tensors_are_laid_out_by_width_and_then_by_name(tmp_path):
    tensors = {
        name: Weight.seeded(name, dtype, (3,))
        for name, dtype in (("d", "BF16"), ("c", "F32"), ("b", "BF16"), ("a", "F32"))
    }
    write_safetensors(tmp_path / "mixed.safetensors", tensors)

    assert list(header(tmp_path / "mixed.safetensors")) == ["a", "c", "b", "d"]


def test_weights_are_finite_small_and_follow_from_their_seed():
    weight = Weight.seeded("one", "BF16", (1000,))
    exponents = {
        int.from_bytes(weight.data[at : at + 2], "little") >> 7 & 0xFF for at in range(0, 2000, 2)
    }

    assert exponents == {0x78, 0x79}
    assert weight == Weight.seeded("one", "BF16", (1000,))
    assert weight != Weight.seeded("other", "BF16", (1000,))


def test_the_index_names_every_tensor_of_every_shard(specimens):
    index = document(specimens.model / "model.safetensors.index.json")
    found = {name: shard for shard in SHARDS for name in header(specimens.model / shard)}

    assert index["weight_map"] == found
    assert set(found) == set(model.shapes())
    data_bytes = sum(
        field["data_offsets"][1] - field["data_offsets"][0]
        for shard in SHARDS
        for field in header(specimens.model / shard).values()
    )
    assert index["metadata"]["total_size"] == data_bytes


def test_the_shapes_follow_from_the_configuration(specimens):
    config = document(specimens.model / "config.json")
    found = {
        name: shape for shard in SHARDS for name, shape in shapes(specimens.model / shard).items()
    }
    head_size = config["hidden_size"] // config["num_attention_heads"]

    assert found["model.embed_tokens.weight"] == [config["vocab_size"], config["hidden_size"]]
    assert found["model.layers.1.self_attn.v_proj.weight"] == [
        config["num_key_value_heads"] * head_size,
        config["hidden_size"],
    ]
    assert found["model.layers.1.mlp.down_proj.weight"] == [
        config["hidden_size"],
        config["intermediate_size"],
    ]


def test_the_tokenizer_has_one_token_for_every_row_of_the_embedding(specimens):
    tokenizer = document(specimens.model / "tokenizer.json")
    vocabulary = tokenizer["model"]["vocab"]

    assert sorted(vocabulary.values()) == list(range(model.VOCABULARY))
    for left, right in tokenizer["model"]["merges"]:
        assert {left, right, left + right} <= vocabulary.keys()
    for token in tokenizer["added_tokens"]:
        assert vocabulary[token["content"]] == token["id"]


def test_the_adapter_fits_its_base(specimens):
    assert misfits(specimens.adapter) == []


def test_the_foreign_adapter_claims_the_same_base_and_fits_nowhere(specimens):
    config = document(specimens.foreign_adapter / "adapter_config.json")
    tensors = header(specimens.foreign_adapter / "adapter_model.safetensors")

    assert config == document(specimens.adapter / "adapter_config.json")
    assert len(misfits(specimens.foreign_adapter)) == len(tensors)


def misfits(adapter: Path) -> list[str]:
    """The adapter's tensors that do not fit the base: A is (rank, in) and B is (out, rank)."""
    rank = document(adapter / "adapter_config.json")["r"]
    wrong = []
    for name, shape in shapes(adapter / "adapter_model.safetensors").items():
        place, _, half = name.removeprefix("base_model.model.").partition(".lora_")
        out_size, in_size = model.shapes()[f"{place}.weight"]
        if shape != ([rank, in_size] if half == "A.weight" else [out_size, rank]):
            wrong.append(name)
    return wrong


def test_the_flipped_byte_is_one_bit_in_one_shard(specimens):
    original, twin = content(specimens.model), content(specimens.flipped_byte)
    changed = [name for name in original if twin[name] != original[name]]

    assert twin.keys() == original.keys()
    assert changed == [SHARDS[1]]
    before, after = original[SHARDS[1]], twin[SHARDS[1]]
    assert after[:-1] == before[:-1]
    assert (after[-1] ^ before[-1]).bit_count() == 1


@pytest.mark.parametrize(
    ("twin", "extra"), [("planted_file", PLANTED_FILE), ("with_pickle", PICKLE_FILE)]
)
def test_a_twin_with_a_file_added_differs_in_nothing_else(specimens, twin, extra):
    files = content(getattr(specimens, twin))

    assert files.pop(extra)
    assert files == content(specimens.model)


def test_the_pickle_would_call_a_command_if_anybody_loaded_it(specimens):
    data = (specimens.with_pickle / PICKLE_FILE).read_bytes()
    opcodes = [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(data)]

    assert ("GLOBAL", "posix system") in opcodes
    assert any(name == "BINUNICODE" and argument.startswith("echo ") for name, argument in opcodes)
    assert "REDUCE" in dict(opcodes)
    assert opcodes[-1] == ("STOP", None)
    pickletools.dis(data, out=Discard())


class Discard:
    """Somewhere for a disassembly to go; it raises when the stack does not add up."""

    def write(self, text: str) -> None:
        pass
