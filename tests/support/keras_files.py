"""Writers of Keras models and HDF5 files, honest ones and others."""

from __future__ import annotations

import base64
import io
import json
import marshal
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import h5py
import numpy as np

PAYLOAD = "touch /nonexistent/pwned"

CODE = base64.b64encode(
    marshal.dumps(compile(f"__import__('os').system({PAYLOAD!r})", "lambda", "eval"))
).decode()
"""Bytecode as Keras writes it down."""

METADATA = {"keras_version": "3.9.0", "date_saved": "2026-01-01@00:00:00"}


def hdf5_bytes(fill: Callable[[Any], None], **options: Any) -> bytes:
    """An HDF5 file, as `fill` fills it."""
    written = io.BytesIO()
    with h5py.File(written, "w", **options) as file:
        fill(file)
    return written.getvalue()


def patched(data: bytes, old: bytes, new: bytes, count: int = 1) -> bytes:
    """Bytes with some replaced, which must be there exactly so many times."""
    assert data.count(old) == count, f"{old!r} stands {data.count(old)} times"
    assert len(old) == len(new)
    return data.replace(old, new)


def poked(data: bytes, offset: int, new: bytes) -> bytes:
    """Bytes with some replaced at an offset."""
    return data[:offset] + new + data[offset + len(new) :]


def weights_bytes() -> bytes:
    """Weights as Keras 3 stores them."""

    def fill(file: Any) -> None:
        group = file.create_group("layers/dense/vars")
        group["0"] = np.ones((3, 2), "f4")
        group["1"] = np.zeros(2, "f4")

    return hdf5_bytes(fill)


def layer(class_name: str, module: str | None = "keras.layers", /, **config: Any) -> dict[str, Any]:
    """A layer's entry in a configuration."""
    return {
        "module": module,
        "class_name": class_name,
        "config": {"name": class_name.lower(), **config},
        "registered_name": None,
    }


def function(module: str, name: str) -> dict[str, Any]:
    """A function's entry in a configuration."""
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def bytecode() -> dict[str, Any]:
    """A Python lambda's entry in a configuration of Keras 3."""
    inner = {"code": CODE, "defaults": None, "closure": None}
    return {"class_name": "__lambda__", "config": inner}


def model(*layers: Any, **more: Any) -> dict[str, Any]:
    """A sequential model of Keras 3."""
    first = layer("InputLayer", batch_shape=[None, 3], dtype="float32")
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "model", "layers": [first, *layers]},
        "registered_name": None,
        **more,
    }


def old_model(*layers: Any) -> dict[str, Any]:
    """A sequential model of Keras 2, which names no modules."""
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3]}}
    return {"class_name": "Sequential", "config": {"name": "model", "layers": [first, *layers]}}


def zip_bytes(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of members in their order."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return written.getvalue()


def keras_bytes(config: Any, weights: bytes | None = None, **assets: bytes) -> bytes:
    """A `.keras` archive. A configuration of bytes is taken as it is."""
    document = config if isinstance(config, bytes) else json.dumps(config).encode()
    return zip_bytes(
        {
            "metadata.json": json.dumps(METADATA).encode(),
            "config.json": document,
            "model.weights.h5": weights_bytes() if weights is None else weights,
            **{f"assets/{name}": data for name, data in assets.items()},
        }
    )


def h5_model_bytes(config: Any, training: Any = None, **options: Any) -> bytes:
    """A model in HDF5, as Keras stored all before 3."""

    def fill(file: Any) -> None:
        file.attrs["keras_version"] = "2.15.0"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(config)
        if training is not None:
            file.attrs["training_config"] = json.dumps(training)
        group = file.create_group("model_weights/dense/dense")
        group["kernel:0"] = np.ones((3, 2), "f4")
        file["model_weights"].attrs["layer_names"] = np.array([b"dense"])

    return hdf5_bytes(fill, **options)
