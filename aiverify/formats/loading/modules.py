"""Modules that configurations may name: data, and what a name outside of it amounts to."""

from __future__ import annotations

import sys
from enum import Enum

LIBRARIES = frozenset(
    [
        *("accelerate", "bitsandbytes", "datasets", "deepspeed", "diffusers", "einops"),
        *("fairscale", "fairseq", "fairseq2", "fastai", "flax", "hydra_plugins", "jax", "keras"),
        *("lerobot", "lhotse", "lightning", "lightning_fabric", "lightning_utilities", "megatron"),
        *(
            "mlflow",
            "mmcv",
            "mmdet",
            "mmengine",
            "nemo",
            "numpy",
            "omegaconf",
            "onnxruntime",
            "open_clip",
        ),
        *("optax", "optimum", "peft", "pyannote", "pytorch_lightning", "sentence_transformers"),
        *("sklearn", "speechbrain", "tensorflow", "timm", "tokenizers", "torch", "torchaudio"),
        *("torchmetrics", "torchtune", "torchvision", "transformers", "trl", "wandb"),
    ]
)
"""Libraries of models and of training, whose classes configurations name."""

LEADING_ON = frozenset(
    [
        *("call", "dump", "eval", "exec", "execute_command", "get_class", "get_method"),
        *("get_class_from_dynamic_module", "get_object", "import_from_string", "import_module"),
        *(
            "instantiate",
            "load",
            "load_inline",
            "load_model",
            "load_state_dict_from_url",
            "load_url",
            "loads",
            "open",
        ),
        *("popen", "read_pickle", "run", "run_module", "run_path", "save", "savez", "system"),
        *("tofile", "unpickle"),
    ]
)
"""What such libraries hold beside their classes: functions that run, read or write anything."""

HARMLESS = frozenset(
    [
        *("builtins.bool", "builtins.dict", "builtins.float", "builtins.int", "builtins.list"),
        *("builtins.set", "builtins.str", "builtins.tuple", "collections.OrderedDict"),
        *("datetime.timedelta", "functools.partial", "pathlib.Path"),
    ]
)
"""What configurations use of the standard library, and which runs nothing by itself."""


class Standing(Enum):
    """What is known of a dotted name."""

    KNOWN = "known"
    """A class of a library of models."""

    UNKNOWN = "unknown"
    """Some other module, perhaps one that comes with the model."""

    DANGEROUS = "dangerous"
    """A part of Python itself, or a function that leads to it."""


def standing(name: str) -> Standing:
    """What is known of a dotted name."""
    if name in HARMLESS:
        return Standing.KNOWN
    first, last = name.partition(".")[0], name.rpartition(".")[2]
    if first in sys.stdlib_module_names or last in LEADING_ON or "__" in name:
        return Standing.DANGEROUS
    return Standing.KNOWN if first in LIBRARIES else Standing.UNKNOWN


def is_below(name: str, modules: frozenset[str]) -> bool:
    """Whether a dotted name is one of some modules, or in one."""
    return name in modules or any(name.startswith(f"{module}.") for module in modules)
