"""Any tree goes into a bundle and comes back; no byte of a bundle can be changed unnoticed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from aiverify.bundle.layout import open_bundle
from aiverify.bundle.unpack import unpack
from aiverify.core import mediatypes, names
from aiverify.core.jsonvalue import loads
from aiverify.errors import AiverifyError, UnsafeNameError
from aiverify.files.progress import Silent
from aiverify.files.tree import ALWAYS_IGNORED
from tests.support.artifacts import bundle_of, contents_of, pack, read_tree, write_tree

ATTACHED = ((mediatypes.SBOM, "", b"sbom"), (mediatypes.SIGNATURE, "https://x", b"signature"))

relaxed = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])

parts = st.text(
    st.sampled_from("ab.-_ \n\x1b\"'é\u202eß日") | st.characters(exclude_categories=["Cs"]),
    min_size=1,
    max_size=5,
)
file_names = st.lists(parts, min_size=1, max_size=3).map("/".join)
files = st.dictionaries(file_names, st.binary(max_size=600), min_size=1, max_size=6)


@st.composite
def trees(draw) -> tuple[dict[str, bytes], set[str]]:
    """Files by name, and which of them may be executed."""
    drawn = {
        name: data
        for name, data in draw(files).items()
        if name.split("/")[0] not in ALWAYS_IGNORED and is_safe(name)
    }
    assume(drawn)
    assume(is_safe(*drawn))
    return drawn, draw(st.sets(st.sampled_from(sorted(drawn))))


def is_safe(*some: str) -> bool:
    with contextlib.suppress(UnsafeNameError):
        names.check_all(names.check(name) for name in some)
        return True
    return False


@contextlib.contextmanager
def written(tree: tuple[dict[str, bytes], set[str]]) -> Iterator[tuple[Path, Path]]:
    """The tree on disk, and a folder to work in."""
    with TemporaryDirectory() as name:
        yield write_tree(Path(name) / "tree", *tree), Path(name)


@pytest.mark.parametrize("form", ["bundle", "bundle.tar"])
@relaxed
@given(trees())
def test_what_is_built_is_unpacked_as_the_identical_tree(form, tree):
    with written(tree) as (root, folder):
        unpack(bundle_of(root, folder / form, ATTACHED), folder / "out", Silent())

        assert read_tree(folder / "out") == read_tree(root)


@relaxed
@given(trees())
def test_two_builds_are_the_same_bytes_copied_or_linked(tree):
    with written(tree) as (root, folder):
        again = write_tree(folder / "again", *tree)
        first, second, linked = (
            read_tree(pack(contents_of(source), folder / name, ATTACHED, link=link).path)
            for source, name, link in [
                (root, "first", False),
                (again, "second", False),
                (again, "linked", True),
            ]
        )

        assert first == second
        assert bytes_of(first) == bytes_of(linked)


@relaxed
@given(trees())
def test_two_tars_are_the_same_bytes(tree):
    with written(tree) as (root, folder):
        again = write_tree(folder / "again", *tree)

        one = pack(contents_of(root), folder / "one.tar", ATTACHED).path
        other = pack(contents_of(again), folder / "other.tar", ATTACHED).path

        assert one.read_bytes() == other.read_bytes()


@relaxed
@given(trees(), st.data())
def test_a_byte_that_is_flipped_in_a_blob_is_noticed(tree, data):
    with written(tree) as (root, folder):
        bundle = pack(contents_of(root), folder / "bundle", ATTACHED).path
        blobs = sorted(path for path in bundle.glob("blobs/*/*") if path.stat().st_size)
        flip(data.draw(st.sampled_from(blobs)), data)

        with pytest.raises(AiverifyError):
            unpack(open_bundle(bundle), folder / "out", Silent())
        assert not (folder / "out").exists()


@relaxed
@given(trees(), st.data())
def test_a_byte_that_is_flipped_in_a_tar_changes_no_file(tree, data):
    """Headers have room for what does not matter, such as an owner's name."""
    with written(tree) as (root, folder):
        bundle = pack(contents_of(root), folder / "bundle.tar", ATTACHED).path
        flip(bundle, data)

        with contextlib.suppress(AiverifyError):
            unpack(open_bundle(bundle), folder / "out", Silent())
            assert read_tree(folder / "out") == read_tree(root)


@relaxed
@given(trees(), st.binary(max_size=40), st.data())
def test_an_index_of_any_bytes_is_refused(tree, junk, data):
    with written(tree) as (root, folder):
        index = pack(contents_of(root), folder / "bundle").path / "index.json"
        whole = index.read_bytes()
        cut = data.draw(st.integers(0, len(whole) - 1))
        index.write_bytes(whole[:cut] + junk)
        assume(not is_json(index.read_bytes()))

        with pytest.raises(AiverifyError):
            open_bundle(index.parent)


def flip(path: Path, data: st.DataObject) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)


def bytes_of(tree: dict[str, tuple[bytes, int]]) -> dict[str, bytes]:
    """A tree without its modes."""
    return {name: data for name, (data, _) in tree.items()}


def is_json(data: bytes) -> bool:
    with contextlib.suppress(AiverifyError):
        loads(data, "junk")
        return True
    return False
