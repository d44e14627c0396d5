"""OCI documents: canonical bytes out, and strict reading of a stranger's in."""

from __future__ import annotations

import json

import pytest

from aiverify.core import oci
from aiverify.core.digest import Digest
from aiverify.core.mediatypes import DOCKER_MANIFEST, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST
from aiverify.core.oci import Descriptor, ImageIndex, ImageManifest
from aiverify.errors import MalformedError

WHERE = "b.tar: index.json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
BLOB = Digest.of(b"blob")
CONFIG = Descriptor(OCI_EMPTY, Digest.of(b"{}"), 2)
LAYER = Descriptor("text/plain", BLOB, 4, {"b": "2", "a": "1"})
MANIFEST = ImageManifest("application/x", CONFIG, (LAYER,), annotations={"name": "tiny"})

DESCRIPTOR = {"mediaType": "text/plain", "digest": str(BLOB), "size": 4}


def test_a_manifest_has_one_byte_form():
    assert MANIFEST.to_bytes().decode() == (
        '{"annotations":{"name":"tiny"},"artifactType":"application/x",'
        '"config":{"digest":'
        f'"{CONFIG.digest}","mediaType":"application/vnd.oci.empty.v1+json","size":2}},'
        '"layers":[{"annotations":{"a":"1","b":"2"},'
        f'"digest":"{BLOB}","mediaType":"text/plain","size":4}}],'
        '"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2}'
    )


@pytest.mark.parametrize("subject", [None, Descriptor(OCI_MANIFEST, BLOB, 4)])
def test_what_is_written_is_read(subject):
    manifest = ImageManifest("application/x", CONFIG, (LAYER, LAYER), subject, {"k": "v"})

    assert oci.parse_manifest(manifest.to_bytes(), WHERE) == manifest


def test_an_index_lists_manifests_in_their_order():
    first = Descriptor(OCI_MANIFEST, BLOB, 4, artifact_type="application/x")
    data = ImageIndex((first, LAYER)).to_bytes()

    assert json.loads(data)["mediaType"] == OCI_INDEX
    assert oci.parse_index(data, WHERE).manifests == (first, LAYER)


@pytest.mark.parametrize("subject", [None, Descriptor(OCI_MANIFEST, BLOB, 4)])
def test_an_index_that_is_written_is_read(subject):
    index = ImageIndex((LAYER,), "application/x", subject, {"k": "v"})

    assert oci.parse_index(index.to_bytes(), WHERE) == index


def test_an_index_that_says_no_more_than_what_it_lists_has_nothing_else():
    assert json.loads(ImageIndex(()).to_bytes()) == {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": [],
    }
    assert oci.parse_index(b'{"schemaVersion": 2, "manifests": []}', WHERE) == ImageIndex(())


def test_a_manifest_in_dockers_older_form_is_read_alike():
    value = {**json.loads(MANIFEST.to_bytes()), "mediaType": DOCKER_MANIFEST}

    assert oci.parse_manifest(json.dumps(value).encode(), WHERE) == MANIFEST


def test_a_manifest_without_a_type_of_its_own_has_its_configs():
    value = json.loads(MANIFEST.to_bytes())
    del value["artifactType"]

    assert oci.parse_manifest(json.dumps(value).encode(), WHERE).artifact_type == OCI_EMPTY


@pytest.mark.parametrize("optional", ["mediaType", "annotations", "subject"])
def test_what_the_specification_leaves_open_may_be_absent(optional):
    value = json.loads(MANIFEST.to_bytes())
    value.pop(optional, None)

    assert oci.parse_manifest(json.dumps(value).encode(), WHERE).layers == (LAYER,)


def index_of(descriptor):
    return {"schemaVersion": 2, "manifests": [descriptor]}


