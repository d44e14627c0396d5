"""Reading a bundle that a stranger made, in a directory and in a tar."""

from __future__ import annotations

import json

import pytest

from aiverify.bundle.layout import is_layout, open_bundle, open_layout
from aiverify.core import mediatypes
from aiverify.core.artifact import Kind
from aiverify.core.digest import Digest
from aiverify.errors import DeniedError, InputError, MalformedError, UnsafeNameError
from tests.support.artifacts import (
    MODEL,
    Forger,
    archive,
    contents_of,
    manifest_of,
    pack,
    write_tree,
)

ATTACHED = (
    (mediatypes.SBOM, "", b'{"bomFormat":"CycloneDX"}'),
    (mediatypes.SIGNATURE, "https://model_signing/signature/v1.0", b"signature"),
)


@pytest.fixture
def forger(tmp_path):
    """A good bundle in a directory, open to change."""
    contents = contents_of(write_tree(tmp_path / "tree", executable=["onnx/run.sh"]), version="1.0")
    return Forger(pack(contents, tmp_path / "bundle", ATTACHED).path)


@pytest.fixture(params=["directory", "tar"])
def opened(request, forger):
    """Opens what was forged, in either form."""

    def open_it():
        path = forger.root
        if request.param == "tar":
            path = archive(path, path.with_name("bundle.tar"))
        return open_bundle(path)

    return open_it


def refused(opened, error=MalformedError):
    """The message with which a bundle or its files are refused."""
    with pytest.raises(error) as caught:
        opened().members()
    assert type(caught.value) is error
    return caught.value.message


def test_a_bundle_says_what_it_holds(opened):
    bundle = opened()

    assert (bundle.name, bundle.version, bundle.kind) == ("tiny", "1.0", Kind.MODEL)
    assert [member.name for member in bundle.members()] == sorted(MODEL)
    assert [member.name for member in bundle.members() if member.executable] == ["onnx/run.sh"]
    assert bundle.promised() == manifest_of(MODEL)
    assert [
        (item.artifact_type, item.predicate_type, item.data) for item in bundle.attachments
    ] == list(ATTACHED)


def test_the_files_of_a_bundle_are_the_bytes_that_went_in(opened):
    read = {member.name: member.extent.read(1 << 20) for member in opened().members()}

    assert read == MODEL


def test_a_layout_is_known_by_its_marker_and_its_index(forger, tmp_path):
    assert is_layout(forger.root)
    assert is_layout(archive(forger.root, tmp_path / "a.tar"))
    assert not is_layout(tmp_path / "tree")
    assert not is_layout(tmp_path / "tree" / "config.json")
    assert not is_layout(tmp_path / "missing")

    (forger.root / "index.json").unlink()
    assert not is_layout(forger.root)


def test_a_tar_by_name_only_is_no_layout(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"no tar at all")

    assert not is_layout(tmp_path / "a.tar")


@pytest.mark.parametrize(
    "marker",
    [b"", b"1.0.0", b"{}", b"[]", b'{"imageLayoutVersion": "1.1.0"}', b'{"imageLayoutVersion": 1}'],
)
def test_another_version_of_the_layout_is_refused(forger, opened, marker):
    (forger.root / "oci-layout").write_bytes(marker)

    assert "bundle" in refused(opened)


@pytest.mark.parametrize("index", [b"", b"index", b"[]", b"{}", b'{"schemaVersion": 2}'])
def test_an_index_that_is_none_is_refused(forger, opened, index):
    (forger.root / "index.json").write_bytes(index)

    assert "index.json" in refused(opened)


@pytest.mark.parametrize("name", ["oci-layout", "index.json"])
def test_a_layout_that_lacks_its_marker_or_index_is_refused(forger, tmp_path, name):
    (forger.root / name).unlink()

    for path in (forger.root, archive(forger.root, tmp_path / "a.tar")):
        with pytest.raises(InputError, match=name):
            open_layout(path)


@pytest.mark.parametrize("name", ["oci-layout", "index.json"])
def test_a_marker_or_index_that_is_a_link_is_not_followed(forger, tmp_path, name):
    (forger.root / name).rename(tmp_path / "elsewhere")
    (forger.root / name).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InputError, match="symbolic link"):
        open_layout(forger.root)


