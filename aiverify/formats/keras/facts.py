"""What a Keras model's configuration states of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from aiverify.core.jsonvalue import Json

MAX_NAMES = 1000
MAX_INPUTS = 100
MAX_TEXT = 200

SHAPES = ("batch_shape", "batch_input_shape")


def of(config: Json) -> dict[str, Json]:
    """The statements of a model's configuration, or of its training's.

    `class`, `model` (its name), `layers` (how many of each class), `inputs` (name, dtype,
    shape), `outputs` (names of layers), `optimizer` and `loss`: those that are there.
    """
    top = _object(config)
    inner = _object(top.get("config"))
    compiled = _object(top.get("compile_config")) or top
    optimizer = compiled.get("optimizer") or compiled.get("optimizer_config")
    layers = dict(Counter(_classes(config)).most_common(MAX_NAMES))
    stated: dict[str, Json] = {
        "class": _text(top.get("class_name")),
        "model": _text(inner.get("name")),
        "layers": dict(sorted(layers.items())),
        "inputs": list(_inputs(inner)),
        "outputs": _outputs(inner),
        "optimizer": _name(optimizer),
        "loss": _name(compiled.get("loss")),
    }
    return {key: value for key, value in stated.items() if value}


def _classes(config: Json) -> Iterator[str]:
    """The classes of all layers, those inside other layers included."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            for key, inner in value.items():
                below = inner if isinstance(inner, list) else [inner]
                if key in ("layers", "layer", "config"):
                    names = (_text(_object(item).get("class_name")) for item in below)
                    yield from (name for name in names if name)
                waiting.append(inner)
        elif isinstance(value, list):
            waiting += value


def _inputs(config: Mapping[str, Json]) -> Iterator[Json]:
    layers = config.get("layers")
    for layer in layers[:MAX_INPUTS] if isinstance(layers, list) else ():
        own = _object(_object(layer).get("config"))
        shape = next((own[key] for key in SHAPES if _is_shape(own.get(key))), None)
        if shape is not None:
            dtype = own.get("dtype")
            yield {
                "name": _text(own.get("name")),
                "dtype": _text(dtype) or _text(_object(_object(dtype).get("config")).get("name")),
                "shape": shape,
            }


def _outputs(config: Mapping[str, Json]) -> list[Json]:
    """Each output is a layer's name and two numbers; a single one stands by itself."""
    value = config.get("output_layers")
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list):
        return []
    if value and isinstance(value[0], str):
        value = [value]
    names = [_text(item[0]) for item in value[:MAX_INPUTS] if isinstance(item, list) and item]
    return [name for name in names if name]


def _name(value: Json) -> str:
    """What an optimizer or loss is called: by itself, by its class, or as a function."""
    if isinstance(value, str):
        return _text(value)
    given = _object(value)
    if given.get("class_name") == "function":
        return _text(given.get("config"))
    return _text(given.get("class_name"))


def _is_shape(value: Json) -> bool:
    return isinstance(value, list) and all(
        item is None or (isinstance(item, int) and not isinstance(item, bool)) for item in value
    )


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Json) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""