BAD_DESCRIPTORS = {
    "null": None,
    "a string": str(BLOB),
    "no type": {**DESCRIPTOR, "mediaType": None},
    "a type that is a list": {**DESCRIPTOR, "mediaType": ["text/plain"]},
    "no digest": {**DESCRIPTOR, "digest": None},
    "a digest of no algorithm": {**DESCRIPTOR, "digest": BLOB.hex},
    "a digest of another algorithm": {**DESCRIPTOR, "digest": "sha512:" + "0" * 128},
    "a digest in capitals": {**DESCRIPTOR, "digest": f"sha256:{BLOB.hex.upper()}"},
    "a short digest": {**DESCRIPTOR, "digest": "sha256:00"},
    "a digest that is a path": {**DESCRIPTOR, "digest": "sha256:" + "../" * 21 + "x"},
    "an algorithm that is a path": {**DESCRIPTOR, "digest": f"../sha256:{BLOB.hex}"},
    "no size": {**DESCRIPTOR, "size": None},
    "a negative size": {**DESCRIPTOR, "size": -1},
    "a size with a fraction": {**DESCRIPTOR, "size": 4.0},
    "a size that is a string": {**DESCRIPTOR, "size": "4"},
    "a size that is true": {**DESCRIPTOR, "size": True},
    "annotations that are a list": {**DESCRIPTOR, "annotations": ["a"]},
    "an annotation that is a number": {**DESCRIPTOR, "annotations": {"a": 1}},
    "an annotation that is null": {**DESCRIPTOR, "annotations": {"a": None}},
    "an artifactType that is a number": {**DESCRIPTOR, "artifactType": 7},
}


@pytest.mark.parametrize("descriptor", BAD_DESCRIPTORS.values(), ids=BAD_DESCRIPTORS.keys())
def test_a_descriptor_that_is_none_is_refused_with_its_place(descriptor):
    with pytest.raises(MalformedError, match=WHERE):
        oci.parse_index(json.dumps(index_of(descriptor)).encode(), WHERE)

    for part in ("config", "subject"):
        changed = {**json.loads(MANIFEST.to_bytes()), part: descriptor}
        if changed[part] is not None or part == "config":
            with pytest.raises(MalformedError, match=WHERE):
                oci.parse_manifest(json.dumps(changed).encode(), WHERE)


BAD_INDEXES = {
    "nothing": b"",
    "text": b"tiny",
    "a list": b"[]",
    "not UTF-8": b'{"\xff": 1}',
    "a key twice": b'{"schemaVersion": 2, "manifests": [], "manifests": []}',
    "too deep": b"[" * 100_000,
    "no version": b'{"manifests": []}',
    "the old version": b'{"schemaVersion": 1, "manifests": []}',
    "a version that is a string": b'{"schemaVersion": "2", "manifests": []}',
    "a document of another type": json.dumps(
        {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "manifests": []}
    ).encode(),
    "an index that others would read as a manifest": json.dumps(
        {"schemaVersion": 2, "manifests": [], "config": DESCRIPTOR, "layers": []}
    ).encode(),
    "a document of Docker's older type": json.dumps(
        {"schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": []}
    ).encode(),
    "a type that is a number": b'{"schemaVersion": 2, "artifactType": 7, "manifests": []}',
    "a subject that is none": b'{"schemaVersion": 2, "subject": {}, "manifests": []}',
    "annotations that are a list": b'{"schemaVersion": 2, "annotations": [], "manifests": []}',
    "no manifests": b'{"schemaVersion": 2}',
    "manifests that are an object": b'{"schemaVersion": 2, "manifests": {}}',
}


@pytest.mark.parametrize("data", BAD_INDEXES.values(), ids=BAD_INDEXES.keys())
def test_what_is_no_index_is_refused_by_its_name(data):
    with pytest.raises(MalformedError, match=WHERE):
        oci.parse_index(data, WHERE)


@pytest.mark.parametrize(
    "change",
    [
        {"schemaVersion": 1},
        {"schemaVersion": None},
        {"mediaType": OCI_INDEX},
        {"mediaType": "application/vnd.docker.distribution.manifest.v1+json"},
        {"mediaType": DOCKER_LIST},
        {"mediaType": 7},
        {"config": None},
        {"layers": None},
        {"layers": {}},
        {"layers": [None]},
        {"artifactType": 7},
        {"annotations": {"a": 1}},
        {"annotations": "a"},
    ],
)
def test_what_is_no_image_manifest_is_refused_by_its_name(change):
    data = json.dumps({**json.loads(MANIFEST.to_bytes()), **change}).encode()

    with pytest.raises(MalformedError, match=WHERE):
        oci.parse_manifest(data, WHERE)


def test_a_document_that_others_would_read_as_an_index_is_no_manifest():
    both = {**json.loads(MANIFEST.to_bytes()), "manifests": [DESCRIPTOR]}
    del both["mediaType"]

    with pytest.raises(MalformedError, match=WHERE):
        oci.parse_manifest(json.dumps(both).encode(), WHERE)
