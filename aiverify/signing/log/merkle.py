"""Inclusion in a Merkle tree (RFC 6962, section 2.1; RFC 9162, section 2.1.3.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from aiverify.errors import DeniedError


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def included(leaf: bytes, index: int, size: int, hashes: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf's hash lies at an index of the tree with this root and size.

    The steps are those of RFC 9162, section 2.1.3.2. The number of hashes is decided by the
    index and the size, so that no proof serves for two places.

    Raises:
        DeniedError: it does not, or the proof is of another length than it must be.
    """
    if not 0 <= index < size:
        raise DeniedError(f"its inclusion proof is for leaf {index} of a tree of {size}")
    place, last, found = index, size - 1, leaf
    for sibling in hashes:
        if last == 0:
            raise DeniedError("its inclusion proof has more hashes than the tree is high")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise DeniedError("its inclusion proof has fewer hashes than the tree is high")
    if found != root:
        raise DeniedError("its inclusion proof does not lead to the log's root hash")