def test_a_blob_that_is_a_link_is_not_followed(forger, tmp_path):
    blob = forger.blob(str(Digest.of(MODEL["README.md"])))
    blob.rename(tmp_path / "elsewhere")
    blob.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InputError, match="symbolic link"):
        open_bundle(forger.root).members()


@pytest.mark.parametrize("name", ["blobs", "blobs/sha256"])
def test_a_folder_of_blobs_that_is_a_link_is_not_followed(forger, tmp_path, name):
    (forger.root / name).rename(tmp_path / "elsewhere")
    (forger.root / name).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InputError, match="symbolic link"):
        open_bundle(forger.root)


def test_a_descriptor_that_lies_about_a_manifests_size_is_refused(forger, opened):
    forger.index(lambda index: index["manifests"][0].update(size=10))

    assert "its descriptor says 10" in refused(opened)


def test_a_descriptor_that_lies_about_a_layers_size_is_refused(forger, opened):
    forger.layer(lambda layer: layer.update(size=layer["size"] + 1))

    assert "its descriptor says" in refused(opened)


def test_a_descriptor_that_promises_more_than_there_is_memory_for_is_refused(forger, opened):
    forger.index(lambda index: index["manifests"][1].update(size=10**30))

    assert "its descriptor says" in refused(opened)


@pytest.mark.parametrize("at", range(1 + len(ATTACHED)))
def test_a_manifest_that_was_altered_is_refused(forger, opened, at):
    index = json.loads((forger.root / "index.json").read_bytes())
    blob = forger.blob(index["manifests"][at]["digest"])
    blob.write_bytes(blob.read_bytes().replace(b"application", b"Application", 1))

    assert "was altered" in refused(opened, DeniedError)


@pytest.mark.parametrize("data", [data for _, _, data in ATTACHED])
def test_an_attachment_that_was_altered_is_refused(forger, opened, data):
    forger.blob(str(Digest.of(data))).write_bytes(data[:-1] + b"!")

    assert "was altered" in refused(opened, DeniedError)


def config_digests(forger):
    """The config of the artifact, and the empty one of its attachments."""
    index = json.loads((forger.root / "index.json").read_bytes())
    for descriptor in index["manifests"][:2]:
        yield json.loads(forger.blob(descriptor["digest"]).read_bytes())["config"]["digest"]


@pytest.mark.parametrize("at", [0, 1])
def test_a_config_that_was_altered_is_refused(forger, opened, at):
    blob = forger.blob(list(config_digests(forger))[at])
    blob.write_bytes(blob.read_bytes()[:-1] + b"]")

    assert "was altered" in refused(opened, DeniedError)


@pytest.mark.parametrize("data", [MODEL["README.md"], ATTACHED[0][2]])
def test_a_blob_that_is_not_there_is_refused(forger, tmp_path, data):
    digest = Digest.of(data)
    forger.blob(str(digest)).unlink()

    for path in (forger.root, archive(forger.root, tmp_path / "a.tar")):
        with pytest.raises(InputError, match=digest.hex):
            open_bundle(path).members()


def test_two_artifacts_are_refused(forger, opened):
    def add_another(index):
        value = json.loads(forger.blob(index["manifests"][0]["digest"]).read_bytes())
        value["annotations"]["org.opencontainers.image.title"] = "other"
        media_type = index["manifests"][0]["mediaType"]
        index["manifests"].append(
            {"mediaType": media_type, **forger.put(json.dumps(value).encode())}
        )

    forger.index(add_another)

    assert "holds 2 artifacts" in refused(opened)


def test_a_manifest_in_dockers_older_form_is_read_alike(forger, opened):
    forger.manifest(lambda manifest: manifest.update(mediaType=mediatypes.DOCKER_MANIFEST))
    forger.manifest(lambda manifest: manifest.pop("artifactType"))
    forger.index(lambda index: index["manifests"][0].update(mediaType=mediatypes.DOCKER_MANIFEST))

    bundle = opened()

    assert bundle.promised() == manifest_of(MODEL)
    assert [member.name for member in bundle.members()] == sorted(MODEL)


@pytest.mark.parametrize("artifact_type", ["", "application/vnd.acme.index"])
def test_an_index_that_is_no_unit_is_refused_with_a_way_out(forger, opened, artifact_type):
    def wrap(index):
        inner = {
            "schemaVersion": 2,
            "mediaType": mediatypes.OCI_INDEX,
            "artifactType": artifact_type,
            "manifests": index["manifests"][:1],
        }
        blob = forger.put(json.dumps(inner).encode())
        index["manifests"] = [{"mediaType": mediatypes.OCI_INDEX, **blob}]

    forger.index(wrap)

    with pytest.raises(MalformedError, match="an index of 1 manifests and no unit") as caught:
        opened()
    assert "by digest" in caught.value.hint


