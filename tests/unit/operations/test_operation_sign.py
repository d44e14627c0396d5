"""Signing: what is signed, what is attested, and what nobody should put a name to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import aiverify
from aiverify.bundle.layout import open_bundle
from aiverify.core import mediatypes, recorded
from aiverify.core.facts import State
from aiverify.core.jsonvalue import Json
from aiverify.errors import DeniedError, InputError
from aiverify.files.tree import ALWAYS_IGNORED
from aiverify.operations.examine import look_into
from aiverify.signing import oms, signature_file, statement
from aiverify.signing.predicates import CONTENTS, CYCLONEDX
from tests.support import artifacts
from tests.support.artifacts import Forger
from tests.support.signatures import envelope_of
from tests.support.verifying import (
    ALICE,
    BOB,
    root_of,
    sbom_in,
    sign_with,
    signed_bundle,
    unsigned_bundle,
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return artifacts.write_tree(tmp_path / "tiny")


def payload(path: Path) -> statement.Statement:
    """What a signature file says, believed as it stands."""
    file = signature_file.parse(path.read_bytes(), str(path))
    return statement.parse(envelope_of(file).payload, str(path))


def signed(path: Path, **given):
    return sign_with(ALICE, path, **given)


def predicates(bundle: Path) -> list[str]:
    """The predicate types of a bundle's signatures, in their order."""
    found = open_bundle(bundle).attachments
    return [item.predicate_type for item in found if item.artifact_type == mediatypes.SIGNATURE]


def test_a_directory_gets_its_signature_where_oms_tools_look(tree: Path):
    result = signed(tree)
    assert (result.place, result.files, result.attested) == (tree / "model.sig", 5, False)
    assert result.root == root_of(tree)
    assert payload(result.place).predicate_type == oms.PREDICATE


def test_the_statement_leaves_out_the_signature_and_what_oms_leaves_out(tree: Path):
    serialization = payload(signed(tree, ignore=("onnx/",)).place).predicate["serialization"]
    assert serialization["ignore_paths"] == sorted(ALWAYS_IGNORED | {"model.sig", "onnx"})


def test_the_same_files_give_the_same_payload(tree: Path, tmp_path: Path):
    signed(tree, out=tmp_path / "a.sig")
    signed(tree, out=tmp_path / "b.sig")
    one, two = (json.loads((tmp_path / name).read_bytes()) for name in ("a.sig", "b.sig"))
    assert one["dsseEnvelope"]["payload"] == two["dsseEnvelope"]["payload"]
    assert one["dsseEnvelope"]["signatures"] != two["dsseEnvelope"]["signatures"]


def test_signing_again_replaces_the_signature_and_does_not_sign_it(tree: Path):
    first = payload(signed(tree).place)
    assert payload(signed(tree).place) == first


def test_files_that_are_left_out_are_told(tree: Path):
    (tree / ".gitattributes").write_bytes(b"")
    assert signed(tree, ignore=("onnx",)).ignored == (".gitattributes", "onnx/run.sh")


def test_one_file_gets_its_signature_beside_it(tree: Path):
    place = signed(tree / "config.json").place
    assert place == tree / "config.json.sigstore.json"
    (resource,) = payload(place).predicate["resources"]
    assert resource["name"] == "config.json"


@pytest.mark.parametrize("name", ["x.tar", "x"])
def test_a_bundle_carries_its_signature_and_its_sbom_is_attested(tree: Path, name: str):
    path = unsigned_bundle(tree, tree.parent / name)
    result = signed(path)
    assert (result.place, result.attested, result.root) == (path, True, root_of(tree))
    assert predicates(path) == [oms.PREDICATE, CYCLONEDX, CONTENTS]


def test_a_second_signer_is_added_to_the_first(tree: Path):
    path = signed_bundle(tree, tree.parent / "x.tar")
    sign_with(BOB, path)
    assert predicates(path) == [oms.PREDICATE, CYCLONEDX, CONTENTS] * 2


def test_a_bundles_signature_may_go_elsewhere_and_then_attests_nothing(tree: Path):
    path = unsigned_bundle(tree, tree.parent / "x.tar")
    before = path.read_bytes()
    result = signed(path, out=tree.parent / "x.sig")
    assert (result.attested, path.read_bytes()) == (False, before)


def test_a_bundle_that_was_altered_is_not_signed(tree: Path):
    path = unsigned_bundle(tree, tree.parent / "x")
    digest = artifacts.manifest_of(artifacts.MODEL).by_name["README.md"].digest
    blob = Forger(path).blob(str(digest))
    blob.write_bytes(blob.read_bytes().swapcase())
    with pytest.raises(DeniedError, match=r"README\.md was altered"):
        signed(path)
    assert predicates(path) == []


def test_an_sbom_that_lies_is_not_attested(tree: Path):
    path = unsigned_bundle(tree, tree.parent / "x")
    forger = Forger(path)
    document = sbom_in(path)
    document["components"].pop()
    lie = forger.put(json.dumps(document).encode())
    forger.manifest(lambda manifest: manifest["layers"][0].update(lie), at=1)
    with pytest.raises(DeniedError, match="its SBOM is not about these files"):
        signed(path)
    assert predicates(path) == []


def test_leaving_out_everything_signs_nothing(tree: Path):
    names = [path.name for path in tree.iterdir()]
    with pytest.raises(InputError, match="holds no files"):
        signed(tree, ignore=tuple(names))
    assert not (tree / "model.sig").exists()


def contents_in(bundle: Path) -> dict[str, Json]:
    """The predicate of a bundle's contents attestation, believed as it stands."""
    (data,) = (
        item.data for item in open_bundle(bundle).attachments if item.predicate_type == CONTENTS
    )
    file = signature_file.parse(data, "contents")
    says = statement.parse(envelope_of(file).payload, "contents")
    assert root_of(bundle.parent / "tiny").hex in {
        digest for subject in says.subjects for digest in subject.digests.values()
    }
    return dict(says.predicate)


@pytest.mark.parametrize("name", ["x.tar", "x"])
def test_what_is_in_a_bundle_is_attested_as_it_was_found(tree: Path, name: str):
    path = signed_bundle(tree, tree.parent / name)
    found = contents_in(path)
    assert recorded.read(found["files"], "contents") == look_into(path).files
    assert found["time"] == "2023-11-14T22:13:20Z"
    assert found["scanner"] == {"name": "aiverify", "version": aiverify.__version__}


def test_a_file_that_is_flagged_is_attested_as_flagged(tree: Path):
    (tree / "evil.pkl").write_bytes(b"cos\nsystem\n(S'id'\ntR.")
    path = signed_bundle(tree, tree.parent / "x.tar")
    files = {item.name: item for item in recorded.read(contents_in(path)["files"], "contents")}
    assert files["evil.pkl"].state is State.FLAGGED
    assert [item.name for item in files["evil.pkl"].facts.globals] == ["os.system"]
    assert {item.state for name, item in files.items() if name != "evil.pkl"} == {State.CLEAN}


def test_the_contents_of_plain_files_are_not_attested(tree: Path):
    assert not signed(tree).contents
    assert payload(tree / "model.sig").predicate_type == oms.PREDICATE
