"""What the tensors come to, whatever a label says of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiverify.core.facts import Tensor
from aiverify.sbom.composing import tensors
from aiverify.sbom.composing.tensors import MAX_GROUPS, layout, of_groups, of_tensors

LAYERS = [
    Tensor("blk.0.q.weight", "q4_k", (32, 8)),
    Tensor("blk.1.q.weight", "q6_k", (32, 8)),
    Tensor("blk.2.q.weight", "q4_k", (32, 8)),
    Tensor("norm2d.weight", "f32", (8,)),
]

drawn = st.lists(
    st.builds(
        Tensor,
        st.text(max_size=8),
        st.sampled_from(["f32", "q4_k"]),
        st.lists(st.integers(0, 9), max_size=3).map(tuple),
    ),
    max_size=6,
)


def told(found: tensors.Told) -> list[tuple[str, str]]:
    return [(item.name.removeprefix("aiverify:tensors"), item.value) for item in found.properties]


def test_tensors_are_counted_by_dtype():
    assert told(of_tensors(LAYERS))[:-1] == [
        ("", "4"),
        (":dtype:f32", "1"),
        (":dtype:q4_k", "2"),
        (":dtype:q6_k", "1"),
    ]


def test_tensors_of_one_part_in_each_layer_are_one_group_the_most_first():
    assert told(of_groups(LAYERS)) == [
        (":group", "blk.*.q.weight: 2 q4_k, 1 q6_k"),
        (":group", "norm2d.weight: 1 f32"),
    ]


def test_where_all_have_one_dtype_groups_say_nothing():
    assert told(of_groups([tensor for tensor in LAYERS if tensor.dtype == "q4_k"])) == []


def test_groups_beyond_the_bound_are_counted():
    many = [Tensor(f"{'x' * n}", "f32" if n % 2 else "f16", (1,)) for n in range(1, MAX_GROUPS + 4)]

    assert told(of_groups(many))[-1] == (":groups-left-out", "3")


def test_no_tensors_say_nothing():
    assert told(of_tensors([])) == told(of_groups([])) == []


@given(drawn, st.randoms())
def test_the_digest_does_not_depend_on_the_order(found: list[Tensor], random):
    shuffled = list(found)
    random.shuffle(shuffled)

    assert layout(found) == layout(shuffled)


@given(drawn, drawn)
def test_two_different_sets_of_tensors_have_two_digests(one: list[Tensor], other: list[Tensor]):
    def key(tensor: Tensor) -> tuple[str, str, tuple[int, ...]]:
        return tensor.name, tensor.dtype, tensor.shape

    same = sorted(one, key=key) == sorted(other, key=key)
    assert (layout(one) == layout(other)) == same
