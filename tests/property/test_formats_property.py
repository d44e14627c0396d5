"""Whatever a file holds, looking into it gives facts that can be written down."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.describe import describe
from aiverify.core.facts import FileFacts, State
from aiverify.core.fit import fit
from aiverify.core.jsonvalue import canonical
from aiverify.core.shards import disagreements
from tests.support.looking import look_at
from tests.support.weights import safetensors_bytes, with_header

NAMES = st.sampled_from(
    [
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "config.json",
        "data",
        "generation_config.json",
        "merges.txt",
        "model.pkl",
        "model.py",
        "model.safetensors.index.json",
        "other.json",
        "run.sh",
        "special_tokens_map.json",
        "tokenizer.json",
        "tokenizer.model",
        "tokenizer_config.json",
        "vocab.json",
        "vocab.txt",
    ]
)

KEYS = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        [
            "__metadata__",
            "added_tokens",
            "architectures",
            "chat_template",
            "data_offsets",
            "dtype",
            "metadata",
            "model",
            "model-index",
            "peft_type",
            "r",
            "rank_pattern",
            "results",
            "shape",
            "text_config",
            "total_size",
            "type",
            "vocab",
            "weight_map",
        ]
    ),
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["F32", "LORA", "../x", "model.safetensors"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)

VALID = st.sampled_from(
    [
        safetensors_bytes({"a": ("F32", (2, 3)), "b": ("BF16", (4,))}, {"format": "pt"}),
        b"---\nlicense: mit\ntags: [a]\nmodel-index:\n- name: x\n---\n# A\ntext\n",
        b'{"model_type": "llama", "vocab_size": 7, "architectures": ["A"]}',
        b"\x7fELF\x02\x01\x01".ljust(64, b"\0"),
        b"\x80\x04cos\nsystem\n(S'id'\ntR.",
        b"PK\x03\x04".ljust(26, b"\0") + b"\x0c\0\0\0m/data.pkl",
    ]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A valid file, cut off somewhere and with some bytes changed."""
    data = bytearray(draw(VALID))
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


@st.composite
def lying(draw: st.DrawFn) -> bytes:
    """Weights whose header has any length and says anything."""
    header = json.dumps(draw(st.dictionaries(KEYS, JSON, max_size=4))).encode()
    honest = with_header(header, draw(st.integers(0, 64)))
    length = draw(st.sampled_from([len(header), 0, 1, 2**63, 2**64 - 1]) | st.integers(0, 200))
    return length.to_bytes(8, "little") + honest[8:]


CONTENT = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode()),
    st.text(max_size=100).map(lambda text: f"---\n{text}\n---\n".encode()),
    JSON.map(lambda value: json.dumps(value).encode()),
    JSON.map(lambda value: b"---\n" + json.dumps(value).encode() + b"\n---\n# A\nb"),
    damaged(),
    lying(),
)

modest = settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def looked_at(name: str, data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        return look_at(Path(folder), name, data)


@modest
@given(NAMES, CONTENT)
def test_any_content_gives_facts_that_can_be_written_down(name: str, data: bytes) -> None:
    found = looked_at(name, data)
    assert canonical(found.to_json())
    assert canonical([finding.to_json() for finding in found.facts.findings])
    assert all(finding.message.isprintable() for finding in found.facts.findings)
    assert all(finding.file == name for finding in found.facts.findings)


@modest
@given(st.lists(st.tuples(NAMES, CONTENT), max_size=5, unique_by=lambda item: item[0]))
def test_any_artifact_can_be_described_and_judged(contents: list[tuple[str, bytes]]) -> None:
    files = [looked_at(name, data) for name, data in contents]
    assert describe(files) == describe(files)
    assert disagreements(files) == disagreements(files)
    assert fit(files, files) == fit(files, files)


@modest
@given(lying() | damaged())
def test_weights_are_clean_only_when_every_byte_is_accounted_for(data: bytes) -> None:
    found = looked_at("model.safetensors", data)
    if found.state is State.CLEAN:
        length = int.from_bytes(data[:8], "little")
        assert found.facts.values["bytes"] == len(data) - 8 - length
    else:
        # Damage can make a pickle of it, about which there is more to say.
        assert "AIV-FORMAT-MALFORMED" in [finding.rule for finding in found.facts.findings]
        assert found.facts.tensors == ()