def test_no_artifact_is_refused(forger, opened):
    forger.index(lambda index: index["manifests"].pop(0))

    assert "holds 0 artifacts" in refused(opened)


def test_an_attachment_that_is_listed_again_and_again_is_read_once(forger, opened):
    forger.index(lambda index: index["manifests"].extend([index["manifests"][1]] * 5))

    assert len(opened().attachments) == len(ATTACHED)


def test_what_speaks_of_another_artifact_is_not_attached_to_this_one(forger, opened):
    other = {"digest": str(Digest.of(b"other")), "size": 5}
    forger.manifest(lambda manifest: manifest["subject"].update(other), at=1)

    assert [item.data for item in opened().attachments] == [ATTACHED[1][2]]


@pytest.mark.parametrize("count", [0, 2])
def test_an_attachment_of_other_than_one_layer_is_refused(forger, opened, count):
    forger.manifest(lambda manifest: manifest.update(layers=manifest["layers"] * count), at=1)

    assert f"has {count} layers" in refused(opened)


def named(name):
    """A change that gives a layer another file name."""
    return lambda layer: layer["annotations"].update(
        {mediatypes.FILEPATH: name, mediatypes.TITLE: name}
    )


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "..", "/etc/passwd", "a//b", "./a", "a/", ".", "C:x", "a\\b", "a\0b"],
)
def test_a_file_name_that_leads_out_is_refused(forger, opened, name):
    forger.layer(named(name))

    refused(opened, UnsafeNameError)
    with pytest.raises(UnsafeNameError):
        opened().promised()


@pytest.mark.parametrize("name", ["CONFIG.json", "onnx", "config.json/x", "Onnx/other"])
def test_a_file_name_that_collides_is_refused(forger, opened, name):
    forger.layer(named(name))

    refused(opened, UnsafeNameError)


def test_a_file_name_that_is_given_twice_is_refused(forger, opened):
    forger.layer(named("config.json"))

    assert "holds config.json twice" in refused(opened)


def test_a_name_that_would_move_the_cursor_is_shown_escaped(forger, opened):
    forger.layer(named("a\x1b[2J"))
    forger.layer(named("a\x1b[2J"), at=1)

    assert "holds a\\x1b[2J twice" in refused(opened)


def test_a_layer_without_a_file_name_is_refused(forger, opened):
    forger.layer(lambda layer: layer.pop("annotations"))

    assert "has no file name" in refused(opened)
    with pytest.raises(MalformedError, match="has no file name"):
        opened().promised()


def test_a_title_stands_in_for_a_file_name(forger, opened):
    forger.layer(lambda layer: layer["annotations"].pop(mediatypes.FILEPATH))

    assert [member.name for member in opened().members()] == sorted(MODEL)


@pytest.mark.parametrize("form", ["tar", "tar+gzip", "tar+zstd"])
def test_a_layer_that_is_an_archive_is_one_file_that_says_so(forger, opened, form):
    forger.layer(lambda layer: layer.update(mediaType=f"application/vnd.cncf.model.doc.v1.{form}"))
    ending = {"tar": ".tar", "tar+gzip": ".tar.gz", "tar+zstd": ".tar.zst"}[form]
    name = f"README.md{ending}"

    bundle = opened()

    assert [member.name for member in bundle.members()] == [name, *sorted(MODEL)[1:]]
    assert [found for _, found, _ in bundle.archives()] == [name]
    assert bundle.promised().by_name[name].digest == Digest.of(MODEL["README.md"])


def test_a_bundle_of_raw_layers_holds_no_archives(opened):
    assert opened().archives() == ()


def test_an_archive_that_is_called_like_a_file_beside_it_is_refused(forger, opened):
    forger.layer(lambda layer: layer.update(mediaType="application/vnd.cncf.model.doc.v1.tar"))
    forger.layer(named("README.md.tar"), at=1)

    assert "holds README.md.tar twice" in refused(opened)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a//b", "./x", "a\\b"])
