"""Where a signature goes, and what it must not take the place of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiverify.bundle.unpack import SIGNATURE_FILE
from aiverify.core.names import printable
from aiverify.errors import InputError, UsageError
from aiverify.files.extent import mode_of
from aiverify.files.tree import ALWAYS_IGNORED
from aiverify.signing.signatories import Signatory
from aiverify.verify.location import Location
from aiverify.verify.target import Form, Target, plain_path, read_signature


def refuse_replacing(place: Path, signatory: Signatory) -> None:
    """Write over one's own signature only: not over a key, nor over what another signed.

    Raises:
        UsageError: something else is there.
    """
    if mode_of(place) is None:
        return
    shown = printable(str(place))
    try:
        found = read_signature(place)
    except InputError as error:
        raise UsageError(
            f"{shown} is there already and is no signature", hint="Choose another name with -o."
        ) from error
    if not signatory.made(found.file):
        raise UsageError(
            f"{shown} holds a signature by another key",
            hint="Write this one elsewhere with -o, and give both to verify with --signature.",
        )


def refuse_inside(target: Target, place: Path) -> None:
    """A statement about a directory lies beside it: inside, it is a file that nobody signed.

    Raises:
        UsageError: it would lie inside.
    """
    if target.form is Form.REGISTRY:
        return
    if target.inside(place) is not None or (target.bundle and _is_below(place, target.path)):
        raise UsageError(
            f"{printable(str(place))} would lie in what it speaks of, and alter it",
            hint="Name a place outside of it.",
        )


def _is_below(place: Path, directory: Path) -> bool:
    return place.resolve().is_relative_to(directory.resolve())


def inside(target: Target, place: Location) -> str | None:
    """The name inside a directory of what is written to a place, if it is inside."""
    return target.inside(place) if isinstance(place, Path) else None


def left_out(target: Target, place: Location, ignore: Sequence[str]) -> tuple[str, ...]:
    """Paths that the signature does not speak of (OMS v1.0, `ignore_paths`).

    A bundle's signature leaves out the same as a directory's, for it goes with the files
    when they are unpacked.

    Raises:
        UsageError: something is to be ignored in a bundle.
    """
    if target.form is Form.FILE:
        return ()
    own = {SIGNATURE_FILE, inside(target, place) or SIGNATURE_FILE}
    named = {plain_path(path) for path in ignore}
    if named and target.bundle:
        raise UsageError(
            "a bundle is signed whole, so --ignore has no meaning for it",
            hint="Pack it without the file.",
        )
    return tuple(sorted(ALWAYS_IGNORED | named | own))
