"""Giving back the tree that a bundle was made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiverify.bundle.layout import open_bundle
from aiverify.bundle.opened import Bundle
from aiverify.bundle.unpack import unpack
from aiverify.core import mediatypes
from aiverify.files.progress import Progress
from aiverify.files.tree import Member
from aiverify.signing import oms


def unpack_bundle(
    path: Path, out: Path, progress: Progress, *, only: Sequence[str] = ()
) -> tuple[Member, ...]:
    """Write a bundle's files to a new directory, with its first signature as `model.sig`.

    Raises:
        InputError: it is no bundle, or a broken one.
        DeniedError: a byte is not the one that the bundle promises.
        OutputError: `out` exists or cannot be written.
    """
    bundle = open_bundle(path)
    return unpack(
        bundle, out, progress, only=only, signature=None if only else first_signature(bundle)
    )


def first_signature(bundle: Bundle) -> bytes | None:
    """The first signature of all files in a bundle, if it has one.

    One of a bundle with archives speaks of those, and not of what is in them.
    """
    if bundle.archives():
        return None
    return next(
        (
            item.data
            for item in bundle.attachments
            if item.artifact_type == mediatypes.SIGNATURE and item.predicate_type == oms.PREDICATE
        ),
        None,
    )