def test_an_archive_that_is_called_by_a_path_that_leads_out_is_refused(forger, opened, name):
    forger.layer(lambda layer: layer.update(mediaType="application/vnd.cncf.model.doc.v1.tar"))
    forger.layer(named(name))

    refused(opened, UnsafeNameError)


def test_an_archive_that_nobody_names_is_called_by_its_digest(forger, opened):
    forger.layer(lambda layer: layer.update(mediaType="application/vnd.cncf.model.doc.v1.tar"))
    forger.layer(lambda layer: layer.pop("annotations"))

    assert f"{Digest.of(MODEL['README.md']).hex}.tar" in opened().promised().by_name


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.cncf.model.weight.v2.raw",
        "application/vnd.cncf.model.weight.v1.tar+xz",
        "application/vnd.kitops.modelkit.model.v1.raw+gzip",
        "application/vnd.docker.ai.next",
    ],
)
def test_a_layer_of_a_type_that_nobody_knows_is_refused_with_a_way_out(forger, opened, media_type):
    forger.layer(lambda layer: layer.update(mediaType=media_type))

    for reading in (opened().members, opened().archives, opened().promised):
        with pytest.raises(MalformedError, match="nobody here knows what it is") as caught:
            reading()
        assert f"the layer README.md is {media_type}, of which" in caught.value.message
        assert "raw layers" in caught.value.hint


@pytest.mark.parametrize("media_type", ["application/vnd.oci.image.layer.v1.tar+gzip", ""])
def test_a_layer_of_a_container_image_is_no_file_of_a_model(forger, opened, media_type):
    """It has no name either; with one, it is a file to which ORAS gave that type."""
    forger.layer(lambda layer: layer.update(mediaType=media_type))
    assert "README.md" in opened().promised().by_name

    forger.layer(lambda layer: layer.pop("annotations"))

    shown = media_type or "of no type"
    message = refused(opened)
    assert f"the layer {Digest.of(MODEL['README.md'])} is {shown}, of which" in message


def test_a_type_that_would_move_the_cursor_is_shown_escaped(forger, opened):
    forger.layer(lambda layer: layer.update(mediaType="application/vnd.cncf.model.\x1b[2J"))

    assert "is application/vnd.cncf.model.\\x1b[2J, of which" in refused(opened)


@pytest.mark.parametrize("value", [7, None, ["a"], {"a": "b"}])
def test_an_annotation_that_is_no_string_is_refused(forger, opened, value):
    forger.layer(lambda layer: layer["annotations"].update(note=value))

    assert "annotations are not strings" in refused(opened)


@pytest.mark.parametrize("metadata", ["", "0755", "[]", '{"mode": 1, "mode": 2}'])
def test_metadata_that_is_no_object_is_refused(forger, opened, metadata):
    forger.layer(lambda layer: layer["annotations"].update({mediatypes.FILE_METADATA: metadata}))

    assert "the metadata of a layer" in refused(opened)


@pytest.mark.parametrize("metadata", ["{}", '{"mode": "0755"}', '{"mode": true}', '{"mode": null}'])
def test_a_file_whose_mode_is_not_stated_is_not_executable(forger, opened, metadata):
    at = sorted(MODEL).index("onnx/run.sh")
    forger.layer(
        lambda layer: layer["annotations"].update({mediatypes.FILE_METADATA: metadata}), at
    )

    assert not any(member.executable for member in opened().members())


@pytest.mark.parametrize("stated", ["", "virus", "MODEL"])
def test_a_kind_that_nobody_knows_is_none(forger, opened, stated):
    forger.manifest(lambda manifest: manifest["annotations"].update({mediatypes.KIND: stated}))

    assert opened().kind is None


def test_a_bundle_without_annotations_has_no_name(forger, opened):
    forger.manifest(lambda manifest: manifest.pop("annotations"))

    assert (opened().name, opened().version, opened().kind) == ("", "", None)


def test_a_tar_that_holds_a_member_twice_is_refused(forger, tmp_path):
    path = archive(forger.root, tmp_path / "a.tar")
    data = path.read_bytes()
    path.write_bytes(data[: -2 * 512] + data)

    with pytest.raises(MalformedError, match="twice"):
        open_layout(path)


@pytest.mark.parametrize("kept", [0, 100, 512, 700, -1024])
def test_a_tar_that_was_cut_short_is_refused(forger, tmp_path, kept):
    path = archive(forger.root, tmp_path / "a.tar")
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(MalformedError, match=r"a\.tar"):
        open_layout(path)
