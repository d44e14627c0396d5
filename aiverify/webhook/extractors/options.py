"""What model servers take on their command line and from their environment.

vLLM, Text Generation Inference, SGLang, llama.cpp, Triton, KServe's servers, NIM and DJL name the
same things by different words: this is the table of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from aiverify.webhook.extractors.interface import What


class Form(StrEnum):
    """How a value names something."""

    PLAIN = "plain"
    """One source: a URI, a path, a name on Hugging Face."""
    WEAK = "weak"
    """A source; or the name it is served by, if it is one word and another option has a source."""
    SLASHED = "slashed"
    """A source if it has a slash, and otherwise anything."""
    MANY = "many"
    """`name=source` or JSON, in every word up to the next option."""
    LIST = "list"
    """`name=source`, with commas between them."""
    JSON = "json"
    """An object, some of whose members are sources."""
    QUANTIZED = "quantized"
    """A name on Hugging Face, with `:Q4_K_M` after it."""
    CACHE = "cache"
    """A directory in which sources are looked for before they are fetched."""
    FILE = "file"
    """A file with more options."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option or variable. `least` is its shortest abbreviation, `revision` its partner's."""

    name: str
    form: Form = Form.PLAIN
    what: What = What.MODEL
    least: str = ""
    revision: str = "revision"


_ADAPTER = What.ADAPTER

OPTIONS = (
    Option("model"),
    Option("model-id", least="model-id"),
    Option("model-path", least="model-pa"),
    Option("model-repository", least="model-repo"),
    Option("model-name", Form.WEAK),
    Option("model-name-or-path", least="model-name-"),
    Option("pretrained-model-name-or-path", least="pretrained-m"),
    Option("model-dir"),
    Option("model-url", least="model-u"),
    Option("model-store"),
    Option("model-base-path", least="model-b"),
    Option("model-tag"),
    Option("hf-repo", Form.QUANTIZED),
    Option("hf-repo-draft", Form.QUANTIZED, revision=""),
    Option("hf-model-id"),
    Option("hf-config-path", least="hf-con", revision=""),
    Option("docker-repo", revision=""),
    Option("tokenizer", revision="tokenizer-revision"),
    Option("tokenizer-path", least="tokenizer-p", revision="tokenizer-revision"),
    Option("tokenizer-id", least="tokenizer-i", revision="tokenizer-revision"),
    Option("model-draft", least="model-dr", revision=""),
    Option("draft-model", revision=""),
    Option("speculative-model", least="speculative-m", revision=""),
    Option("speculative-draft-model-path", least="speculative-draft-model-p", revision=""),
    Option("speculative-draft", revision=""),
    Option("speculative-config", Form.JSON, least="speculative-c", revision=""),
    Option("model-loader-extra-config", Form.JSON, least="model-l", revision=""),
    Option("mmproj", revision=""),
    Option("mmproj-url", revision=""),
    Option("model-vocoder", revision=""),
    Option("lora", Form.LIST, _ADAPTER, revision=""),
    Option("lora-scaled", Form.LIST, _ADAPTER, revision=""),
    Option("lora-modules", Form.MANY, _ADAPTER, least="lora-m", revision=""),
    Option("lora-paths", Form.MANY, _ADAPTER, least="lora-p", revision=""),
    Option("lora-adapters", Form.LIST, _ADAPTER, least="lora-a", revision=""),
    Option("adapter-path", Form.PLAIN, _ADAPTER, revision=""),
    Option("adapter-id", Form.PLAIN, _ADAPTER, revision=""),
    Option("qlora-adapter-name-or-path", Form.PLAIN, _ADAPTER, least="qlora", revision=""),
    Option("download-dir", Form.CACHE, least="down", revision=""),
)

SHORT = {
    "m": "model",
    "mu": "model-url",
    "hf": "hf-repo",
    "hfr": "hf-repo",
    "hfd": "hf-repo-draft",
    "hfrd": "hf-repo-draft",
    "md": "model-draft",
    "mm": "mmproj",
    "mmu": "mmproj-url",
    "mv": "model-vocoder",
    "dr": "docker-repo",
}
"""Short options of llama.cpp. Elsewhere they mean something else."""

REVISIONS = {
    "revision": "rev",
    "model-revision": "model-rev",
    "tokenizer-revision": "tokenizer-rev",
}
"""Options that name a revision, with their shortest abbreviation."""

JSON_SOURCES = frozenset(
    {"model", "path", "tensorizer_uri", "tensorizer_dir", "lora_dir", "tokenizer", "draft_model"}
)
"""Members of JSON on a command line that are sources. `revision` stands beside them."""

TOLD_BY = {
    "tgi": ("MODEL_ID",),
    "llama": ("LLAMA_ARG_MODEL", "LLAMA_ARG_MODEL_URL", "LLAMA_ARG_HF_REPO"),
}
"""Variables that servers take in the place of an option, by the server."""

