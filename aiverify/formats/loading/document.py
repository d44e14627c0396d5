"""A whole configuration, looked through for members by which a loader runs something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from aiverify.core.jsonvalue import Json
from aiverify.formats.found import Found
from aiverify.formats.keras import config as keras_config
from aiverify.formats.loading import code, objects
from aiverify.formats.loading.paths import path
from aiverify.formats.loading.walk import below, every

Judge = Callable[[Found, str, Json], None]

BY_MEMBER: Mapping[str, Judge] = {
    "auto_map": code.auto_map,
    "trust_remote_code": code.trust,
    "custom_generate": code.own_code,
    "custom_pipelines": code.own_code,
    "attn_implementation": code.kernel,
    "_attn_implementation": code.kernel,
    "_attn_implementation_internal": code.kernel,
    "experts_implementation": code.kernel,
    "_experts_implementation_internal": code.kernel,
    "activation_fn": objects.imported,
    "activation_function": objects.imported,
    "sbert_ce_default_activation_function": objects.imported,
    "target": objects.imported,
    "tokenizer_class": objects.imported,
    "loader_module": objects.target,
    "_target_": objects.target,
    "class_path": objects.target,
    "py/function": objects.pickled,
    "py/module": objects.pickled,
    "py/newargs": objects.pickled,
    "py/newobj": objects.pickled,
    "py/object": objects.pickled,
    "py/reduce": objects.pickled,
    "py/repr": objects.pickled,
    "py/state": objects.pickled,
    "py/type": objects.pickled,
    "__reduce__": objects.reduced,
    "__reduce_ex__": objects.reduced,
}
"""What judges a member, by its name, wherever in a document it stands."""

FILE = "_file"
"""How members end that name a file."""


KERAS = ("modelTopology", "model_config")
"""Members within which TensorFlow.js keeps a model of Keras's, one in the other."""


def judge(value: Json, found: Found) -> None:
    """Everything in a document that makes a loader run, import or read what it should not.

    Places are JSON pointers. The document's depth was bounded when it was parsed.
    """
    for place, item in every("#", value):
        if isinstance(item, Mapping):
            _members(found, place, item)
    for model in _keras_models(value):
        for finding in keras_config.judge(model, ""):
            found.keep(finding)


def _keras_models(value: Json) -> Iterator[Json]:
    """Models of Keras that a document is, or holds where its exporters put them."""
    for key in ("", *KERAS):
        if isinstance(value, Mapping):
            value = value.get(key) if key else value
            if keras_config.is_model(value):
                yield value
                return


def _members(found: Found, place: str, members: Mapping[str, Json]) -> None:
    for key, member in BY_MEMBER.items():
        if key in members:
            member(found, below(place, key), members[key])
    if "lc" in members:
        objects.chain(found, place, members)
    for key in filter(_names_a_file, members):
        path(found, below(place, key), members[key])


def _names_a_file(key: str) -> bool:
    return key.endswith(FILE)
