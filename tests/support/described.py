"""Described artifacts, made by hand: a model, an adapter for it, and a component."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiverify.core import rules
from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import (
    AdapterSettings,
    BaseReference,
    Description,
    Metric,
    Stated,
)
from aiverify.core.digest import Digest
from aiverify.core.facts import Facts, FileFacts, Role
from aiverify.core.manifest import Entry, Manifest

COMMIT = "4e20de362430cd3b72f300e6b0f18e50e7166e08"


@dataclass(frozen=True)
class Described:
    """What `compose` takes."""

    artifact: Artifact
    description: Description = field(default_factory=Description)
    files: tuple[FileFacts, ...] = ()
    base: BaseReference | None = None


def artifact_of(
    *names: str, kind: Kind = Kind.MODEL, name: str = "tiny-llama", version: str = ""
) -> Artifact:
    """An artifact whose files have made-up bytes."""
    entries = (Entry(file, Digest.of(file.encode()), len(file)) for file in names)
    return Artifact(kind, name, version, Manifest.of(entries))


def facts_of(name: str, fmt: str, role: Role, unread: str = "", pickled: bool = False) -> FileFacts:
    found = (rules.pickles.CALL.found("calls os.system", file=name),) if pickled else ()
    return FileFacts(name, len(name), Facts(fmt, role, unread=unread, findings=found))


def llama() -> Described:
    """A fine-tuned model with all that a good card says."""
    description = Description(
        name=Stated("example/tiny-llama", "README.md#model_name"),
        architecture=Stated("LlamaForCausalLM", "config.json#/architectures"),
        family=Stated("llama", "config.json#/model_type"),
        library=Stated("transformers", "README.md#library_name"),
        task=Stated("text-generation", "README.md#pipeline_tag"),
        licences=(Stated("llama3.2", "README.md#license"),),
        languages=(Stated("en", "README.md#language"), Stated("de", "README.md#language")),
        tags=(Stated("chat", "README.md#tags"),),
        base_models=(
            Stated(BaseReference("meta-llama/Llama-3.2-1B"), "README.md#base_model"),
            Stated(BaseReference("meta-llama/Llama-3.2-1B", COMMIT), "config.json#/_name_or_path"),
        ),
        datasets=(Stated("HuggingFaceH4/ultrachat_200k", "README.md#datasets"),),
        metrics=(Stated(Metric("accuracy", "0.612", dataset="arc_easy"), "README.md#model-index"),),
        sections={
            "intended uses & limitations": Stated("For tests only.", "README.md#intended-uses"),
            "bias": Stated("It repeats what it read.", "README.md#bias"),
            "how to use": Stated("Run it.", "README.md#how-to-use"),
        },
        formats=("safetensors",),
        parameters=Stated(1_235_814_400, "model.safetensors"),
        dtypes={"f32": 14_400, "bf16": 1_235_800_000},
        context_length=Stated(131_072, "config.json#/max_position_embeddings"),
        vocabulary=Stated(128_256, "config.json#/vocab_size"),
        warnings=("README.md#widget is not an object but a string, and is left out",),
    )
    files = (
        facts_of("README.md", "modelcard", Role.DOC),
        facts_of("config.json", "hf-config", Role.CONFIG),
        facts_of("model.safetensors", "safetensors", Role.WEIGHT),
        facts_of("optimizer.pt", "torch", Role.WEIGHT, pickled=True),
        facts_of("weights.enc", "unknown", Role.DOC, unread="no reader knows it"),
    )
    artifact = artifact_of(*(file.name for file in files), version="1.0.0")
    return Described(artifact, description, files)


def lora() -> Described:
    """An adapter whose base was at hand, under the name of its directory."""
    source = "adapter_config.json#/base_model_name_or_path"
    description = Description(
        licences=(Stated("apache-2.0", "README.md#license"),),
        base_models=(Stated(BaseReference("example/tiny-llama"), source),),
        formats=("peft", "safetensors"),
        parameters=Stated(4096, "adapter_model.safetensors"),
        dtypes={"f32": 4096},
        adapter=Stated(
            AdapterSettings("LORA", 8, 16.0, ("q_proj", "v_proj")), "adapter_config.json"
        ),
    )
    files = (
        facts_of("adapter_config.json", "peft", Role.CONFIG),
        facts_of("adapter_model.safetensors", "safetensors", Role.WEIGHT),
    )
    base = BaseReference("llama", digest=str(llama().artifact.manifest.root))
    artifact = artifact_of(*(file.name for file in files), kind=Kind.ADAPTER, name="tiny-lora")
    return Described(artifact, description, files, base)


def component() -> Described:
    """A program that no reader knows."""
    files = (facts_of("llama-server", "unknown", Role.CODE, unread="no reader knows it"),)
    artifact = artifact_of("llama-server", kind=Kind.COMPONENT, name="llama-server", version="b1")
    return Described(artifact, Description(), files)
