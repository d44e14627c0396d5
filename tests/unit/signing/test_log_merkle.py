"""Inclusion proofs hold for their one place in their one tree."""

from __future__ import annotations

import pytest

from aiverify.errors import DeniedError
from aiverify.signing.log import merkle
from tests.support.sigstore import merkle as trees

LARGEST = 70
LEAVES = [trees.leaf_hash(b"leaf %d" % number) for number in range(LARGEST)]

# The inputs and roots that implementations of RFC 6962 are tested with since the first one.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def holds(leaf, index, size, hashes, root):
    try:
        merkle.included(leaf, index, size, hashes, root)
    except DeniedError:
        return False
    return True


@pytest.mark.parametrize("size", range(1, len(ROOTS) + 1))
def test_the_known_trees_prove_their_leaves(size):
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in INPUTS[:size]]

    for index in range(size):
        hashes = trees.path(index, leaves)
        merkle.included(leaves[index], index, size, hashes, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_leaf_of_every_tree_is_proven_and_at_no_other_place(size):
    leaves = LEAVES[:size]
    root = trees.root(leaves)

    for index in range(size):
        hashes = trees.path(index, leaves)
        merkle.included(leaves[index], index, size, hashes, root)
        assert not any(
            holds(leaves[index], other, size, hashes, root)
            for other in range(size)
            if other != index
        )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 64, 70])
def test_a_proof_is_not_one_with_a_hash_more_or_less_or_another(size):
    leaves = LEAVES[:size]
    root = trees.root(leaves)

    for index in range(size):
        leaf, hashes = leaves[index], trees.path(index, leaves)
        assert not holds(leaf, index, size, [*hashes, root], root)
        assert not holds(leaf, index, size, [root, *hashes], root)
        for at in range(len(hashes)):
            assert not holds(leaf, index, size, [*hashes[:at], *hashes[at + 1 :]], root)
            assert not holds(leaf, index, size, [*hashes[:at], bytes(32), *hashes[at + 1 :]], root)
        assert not holds(bytes(32), index, size, hashes, root)
        assert not holds(leaf, index, size, hashes, bytes(32))


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (1, 1), (5, 5), (6, 5), (-1, 5), (0, -1), (2**63, 2**63)]
)
def test_a_place_outside_the_tree_is_none(index, size):
    with pytest.raises(DeniedError, match="leaf"):
        merkle.included(LEAVES[0], index, size, [], LEAVES[0])


def test_an_inner_node_is_not_passed_off_as_a_leaf():
    leaves = LEAVES[:4]
    inner = leaves[0] + leaves[1]

    assert trees.root(leaves[:2]) != merkle.leaf_hash(inner)
    assert not holds(merkle.leaf_hash(inner), 0, 2, [trees.root(leaves[2:])], trees.root(leaves))


def test_a_huge_tree_takes_no_more_steps_than_it_is_high():
    with pytest.raises(DeniedError, match="fewer"):
        merkle.included(LEAVES[0], 2**62, 2**63 - 1, [], LEAVES[0])
    with pytest.raises(DeniedError, match="more"):
        merkle.included(LEAVES[0], 2**62, 2**63 - 1, [bytes(32)] * 10_000, LEAVES[0])
