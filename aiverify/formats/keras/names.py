"""Which names in a Keras model's configuration are a model's, and which are a program's."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Sequence

from aiverify.core import rules
from aiverify.core.finding import Rule

PACKAGES = frozenset({"keras", "tf_keras", "keras_core", "keras_hub", "keras_nlp", "keras_cv"})
"""Keras, its forks, and the packages that it imports of its own accord."""

TENSORFLOW = "tensorflow"

WRAPPING = frozenset({"src", "api", "_v1", "_v2", "_legacy", "_tf_keras", "keras", "python"})
"""Parts of a module's name that say nothing of what is in it."""

MODELLING = frozenset(
    {
        "activations",
        "constraints",
        "distillation",
        "dtype_policies",
        "engine",
        "initializers",
        "layers",
        "losses",
        "metrics",
        "mixed_precision",
        "models",
        "ops",
        "optimizers",
        "quantizers",
        "random",
        "regularizers",
    }
)
"""Keras's modules of what models are made of. The others fetch, read, write and switch."""

CALLABLE = frozenset(
    {
        "activations",
        "constraints",
        "initializers",
        "layers",
        "losses",
        "metrics",
        "ops",
        "ops.image",
        "ops.linalg",
        "ops.nn",
        "ops.numpy",
        "random",
        "regularizers",
    }
)
"""Of these, modules whose functions a model may call. A module further inside holds whatever it
imports."""

UNCALLABLE = frozenset({"deserialize", "get", "serialize"})
"""Functions in them that make any object from a configuration."""

HARMLESS = frozenset({"abs", "all", "any", "len", "max", "min", "pow", "round", "sum"})
"""Python's own functions that a model may call."""

CLASS = re.compile(r"_?[A-Z]\w*")


def rule_for(module: str, name: str, registered: str, *, function: bool) -> Rule | None:
    """The rule that a name in a module breaks, if it breaks one.

    A class is written with a capital; what is not is found in the module all the same, and
    is a function, whatever the model calls it.
    """
    function = function or not CLASS.fullmatch(name)
    parts = module.split(".")
    if module in ("builtins", "__builtin__"):
        return _of_python(name, function=function)
    if parts[0] in PACKAGES or (parts[0] == TENSORFLOW and "keras" in parts[1:3]):
        return _of_keras(parts, name, function=function)
    if module == "__main__":
        return rules.keras.CUSTOM
    if parts[0] == TENSORFLOW:
        return _of_tensorflow(parts, function=function)
    # The publisher's own, which Keras writes down under the name that it was registered by.
    own = registered.rpartition(">")[2] == name and (">" in registered or not function)
    if own and parts[0] not in sys.stdlib_module_names:
        return rules.keras.CUSTOM
    return rules.keras.MODULE


def _of_python(name: str, *, function: bool) -> Rule | None:
    """Keras writes all functions down as built in, and looks for its own ones first."""
    if ">" in name and function:
        return rules.keras.CUSTOM
    if not function or (hasattr(builtins, name) and name not in HARMLESS):
        return rules.keras.MODULE
    return None if name.isidentifier() else rules.keras.MODULE


def _of_tensorflow(parts: Sequence[str], *, function: bool) -> Rule | None:
    """Types of tensors stand in the framework; a function may stand anywhere."""
    if function:
        return rules.keras.MODULE
    return None if {"framework", "ops"} & set(parts) else rules.keras.CUSTOM


def _of_keras(parts: Sequence[str], name: str, *, function: bool) -> Rule | None:
    inner = [part for part in parts[1:] if part not in WRAPPING]
    area = inner[0] if inner else ""
    if function:
        public = ".".join(inner) in CALLABLE and not {"src", "python"} & set(parts)
        # To call a class is to make a layer that nobody asked about, such as one that loads.
        public = public and not (area == "layers" and CLASS.fullmatch(name))
        return None if public and name not in UNCALLABLE else rules.keras.GADGET
    if not inner or area in MODELLING or parts[0] not in ("keras", "tf_keras", TENSORFLOW):
        return None
    return rules.keras.CUSTOM
