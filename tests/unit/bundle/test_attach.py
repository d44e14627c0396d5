"""Adding to a bundle: nothing that was there is lost, and nothing outside it is touched."""

from __future__ import annotations

import json
import os

import pytest

from aiverify.bundle.attach import attach
from aiverify.bundle.layout import open_bundle
from aiverify.core import mediatypes
from aiverify.core.digest import Digest
from aiverify.errors import MalformedError
from tests.support.artifacts import (
    MODEL,
    Forger,
    archive,
    contents_of,
    manifest_of,
    pack,
    read_tree,
    write_tree,
)

PREDICATE = "https://model_signing/signature/v1.0"
SBOM = (mediatypes.SBOM, "", b"sbom")
FIRST = (mediatypes.SIGNATURE, PREDICATE, b"first signature")
SECOND = (mediatypes.SIGNATURE, PREDICATE, b"second signature")


@pytest.fixture(params=["out", "out.tar"])
def path(request, tmp_path):
    """A bundle with an SBOM, in either form."""
    tree = write_tree(tmp_path / "tree")
    return pack(contents_of(tree), tmp_path / request.param, [SBOM]).path


@pytest.fixture
def directory(tmp_path):
    """A bundle with an SBOM, in a directory."""
    return pack(contents_of(write_tree(tmp_path / "a")), tmp_path / "directory", [SBOM]).path


def add(bundle, items):
    """Attach to the artifact of an opened bundle."""
    attach(bundle.store, bundle.descriptor, items)


def attached(path):
    return [
        (item.artifact_type, item.predicate_type, item.data)
        for item in open_bundle(path).attachments
    ]


def content(path):
    """A tar's bytes, or those of every file of a directory."""
    if path.is_file():
        return path.read_bytes()
    return {name: data for name, (data, _) in read_tree(path).items()}


def test_what_is_attached_is_there_beside_what_was(path):
    before = open_bundle(path)

    add(before, [FIRST])

    assert attached(path) == [SBOM, FIRST]
    assert open_bundle(path).descriptor == before.descriptor
    assert open_bundle(path).promised() == manifest_of(MODEL)


def test_attaching_again_keeps_both(path):
    add(open_bundle(path), [FIRST])
    add(open_bundle(path), [SECOND])

    assert attached(path) == [SBOM, FIRST, SECOND]


def test_several_are_attached_at_once_in_their_order(path):
    add(open_bundle(path), [SECOND, FIRST])

    assert attached(path) == [SBOM, SECOND, FIRST]


def test_the_same_attached_again_is_there_once(path):
    add(open_bundle(path), [FIRST])
    before = content(path)

    add(open_bundle(path), [FIRST])

    assert attached(path) == [SBOM, FIRST]
    assert content(path) == before


def test_attaching_later_gives_the_bundle_that_attaching_at_once_gives(path, tmp_path):
    at_once = pack(
        contents_of(tmp_path / "tree"), path.with_name(f"at-once-{path.name}"), [SBOM, FIRST]
    )

    add(open_bundle(path), [FIRST])

    assert content(path) == content(at_once.path)


def test_nothing_but_the_bundle_is_left_beside_it(path):
    before = sorted(path.parent.iterdir())

    add(open_bundle(path), [FIRST])

    assert sorted(path.parent.iterdir()) == before


def test_an_empty_file_before_the_index_of_a_tar_is_kept(tmp_path):
    tree = write_tree(tmp_path / "tree", {"a": b"a", "empty": b""})
    directory = pack(contents_of(tree), tmp_path / "out").path
    empty = f"blobs/sha256/{Digest.of(b'').hex}"
    path = archive(directory, tmp_path / "out.tar", last=[empty, "index.json"])

    add(open_bundle(path), [FIRST])

    assert [member.name for member in open_bundle(path).members()] == ["a", "empty"]
    assert attached(path) == [FIRST]


@pytest.mark.parametrize("last", ["oci-layout", f"blobs/sha256/{Digest.of(b'{}').hex}"])
def test_a_tar_whose_index_is_not_last_is_refused_with_a_way_out(directory, tmp_path, last):
    path = archive(directory, tmp_path / "other.tar", [last])
    before = path.read_bytes()

    with pytest.raises(MalformedError, match=r"index\.json is not its last member") as caught:
        add(open_bundle(path), [FIRST])
    assert "-o" in caught.value.hint
    assert path.read_bytes() == before


def test_a_tar_of_another_tool_with_its_index_last_is_added_to(directory, tmp_path):
    path = archive(directory, tmp_path / "other.tar")

    add(open_bundle(path), [FIRST])

    assert attached(path) == [SBOM, FIRST]


@pytest.mark.parametrize("data", [b"{}", FIRST[2]])
def test_a_link_where_a_blob_will_go_is_not_written_through(directory, tmp_path, data):
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    bundle = open_bundle(directory)
    blob = Forger(directory).blob(str(Digest.of(data)))
    blob.unlink(missing_ok=True)
    blob.symlink_to(precious)

    add(bundle, [FIRST])

    assert precious.read_bytes() == b"precious"
    assert blob.read_bytes() == data
    assert attached(directory) == [SBOM, FIRST]


def test_a_file_that_shares_its_bytes_with_the_bundle_is_not_written_to(tmp_path):
    tree = write_tree(tmp_path / "tree", {"config.json": b"{}", "model.bin": FIRST[2]})
    bundle = open_bundle(pack(contents_of(tree), tmp_path / "out", link=True).path)
    for file in tree.iterdir():
        os.utime(file, (1, 1))

    add(bundle, [FIRST])

    assert {file.stat().st_mtime for file in tree.iterdir()} == {1}


def test_what_else_the_index_lists_stays_there(directory):
    other = json.loads((directory / "index.json").read_bytes())["manifests"][1]
    forger = Forger(directory)
    forger.manifest(
        lambda manifest: manifest["subject"].update(digest=str(Digest.of(b"other"))), at=1
    )
    foreign = json.loads((directory / "index.json").read_bytes())["manifests"][1]
    assert foreign != other

    add(open_bundle(directory), [FIRST])

    assert foreign in json.loads((directory / "index.json").read_bytes())["manifests"]
