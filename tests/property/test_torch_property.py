"""Whatever a checkpoint says, it is judged; what honest ones hold is stated to the element."""

from __future__ import annotations

import tempfile
from math import prod
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.facts import FileFacts, State
from aiverify.core.jsonvalue import canonical
from aiverify.formats.found import Found
from aiverify.formats.pytorch import exported as exports
from aiverify.formats.pytorch import scripts
from tests.support.looking import look_at
from tests.support.torch_files import Weight, exported, legacy, script, torch_members, torch_zip

modest = settings(deadline=None, max_examples=100, derandomize=True)

VALID = st.sampled_from([torch_zip(), legacy(), script(), exported()])
NUMBERS = st.integers(-2, 8) | st.integers(-(1 << 70), 1 << 70)

LYING = st.builds(
    Weight,
    st.sampled_from(["0", "1", "../2", "constants", ""]),
    st.lists(NUMBERS, max_size=4).map(tuple),
    st.lists(NUMBERS, max_size=4).map(tuple),
    NUMBERS,
    st.sampled_from(["torch.FloatStorage", "torch.Storage", "os.system", "torch.ByteStorage"]),
    NUMBERS,
    st.binary(max_size=64),
)


@st.composite
def honest(draw: st.DrawFn) -> dict[str, Weight]:
    """Tensors that fill their storages."""
    shapes = draw(st.lists(st.lists(st.integers(0, 4), max_size=3), max_size=4))
    weights = {}
    for key, shape in enumerate(shapes):
        elements = prod(shape)
        stride = tuple(prod(shape[at + 1 :]) for at in range(len(shape)))
        weights[f"w{key}"] = Weight(
            str(key), tuple(shape), stride, elements=elements, data=bytes(4 * elements)
        )
    return weights


def looked_at(data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        found = look_at(Path(folder), "model.pt", data)
    assert canonical(found.to_json())
    assert canonical([finding.to_json() for finding in found.facts.findings])
    assert all(finding.message.isprintable() for finding in found.facts.findings)
    return found


@modest
@given(VALID, st.data())
def test_a_damaged_checkpoint_is_judged(data: bytes, draws: st.DataObject) -> None:
    damaged = bytearray(data)
    for _ in range(draws.draw(st.integers(1, 4))):
        damaged[draws.draw(st.integers(0, len(damaged) - 1))] = draws.draw(st.integers(0, 255))
    looked_at(bytes(damaged[: draws.draw(st.integers(0, len(damaged)))]))


@modest
@given(st.lists(LYING, max_size=3), st.booleans())
def test_a_checkpoint_that_lies_about_its_tensors_is_judged(
    listed: list[Weight], old: bool
) -> None:
    weights = {f"w{at}": weight for at, weight in enumerate(listed)}
    if old:
        counted = all(-(1 << 63) <= weight.elements < 1 << 63 for weight in listed)
        found = looked_at(legacy(weights, storages=None if counted else b""))
    else:
        found = looked_at(torch_zip(torch_members(weights)))
    if found.state is State.CLEAN:
        assert all(prod(tensor.shape) >= 0 for tensor in found.facts.tensors)


@modest
@given(st.binary(max_size=200))
def test_any_pickle_in_a_checkpoint_is_judged(data: bytes) -> None:
    looked_at(torch_zip(torch_members(pickle=b"\x80\x02" + data)))


@modest
@given(honest(), st.booleans())
def test_what_a_checkpoint_holds_is_stated(weights: dict[str, Weight], old: bool) -> None:
    found = looked_at(legacy(weights) if old else torch_zip(torch_members(weights)))
    assert found.state is State.CLEAN
    assert {tensor.name: tensor.shape for tensor in found.facts.tensors} == {
        name: weight.shape for name, weight in weights.items()
    }
    assert found.facts.values["bytes"] == sum(len(weight.data) for weight in weights.values())


@modest
@given(honest(), st.integers(0, 1 << 12))
def test_a_checkpoint_that_is_cut_off_is_never_clean(weights: dict[str, Weight], at: int) -> None:
    data = legacy(weights)
    cut = data[: at % len(data)]
    assert looked_at(cut).state is not State.CLEAN or not cut


@modest
@given(st.text(st.sampled_from("torch.saveops\\ \n=()#,'\"_0aten"), max_size=200))
def test_any_code_is_judged(text: str) -> None:
    scripts.judge(Found(), text, "code")
    exports.is_expression(text)
