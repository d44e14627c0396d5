"""Whatever an artifact holds: what was signed is allowed, and what was altered since is not."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aiverify.bundle.layout import open_bundle
from aiverify.core.artifact import Kind
from aiverify.core.report import Report, Verdict
from aiverify.errors import AiverifyError
from aiverify.files.progress import Silent
from aiverify.files.tar import list_archive
from aiverify.operations.bundle import BundleRequest, bundle_artifact
from aiverify.operations.verify import VerifyRequest, Whom, verify_target
from tests.support.artifacts import MODEL, Files, write_tree
from tests.support.signatures import key
from tests.support.verifying import sign_with

PARTS = st.text("abc-.\u00e9\u6a21 \n", min_size=1, max_size=4).map("f{}".format)
"""One part of a name. With its first letter it is neither `.` nor `..`, nor left out by OMS."""

NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join)

BYTES = st.binary(max_size=24).map(b"text ".__add__)
"""Contents that no reader of a format can find fault with."""


def is_a_tree(files: Files) -> bool:
    """No name is a directory of another."""
    return not any(other.startswith(f"{name}/") for name in files for other in files)


TREES = st.dictionaries(NAMES, BYTES, min_size=2, max_size=5).filter(is_a_tree)


@contextmanager
def signed(files: Files) -> Iterator[Path]:
    """A place with the directory `model`, signed in `model/model.sig`, and `key.pub`."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "key.pub").write_text(key().public.pem)
        sign_with(key(), write_tree(place / "model", files))
        yield place


def verify(place: Path, name: str = "model") -> Report:
    return verify_target(VerifyRequest(place / name, Whom((str(place / "key.pub"),))), Silent())


def assert_refused(report: Report, *names: str) -> None:
    """Denied, with an error about each of the files and about no other."""
    assert report.verdict is Verdict.DENY
    assert sorted(finding.file for finding in report.findings) == sorted(names)


@given(files=TREES)
def test_what_was_signed_is_allowed(files):
    with signed(files) as place:
        report = verify(place)

    assert report.verdict is Verdict.ALLOW
    assert report.artifact is not None
    assert {entry.name for entry in report.artifact.manifest.entries} == set(files)


@given(files=TREES, data=st.data())
def test_a_file_that_changed_is_refused_by_name(files, data):
    name = data.draw(st.sampled_from(sorted(files)))
    changed = data.draw(BYTES.filter(lambda new: new != files[name]))

    with signed(files) as place:
        (place / "model" / name).write_bytes(changed)

        assert_refused(verify(place), name)


@given(files=TREES, data=st.data())
def test_a_file_that_was_removed_is_refused_by_name(files, data):
    name = data.draw(st.sampled_from(sorted(files)))

    with signed(files) as place:
        (place / "model" / name).unlink()

        assert_refused(verify(place), name)


@given(files=TREES, name=NAMES, content=BYTES)
def test_a_file_that_was_added_is_refused_by_name(files, name, content):
    assume(name not in files)
    assume(is_a_tree({**files, name: content}))

    with signed(files) as place:
        path = place / "model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

        assert_refused(verify(place), name)


@given(files=TREES, data=st.data())
def test_a_file_that_was_renamed_is_refused_by_both_names(files, data):
    name = data.draw(st.sampled_from(sorted(files)))
    renamed = f"{name}+"

    with signed(files) as place:
        (place / "model" / name).rename(place / "model" / renamed)

        assert_refused(verify(place), name, renamed)


@given(files=TREES, data=st.data())
def test_two_files_that_changed_places_are_refused_by_both_names(files, data):
    one, other = data.draw(st.permutations(sorted(files)))[:2]
    assume(files[one] != files[other])

    with signed(files) as place:
        (place / "model" / one).write_bytes(files[other])
        (place / "model" / other).write_bytes(files[one])

        assert_refused(verify(place), one, other)


@cache
def bundle() -> bytes:
    """A model's bundle, signed, with its attested SBOM: the bytes of the tar."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = write_tree(Path(folder) / "model"), Path(folder) / "model.tar"
        bundle_artifact(BundleRequest(source, out, Kind.MODEL), Silent())
        sign_with(key(), out)
        return out.read_bytes()


def files_in(path: Path) -> Files:
    """The bytes that lie in a bundle, unchecked."""
    return {item.name: item.extent.read(1 << 20) for item in open_bundle(path).members()}


def assert_harmless(data: bytes) -> None:
    """A bundle that is not allowed, or whose files are those that were signed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "key.pub").write_text(key().public.pem)
        (place / "model.tar").write_bytes(data)
        try:
            verdict = verify(place, "model.tar").verdict
        except AiverifyError:
            return
        assert verdict is not Verdict.ALLOW or files_in(place / "model.tar") == MODEL


def test_the_bundle_as_it_was_signed_is_allowed(tmp_path):
    (tmp_path / "key.pub").write_text(key().public.pem)
    (tmp_path / "model.tar").write_bytes(bundle())

    assert verify(tmp_path, "model.tar").verdict is Verdict.ALLOW
    assert files_in(tmp_path / "model.tar") == MODEL


def positions() -> st.SearchStrategy[int]:
    """A byte of the tar: anywhere, or inside one of its members, however small that is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tar"
        path.write_bytes(bundle())
        members = [item for item in list_archive(path).members.values() if item.size]
    inside = [st.integers(item.offset, item.offset + item.size - 1) for item in members]
    return st.one_of(st.integers(0, len(bundle()) - 1), *inside)


@settings(max_examples=300)
@given(position=st.deferred(positions), mask=st.integers(1, 255))
def test_a_bundle_with_any_byte_altered_is_refused_or_holds_the_files_that_were_signed(
    position, mask
):
    altered = bytearray(bundle())
    altered[position] ^= mask

    assert_harmless(bytes(altered))
