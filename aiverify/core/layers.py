"""Layer types of other tools: what each says of a blob, and who made the artifact."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from aiverify.core import mediatypes


class Compression(StrEnum):
    """How an archive is packed."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


class LayerForm(StrEnum):
    """What a layer's blob is: the file itself, or an archive of files."""

    RAW = "raw"
    TAR = "tar"
    TAR_GZIP = "tar+gzip"
    TAR_ZSTD = "tar+zstd"

    @property
    def is_archive(self) -> bool:
        """Whether the files are inside."""
        return self is not LayerForm.RAW

    @property
    def compression(self) -> Compression:
        """How the archive is packed; a file that is the blob itself is not."""
        return Compression(self.value.partition("+")[2] or "none")


CNAI_FILEPATH = "org.cnai.model.filepath"
"""The name of a file where modctl wrote it before the specification moved to the CNCF."""

NAME_KEYS = (mediatypes.FILEPATH, CNAI_FILEPATH, mediatypes.TITLE)
"""Annotations that name the file that a layer is."""

ORAS_UNPACK = "io.deis.oras.content.unpack"
ORAS_DIGEST = "io.deis.oras.content.digest"
"""The digest of a directory's archive before it was packed."""

KIT_SUBTYPE = "ml.kitops.modelkit.layer-subtype"

MODEL_KINDS = ("weight", "weight.config", "doc", "code", "dataset")
KIT_KINDS = ("model", "modelpart", "dataset", "code", "docs")

_CNCF, _CNAI = "application/vnd.cncf.model.", "application/vnd.cnai.model."
_KIT, _DOCKER = "application/vnd.kitops.modelkit.", "application/vnd.docker.ai."
_OCI_LAYER = "application/vnd.oci.image.layer.v1."

FAMILIES = (_CNCF, _CNAI, _KIT, _DOCKER)
"""How the types of a tool begin. One of these that is not in the table is not guessed at."""

FORMS: Mapping[str, LayerForm] = {
    mediatypes.COMPONENT_FILE: LayerForm.RAW,
    # ModelPack model-spec 1, its older name, and its first draft.
    **{f"{_CNCF}{kind}.v1.{form}": form for kind in MODEL_KINDS for form in LayerForm},
    **{f"{_CNAI}{kind}.v1.{form}": form for kind in MODEL_KINDS for form in LayerForm},
    f"{_CNAI}layer.v1.tar": LayerForm.TAR,
    f"{_CNAI}layer.v1.tar+gzip": LayerForm.TAR_GZIP,
    # Docker's first artifacts in the ModelPack form.
    f"{_CNCF}weight.v1.gguf": LayerForm.RAW,
    f"{_CNCF}weight.v1.safetensors": LayerForm.RAW,
    # KitOps. Its raw layers may be packed as well, and those are not read.
    **{f"{_KIT}{kind}.v1.{form}": form for kind in KIT_KINDS for form in LayerForm},
    f"{_KIT}mcpb.v1.raw": LayerForm.RAW,
    f"{_KIT}config.v1+json": LayerForm.RAW,
    # Docker Model Runner, and the model-spec that came before it.
    f"{_DOCKER}gguf.v3": LayerForm.RAW,
    f"{_DOCKER}gguf.v3.lora": LayerForm.RAW,
    f"{_DOCKER}gguf.v3.mmproj": LayerForm.RAW,
    f"{_DOCKER}safetensors": LayerForm.RAW,
    f"{_DOCKER}dduf": LayerForm.RAW,
    f"{_DOCKER}mmproj": LayerForm.RAW,
    f"{_DOCKER}license": LayerForm.RAW,
    f"{_DOCKER}chat.template.jinja": LayerForm.RAW,
    f"{_DOCKER}model.file": LayerForm.RAW,
    f"{_DOCKER}vllm.config.tar": LayerForm.TAR,
    f"{_DOCKER}dir.tar": LayerForm.TAR,
}

_UNNAMED: Mapping[str, tuple[str, str]] = {
    f"{_DOCKER}gguf.v3": ("model", ".gguf"),
    f"{_DOCKER}gguf.v3.lora": ("adapter", ".gguf"),
    f"{_DOCKER}safetensors": ("model", ".safetensors"),
    f"{_DOCKER}dduf": ("model", ".dduf"),
    f"{_DOCKER}mmproj": ("model", ".mmproj"),
    f"{_DOCKER}gguf.v3.mmproj": ("model", ".mmproj"),
    f"{_DOCKER}chat.template.jinja": ("template", ".jinja"),
    f"{_DOCKER}license": ("LICENSE", ""),
    f"{_KIT}config.v1+json": ("Kitfile", ""),
}

_MAKERS = (
    (_CNCF, "ModelPack"),
    (_CNAI, "ModelPack"),
    (_KIT, "KitOps ModelKit"),
    (_DOCKER, "Docker model"),
)


def layer_form(media_type: str, annotations: Mapping[str, str] | None = None) -> LayerForm | None:
    """What a layer is, by its type and what its maker says of it; None where nobody can tell.

    ORAS gives any type to any file, and the type of an image's layer to files whose type nobody
    named. Only its mark for directories says that there is an archive inside, and that one is
    packed by gzip whatever the type is. An image's layer without a name or a mark is a container
    image's, and no part of a model.
    """
    said = annotations or {}
    if media_type.startswith(FAMILIES):
        return FORMS.get(media_type)
    if said.get(ORAS_UNPACK) == "true":
        is_zstd = media_type == f"{_OCI_LAYER}tar+zstd"
        return LayerForm.TAR_ZSTD if is_zstd else LayerForm.TAR_GZIP
    is_file = media_type in FORMS or any(said.get(key) for key in NAME_KEYS)
    return LayerForm.RAW if is_file else None


def unnamed(media_type: str, at: int = 1, of: int = 1) -> str:
    """The name of a file whose layer names none, or empty.

    Docker names files by their type when it unpacks them, and numbers them where there are
    several: this one is the `at`th `of` so many, from 1. Licences, adapters and DDUF files it
    leaves packed or names by their digest; their names here are ours.
    """
    if media_type not in _UNNAMED:
        return ""
    stem, suffix = _UNNAMED[media_type]
    return f"{stem}{suffix}" if of == 1 else f"{stem}-{at:05d}-of-{of:05d}{suffix}"


def maker(config_media_type: str, artifact_type: str = "") -> str:
    """What kind of artifact a manifest is, or empty: a plain OCI artifact.

    Tools know their own by the type of the config; ModelPack and KitOps state an artifact type too.
    """
    for media_type in (config_media_type, artifact_type):
        for prefix, name in _MAKERS:
            if media_type.startswith(prefix):
                return name
    return ""
