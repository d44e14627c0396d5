"""What files hold that has a life of its own: tokenizers, chat templates, and parts of a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from aiverify.core.artifact import Artifact
from aiverify.core.describe import adapter_settings
from aiverify.core.description import BaseReference
from aiverify.core.digest import Digest
from aiverify.core.facts import FileFacts, Role, Tensor
from aiverify.core.fields import Fields
from aiverify.core.fit import pairs_in
from aiverify.errors import MalformedError
from aiverify.sbom.bom import Component, Dataset, Origin, Property, Sort
from aiverify.sbom.composing import tensors
from aiverify.sbom.composing.adapters import of_adapter
from aiverify.sbom.composing.ancestry import Ancestor
from aiverify.sbom.composing.lineage import of_base
from aiverify.sbom.composing.refs import file_ref, ref
from aiverify.sbom.composing.told import given

CONFIGURATION = Dataset("configuration")

TOKENIZERS = frozenset({"tokenizer", "sentencepiece"})
"""Formats of files that hold a tokenizer's vocabulary whole."""


MAX_PARTS = 1000
"""Parts of a pipeline that are listed."""


def parts(artifact: Artifact, files: Sequence[FileFacts]) -> tuple[Component, ...]:
    """Every part, in the order of the files that hold them."""
    inside = _by_folder(files)
    return (
        *_tokenizers(artifact, files),
        *_templates(files),
        *_pipeline(files, inside),
        *_adapters(files, inside),
    )


def _by_folder(files: Sequence[FileFacts]) -> Mapping[str, list[FileFacts]]:
    """The files below each folder, however deep."""
    found: defaultdict[str, list[FileFacts]] = defaultdict(list)
    for item in files:
        folder = item.name.rpartition("/")[0]
        while folder:
            if item.facts.role is not Role.DOC:
                found[folder].append(item)
            folder = folder.rpartition("/")[0]
    return found


def _tokenizers(artifact: Artifact, files: Sequence[FileFacts]) -> Iterator[Component]:
    for item in files:
        if item.facts.format not in TOKENIZERS:
            continue
        values = Fields(item.facts.values, "", [])
        kind = values.text("model_type") or values.text("type")
        size = values.integer("vocabulary") or values.integer("vocab_size")
        entry = artifact.manifest.by_name.get(item.name)
        said = given(tokenizer__type=kind, vocabulary=str(size or ""))
        yield Component(
            ref=ref("tokenizer", item.name),
            sort=Sort.DATA,
            name=item.name,
            digest=entry.digest if entry else None,
            data=CONFIGURATION,
            properties=(Property("aiverify:part", "tokenizer"), *said.properties),
            origins=(Origin("name", item.name),),
        )


def _templates(files: Sequence[FileFacts]) -> Iterator[Component]:
    """Chat templates by their digests: a program that runs over every conversation."""
    for item in files:
        templates = Fields(item.facts.values, "", []).inner("chat_templates")
        for name in templates.members:
            digest = _digest(templates.text(name))
            if digest:
                yield Component(
                    ref=ref("chat-template", f"{item.name}#{name}"),
                    sort=Sort.DATA,
                    name=f"chat template {name}",
                    digest=digest,
                    data=CONFIGURATION,
                    properties=(Property("aiverify:part", "chat-template"),),
                    origins=(Origin("name", f"{item.name}#/chat_template"),),
                )


def _pipeline(
    files: Sequence[FileFacts], inside: Mapping[str, list[FileFacts]]
) -> Iterator[Component]:
    """The parts of a pipeline, each a folder with a class of its own."""
    for index in files:
        named = Fields(index.facts.values, f"{index.name}#/", []).inner("parts")
        folder = index.name.rpartition("/")[0]
        for part in islice(named.members, MAX_PARTS):
            place = f"{folder}/{part}".lstrip("/")
            yield _folder_part(
                Component(
                    ref=ref("part", place),
                    sort=Sort.DATA,
                    name=part,
                    data=CONFIGURATION,
                    properties=(
                        Property("aiverify:part", "pipeline"),
                        Property("aiverify:class", named.text(part)),
                    ),
                    origins=(Origin("name", named.source(part)),),
                ),
                inside.get(place, []),
            )


def _adapters(
    files: Sequence[FileFacts], inside: Mapping[str, list[FileFacts]]
) -> Iterator[Component]:
    """The adapters of a unit, or of a repository that has several: each in a folder."""
    for config in files:
        folder = config.name.rpartition("/")[0]
        if config.facts.format != "peft" or not folder:
            continue
        values = Fields(config.facts.values, f"{config.name}#/", [])
        said = of_adapter(adapter_settings(values), pairs_in(inside[folder]))
        base = _base(values)
        yield from base
        yield _folder_part(
            Component(
                ref=ref("adapter", folder),
                sort=Sort.MODEL,
                name=folder,
                properties=(Property("aiverify:part", "adapter"), *said.properties),
                origins=(Origin("name", config.name), *said.origins),
                needs=tuple(item.ref for item in base),
            ),
            inside[folder],
        )


def _base(adapter: Fields) -> list[Component]:
    """The base model that an adapter's configuration names, with the revision that pins it."""
    key = "base_model_name_or_path"
    reference = BaseReference(adapter.text(key), adapter.text("revision"))
    return [of_base(Ancestor(reference, (adapter.source(key),)))] if reference.name else []


def _folder_part(part: Component, inside: Sequence[FileFacts]) -> Component:
    """A part with what its files hold: with weights it is a model, and needs those files."""
    weights = [tensor for item in inside for tensor in item.facts.tensors]
    return replace(
        part,
        sort=Sort.MODEL if weights else part.sort,
        data=None if weights else part.data,
        properties=part.properties + _counted(weights),
        needs=(*(file_ref(item.name) for item in inside), *(part.needs or ())),
    )


def _counted(weights: Sequence[Tensor]) -> tuple[Property, ...]:
    return (tensors.of_elements(weights) + tensors.of_tensors(weights)).properties


def _digest(text: str) -> Digest | None:
    try:
        return Digest.parse(text)
    except MalformedError:
        return None
