"""Layer types of other tools, and what each says of its blob."""

from __future__ import annotations

import pytest

from aiverify.core.layers import (
    FORMS,
    Compression,
    LayerForm,
    layer_form,
    maker,
    unnamed,
)

OCI = "application/vnd.oci.image.layer.v1."
NAMED = {"org.opencontainers.image.title": "weights"}
UNPACK = {**NAMED, "io.deis.oras.content.unpack": "true"}


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("application/vnd.cncf.model.weight.v1.raw", LayerForm.RAW),
        ("application/vnd.cncf.model.weight.config.v1.tar", LayerForm.TAR),
        ("application/vnd.cncf.model.doc.v1.tar+gzip", LayerForm.TAR_GZIP),
        ("application/vnd.cncf.model.dataset.v1.tar+zstd", LayerForm.TAR_ZSTD),
        ("application/vnd.cncf.model.weight.v1.gguf", LayerForm.RAW),
        ("application/vnd.cnai.model.code.v1.tar+zstd", LayerForm.TAR_ZSTD),
        ("application/vnd.cnai.model.layer.v1.tar+gzip", LayerForm.TAR_GZIP),
        ("application/vnd.kitops.modelkit.modelpart.v1.tar+gzip", LayerForm.TAR_GZIP),
        ("application/vnd.kitops.modelkit.docs.v1.raw", LayerForm.RAW),
        ("application/vnd.docker.ai.gguf.v3", LayerForm.RAW),
        ("application/vnd.docker.ai.vllm.config.tar", LayerForm.TAR),
        ("application/octet-stream", LayerForm.RAW),
    ],
)
def test_a_known_type_has_one_form(media_type: str, form: LayerForm) -> None:
    assert layer_form(media_type) is form


@pytest.mark.parametrize("media_type", [f"{OCI}tar", f"{OCI}tar+gzip", "text/x-acme"])
def test_a_named_file_of_any_other_type_is_the_file_itself(media_type: str) -> None:
    assert layer_form(media_type, NAMED) is LayerForm.RAW


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        (f"{OCI}tar+gzip", LayerForm.TAR_GZIP),
        (f"{OCI}tar+zstd", LayerForm.TAR_ZSTD),
        (f"{OCI}tar", LayerForm.TAR_GZIP),
        ("text/x-acme", LayerForm.TAR_GZIP),
        ("application/octet-stream", LayerForm.TAR_GZIP),
    ],
)
def test_a_folder_of_oras_is_an_archive_whatever_its_type_is(
    media_type: str, form: LayerForm
) -> None:
    assert layer_form(media_type, UNPACK) is form


@pytest.mark.parametrize("said", [None, {}, {"org.opencontainers.image.title": ""}])
@pytest.mark.parametrize("media_type", [f"{OCI}tar", f"{OCI}tar+gzip", "text/x-acme", ""])
def test_what_has_neither_a_known_type_nor_a_name_is_not_guessed_at(
    media_type: str, said: dict[str, str] | None
) -> None:
    assert layer_form(media_type, said) is None


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.kitops.modelkit.model.v1.raw+gzip",
        "application/vnd.docker.ai.next.tar",
        "application/vnd.cncf.model.weight.v2.tar",
        "application/vnd.cncf.model.weight.v1.tar+xz",
    ],
)
@pytest.mark.parametrize("said", [NAMED, UNPACK])
def test_an_unknown_type_of_a_known_tool_is_not_taken_for_a_file(
    media_type: str, said: dict[str, str]
) -> None:
    assert layer_form(media_type, said) is None


def test_a_mark_for_oras_does_not_change_what_another_tool_means() -> None:
    assert layer_form("application/vnd.cncf.model.weight.v1.raw", UNPACK) is LayerForm.RAW


def test_every_form_says_how_it_is_packed() -> None:
    assert [form.compression for form in LayerForm] == [
        Compression.NONE,
        Compression.NONE,
        Compression.GZIP,
        Compression.ZSTD,
    ]
    assert [form.is_archive for form in LayerForm] == [False, True, True, True]


def test_a_type_ends_in_its_form_where_it_names_one() -> None:
    told = {media_type: media_type.rpartition(".")[2] for media_type in FORMS}
    forms = {form.value for form in LayerForm}
    assert all(FORMS[key].value == word for key, word in told.items() if word in forms)


@pytest.mark.parametrize(
    ("config", "artifact_type", "name"),
    [
        ("application/vnd.cncf.model.config.v1+json", "", "ModelPack"),
        ("application/vnd.cnai.model.config.v1+json", "", "ModelPack"),
        ("application/vnd.kitops.modelkit.config.v1+json", "", "KitOps ModelKit"),
        ("application/vnd.docker.ai.model.config.v0.2+json", "", "Docker model"),
        ("application/vnd.oci.empty.v1+json", "application/vnd.acme", ""),
        (
            "application/vnd.oci.empty.v1+json",
            "application/vnd.cncf.model.manifest.v1+json",
            "ModelPack",
        ),
        ("", "", ""),
    ],
)
def test_a_manifest_says_who_made_it(config: str, artifact_type: str, name: str) -> None:
    assert maker(config, artifact_type) == name


@pytest.mark.parametrize(
    ("media_type", "at", "of", "name"),
    [
        ("application/vnd.docker.ai.gguf.v3", 1, 1, "model.gguf"),
        ("application/vnd.docker.ai.gguf.v3", 2, 15, "model-00002-of-00015.gguf"),
        ("application/vnd.docker.ai.safetensors", 1, 1, "model.safetensors"),
        ("application/vnd.docker.ai.mmproj", 1, 1, "model.mmproj"),
        ("application/vnd.docker.ai.license", 2, 2, "LICENSE-00002-of-00002"),
        ("application/vnd.docker.ai.model.file", 1, 1, ""),
    ],
)
def test_a_layer_without_a_name_gets_that_of_its_type(
    media_type: str, at: int, of: int, name: str
) -> None:
    assert unnamed(media_type, at, of) == name