VARIABLES = (
    Option("HF_MODEL_ID", revision="HF_REVISION"),
    Option("HF_MODEL", revision="HF_REVISION"),
    Option("MODEL_ID", revision="REVISION"),
    Option("MODEL_NAME", Form.WEAK, revision="MODEL_REVISION"),
    Option("MODEL_PATH", revision="MODEL_REVISION"),
    Option("MODEL_DIR", revision=""),
    Option("MODEL_URI", revision="MODEL_REVISION"),
    Option("MODEL_URL", revision=""),
    Option("MODEL_REPOSITORY", revision=""),
    Option("MODEL_NAME_OR_PATH", revision="MODEL_REVISION"),
    Option("PRETRAINED_MODEL_NAME_OR_PATH", revision="MODEL_REVISION"),
    Option("MODEL", Form.SLASHED, revision="REVISION"),
    Option("VLLM_MODEL", revision="REVISION"),
    Option("STORAGE_URI", revision=""),
    Option("OPTION_MODEL_ID", revision="OPTION_REVISION"),
    Option("NIM_MODEL_NAME", revision=""),
    Option("NIM_MODEL_PATH", revision=""),
    Option("NIM_FT_MODEL", revision=""),
    Option("NIM_CUSTOM_MODEL", revision=""),
    Option("NIM_REPOSITORY_OVERRIDE", revision=""),
    Option("NIM_MANIFEST_PATH", Form.FILE, revision=""),
    Option("NIM_PEFT_SOURCE", Form.PLAIN, _ADAPTER, revision=""),
    Option("NIM_CACHE_PATH", Form.CACHE, revision=""),
    Option("LORA_ADAPTERS", Form.LIST, _ADAPTER, revision=""),
    Option("VLLM_LORA_RESOLVER_CACHE_DIR", Form.PLAIN, _ADAPTER, revision=""),
    Option("LLAMA_ARG_MODEL", revision=""),
    Option("LLAMA_ARG_MODEL_URL", revision=""),
    Option("LLAMA_ARG_HF_REPO", Form.QUANTIZED, revision=""),
    Option("LLAMA_ARG_HF_REPO_V", Form.QUANTIZED, revision=""),
    Option("LLAMA_ARG_HFD_REPO", Form.QUANTIZED, revision=""),
    Option("LLAMA_ARG_MODEL_DRAFT", revision=""),
    Option("LLAMA_ARG_MMPROJ", revision=""),
    Option("LLAMA_ARG_MMPROJ_URL", revision=""),
    Option("LLAMA_ARG_DOCKER_REPO", revision=""),
    Option("HF_HOME", Form.CACHE, revision=""),
    Option("HF_HUB_CACHE", Form.CACHE, revision=""),
    Option("HUGGINGFACE_HUB_CACHE", Form.CACHE, revision=""),
    Option("TRANSFORMERS_CACHE", Form.CACHE, revision=""),
    Option("SENTENCE_TRANSFORMERS_HOME", Form.CACHE, revision=""),
    Option("XDG_CACHE_HOME", Form.CACHE, revision=""),
    Option("LLAMA_CACHE", Form.CACHE, revision=""),
)

HUB = "https://huggingface.co"

OFF = frozenset({"", "0", "false", "False", "FALSE", "no", "off"})

SWITCHES = {
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "lets adapters be loaded that nobody admits",
    "VLLM_USE_MODELSCOPE": "makes a name of Hugging Face be fetched from ModelScope",
    "SGLANG_USE_MODELSCOPE": "makes a name of Hugging Face be fetched from ModelScope",
}
"""Variables that open a way around admission unless they are off, and what they do."""

SERVER_IMAGES = {"vllm": "vllm", "text-generation-inference": "tgi", "sglang": "sglang"}
"""Words in the last part of an image that starts a server when no command is given."""

_BESIDES = re.compile("router|operator|controller|gateway|exporter|proxy|scheduler|benchmark")

HOME = "/root"
"""Where the home of a container's user is if nothing says otherwise."""

CACHE = ".cache/huggingface"
"""Where Hugging Face's libraries look first, in that home."""

LOADING_CODE = re.compile(
    r"vllm|transformers|from_pretrained|llama_cpp|sentence_transformers|diffusers|sglang"
    r"|snapshot_download|hf_hub_download|huggingface_hub"
)
"""Words in a program that is given in place, which say that it loads a model."""

_BY_NAME = {option.name: option for option in OPTIONS}
_SWITCHED = re.compile(
    "(?:enable|disable|no|trust|enforce|skip|use|allow|return|async|calculate|headless|multi"
    "|ignore|show|verbose|quiet|debug|help|version|with|without|is|api-key-optional)(?:-.*)?"
)
_SAFE = re.compile(
    "port|host|addr|url|ip|key|name|size|len|rank|num|count|parallel|util|node|seed|level|token"
    "|timeout|secret|user|password|log|replica|world|index|max|min|dtype|memory|id$|prefix|path"
)


def server_of(image: str) -> str:
    """Which server an image starts by itself, by the last part of its name, or nothing."""
    if _BESIDES.search(image):
        return ""
    return next((server for word, server in SERVER_IMAGES.items() if word in image), "")


def option(name: str) -> Option | None:
    """The option of a name that may be abbreviated, as argparse takes it. None for others."""
    name = name.replace("_", "-")
    if name in _BY_NAME:
        return _BY_NAME[name]
    fitting = (o for o in OPTIONS if o.least and name.startswith(o.least))
    return next((o for o in fitting if o.name.startswith(name)), None)


def revision_option(name: str) -> str:
    """The option of a revision that a name is, or nothing."""
    name = name.replace("_", "-")
    fitting = (full for full, least in REVISIONS.items() if name.startswith(least))
    return next((full for full in fitting if full.startswith(name)), "")


def is_switch(name: str) -> bool:
    """Whether an option takes no value, so that the word after it is none."""
    return _SWITCHED.fullmatch(name.replace("_", "-")) is not None


def may_hide(name: str) -> bool:
    """Whether a value that nobody knows could be another option, for all that is known."""
    return not _SAFE.search(name.replace("_", "-"))
