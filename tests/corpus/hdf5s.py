"""HDF5 files: links and data that lie elsewhere, pickles inside, structures that lie."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.keras_files import PAYLOAD, hdf5_bytes, patched, poked, weights_bytes

EXTERNAL, BOMB = "AIV-HDF5-EXTERNAL", "AIV-CONTAINER-BOMB"
HIDDEN, DUPLICATE = "AIV-CONTAINER-HIDDEN", "AIV-CONTAINER-DUPLICATE"
MALFORMED_RULE = "AIV-FORMAT-MALFORMED"
REAL = Path(__file__).parent.parent / "assets" / "real"
SECRET = "/etc/passwd"

Fill = Callable[[Any], None]


def simple(file: Any) -> None:
    file["weight"] = np.arange(6, dtype="f4").reshape(2, 3)


def external_link(file: Any) -> None:
    simple(file)
    file["layers/dense/vars"] = h5py.ExternalLink("other.h5", "/secret")


def external_link_among_many(file: Any) -> None:
    for index in range(20):
        file[f"w{index:02}"] = np.ones(2, "f4")
    file["away"] = h5py.ExternalLink("/nonexistent/other.h5", "/")


def external_data(name: str, file: Any) -> None:
    simple(file)
    file.create_dataset("away", (4,), "u1", external=[(name, 0, 4)])


def virtual(file: Any) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/nonexistent/other.h5", "secret", (4,))
    file.create_virtual_dataset("away", layout)


def user_link() -> bytes:
    """A link of class 65 in the place of an external one, which is of class 64."""
    data = hdf5_bytes(external_link)
    at = data.index(b"vars", data.index(b"other.h5") - 32)
    return poked(data, data.rindex(b"\x40", at - 12, at), b"\x41")


def other_filter(number: int) -> bytes:
    def fill(file: Any) -> None:
        file.create_dataset("w", data=np.zeros(100, "f4"), chunks=(10,), compression="lzf")

    data = hdf5_bytes(fill)
    at = data.index(b"lzf\0") - 8
    return poked(data, at, number.to_bytes(2, "little"))


def userblock(content: bytes) -> bytes:
    return poked(hdf5_bytes(simple, userblock_size=512), 0, content)


def shape_bomb(file: Any) -> None:
    file.create_dataset("w", (1 << 40,), "f4", chunks=(1024,), compression="gzip")


def never_written(file: Any) -> None:
    file.create_dataset("w", (1 << 36,), "f8")


def many_small_bombs(file: Any) -> None:
    for index in range(10):
        file.create_dataset(f"w{index}", (1 << 28,), "f4", chunks=(1024,))


def two_names(file: Any) -> None:
    for name in ("kernel_a", "kernel_b"):
        file[name] = np.ones(2, "f4")


def two_configs() -> bytes:
    def fill(file: Any) -> None:
        file.attrs["model_config"] = '{"class_name": "Sequential", "config": {}}'
        file.attrs["model_confih"] = '{"class_name": "Lambda", "config": {}}'

    return patched(hdf5_bytes(fill), b"model_confih", b"model_config")


class _Runs:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        import os

        return os.system, (PAYLOAD,)


def pytables_attribute(file: Any) -> None:
    file.attrs["PYTABLES_FORMAT_VERSION"] = b"2.1"
    file.attrs["state"] = np.bytes_(pickle.dumps(_Runs(), 2))


def old_pickle_attribute(file: Any) -> None:
    file.attrs["state"] = np.bytes_(pickle.dumps(_Runs(), 0))


def hickle_dataset(file: Any) -> None:
    data = pickle.dumps(_Runs(), 4)
    file["data"] = np.frombuffer(data, "u1")
    file["data"].attrs["type"] = b"pickle"


def opaque_pickle(file: Any) -> None:
    file["data"] = np.void(pickle.dumps(_Runs(), 4))


def one_of_several() -> bytes:
    """The address of driver information, which is undefined in a file of its own."""
    data = hdf5_bytes(simple)
    return poked(data, 48, (0).to_bytes(8, "little"))


def circle() -> bytes:
    """A header whose continuation is the very block that names it."""

    def fill(file: Any) -> None:
        for index in range(7):
            file.attrs[f"a{index}"] = "x" * 90

    data = hdf5_bytes(fill)
    header = int.from_bytes(data[64:72], "little")
    at = data.index(b"\x10\x00\x10\x00", header)
    block = int.from_bytes(data[at + 8 : at + 16], "little")
    size = int.from_bytes(data[at + 16 : at + 24], "little")
    message = data[at : at + 24]
    return poked(data, block, (message + bytes(size))[:size])


def symbol_table(change: Callable[[bytes, int], bytes], mark: bytes) -> bytes:
    data = hdf5_bytes(two_names)
    return change(data, data.index(mark))


def _looped(data: bytes, tree: int) -> bytes:
    """A node on level 1 that has itself for a child."""
    raised = poked(data, tree + 5, b"\x01")
    return poked(raised, tree + 32, tree.to_bytes(8, "little"))


def changed_dataset(number: int, offset: int, new: bytes) -> bytes:
    """A change in one message of the only dataset, whose header its group's node names."""
    data = hdf5_bytes(simple)
    node = data.index(b"SNOD")
    at = int.from_bytes(data[node + 16 : node + 24], "little") + 16
    while data[at] != number:
        at += 8 + int.from_bytes(data[at + 2 : at + 4], "little")
    return poked(data, at + 8 + offset, new)


def _broken_header() -> bytes:
    data = hdf5_bytes(simple)
    return poked(data, int.from_bytes(data[64:72], "little"), b"\x09")


def deep(levels: int) -> bytes:
    return hdf5_bytes(lambda file: file.create_group("/".join("g" * levels)))


def _malicious(name: str, technique: str, fill: Fill, rule: str, **options: Any) -> Sample:
    make = partial(hdf5_bytes, fill, **options)
    return Sample(f"hdf5/{name}", Label.MALICIOUS, technique, "m.h5", make, rule)


def _patched(name: str, technique: str, make: Callable[[], bytes], rule: str) -> Sample:
    return Sample(f"hdf5/{name}", Label.MALICIOUS, technique, "m.h5", make, rule)


def _malformed(name: str, technique: str, make: Callable[[], bytes]) -> Sample:
    return Sample(f"hdf5/{name}", Label.MALFORMED, technique, "m.h5", make, MALFORMED_RULE)


def _benign(name: str, technique: str, make: Callable[[], bytes]) -> Sample:
    return Sample(f"hdf5/{name}", Label.BENIGN, technique, "m.h5", make, state=State.CLEAN)


def newer(**options: Any) -> bytes:
    """Everything that the newest files have: dense groups and attributes, packed chunks."""

    def fill(file: Any) -> None:
        group = file.create_group("layers", track_order=True)
        for index in range(50):
            group[f"a_layer_of_some_length_{index}"] = np.ones((2, index + 1), "f2")
            group.attrs[f"note_{index}"] = "x" * 100
        file.create_dataset(
            "packed", data=np.arange(1000), chunks=(100,), compression="gzip", shuffle=True
        )
        file["again"] = h5py.SoftLink("/layers")
        file["same"] = file["packed"]

    return hdf5_bytes(fill, **options)


MALICIOUS = (
    _malicious("external-link", "a link to another file", external_link, EXTERNAL),
    _malicious(
        "external-link-dense",
        "a link to another file among many, kept in a fractal heap",
        external_link_among_many,
        EXTERNAL,
        libver="latest",
    ),
    _malicious(
        "external-data", "a dataset that is /etc/passwd", partial(external_data, SECRET), EXTERNAL
    ),
    _malicious(
        "external-data-above",
        "a dataset in a file above the model's folder",
        partial(external_data, "../../../etc/passwd"),
        EXTERNAL,
    ),
    _malicious("virtual", "a virtual dataset over another file", virtual, EXTERNAL),
    _patched("several-files", "a driver that spreads a file", one_of_several, EXTERNAL),
    _patched("user-link", "a link of a user-defined class", user_link, "AIV-HDF5-LINK"),
    _patched(
        "filter", "a filter that nobody registered", partial(other_filter, 40000), "AIV-HDF5-FILTER"
    ),
    _patched("userblock", "text before the superblock", partial(userblock, b"%PDF-1.7"), HIDDEN),
    _patched("trailing", "bytes behind the end", lambda: weights_bytes() + b"MZ" * 9, HIDDEN),
    _malicious("shape-bomb", "a shape of 4 TiB without a chunk", shape_bomb, BOMB),
    _malicious("never-written", "512 GiB that were never written", never_written, BOMB),
    _malicious("small-bombs", "many datasets, each below a limit", many_small_bombs, BOMB),
    _patched(
        "two-members",
        "two members of one name",
        lambda: patched(hdf5_bytes(two_names), b"kernel_b", b"kernel_a"),
        DUPLICATE,
    ),
    _patched("two-configs", "two attributes of one name", two_configs, DUPLICATE),
    _malicious(
        "pytables",
        "a pickle as an attribute, for PyTables",
        pytables_attribute,
        "AIV-PICKLE-DANGEROUS",
    ),
    _malicious(
        "old-pickle",
        "a pickle of protocol 0 as an attribute",
        old_pickle_attribute,
        "AIV-PICKLE-DANGEROUS",
    ),
    _malicious("hickle", "a pickle as bytes", hickle_dataset, "AIV-PICKLE-DANGEROUS"),
    _malicious("opaque", "a pickle as an opaque value", opaque_pickle, "AIV-PICKLE-DANGEROUS"),
)

MALFORMED = (
    _malformed("truncated", "cut off", lambda: weights_bytes()[:-100]),
    _malformed("no-signature", "another content under the name", lambda: b"\x89HDX" + bytes(99)),
    _malformed("signature-alone", "nothing but the signature", lambda: weights_bytes()[:8]),
    _malformed("version", "a superblock of version 9", lambda: poked(weights_bytes(), 8, b"\x09")),
    _malformed("sizes", "addresses of 7 bytes", lambda: poked(weights_bytes(), 13, b"\x07")),
    _malformed("end", "an end beyond the file", lambda: poked(weights_bytes(), 40, b"\xff" * 7)),
    _malformed("root", "a root outside the file", lambda: poked(weights_bytes(), 64, b"\xff" * 7)),
    _malformed(
        "checksum",
        "a superblock with another checksum",
        lambda: poked(hdf5_bytes(simple, libver="latest"), 44, b"\0\0\0\0"),
    ),
    _malformed("circle", "a header that continues in itself", circle),
    _malformed(
        "loop", "a tree that has itself for a child", partial(symbol_table, _looped, b"TREE")
    ),
    _malformed(
        "name",
        "a name outside the heap",
        partial(symbol_table, lambda data, at: poked(data, at + 8, b"\xff\xff"), b"SNOD"),
    ),
    _malformed(
        "count",
        "a node with more entries than the file has bytes",
        partial(symbol_table, lambda data, at: poked(data, at + 6, b"\xff\xff"), b"SNOD"),
    ),
    _malformed(
        "heap",
        "a heap larger than the file",
        partial(symbol_table, lambda data, at: poked(data, at + 8, b"\xff" * 6), b"HEAP"),
    ),
    _malformed("class", "a datatype of class 15", partial(changed_dataset, 3, 0, b"\x1f")),
    _malformed("rank", "255 dimensions", partial(changed_dataset, 1, 1, b"\xff")),
    _malformed("overflow", "a shape that overflows", partial(changed_dataset, 1, 8, b"\xff" * 8)),
    _malformed(
        "short", "fewer bytes than its shape needs", partial(changed_dataset, 1, 8, b"\x09")
    ),
    _malformed("outside", "data outside the file", partial(changed_dataset, 8, 2, b"\xff" * 6)),
    _malformed("header", "a header of version 9", _broken_header),
)

BENIGN = (
    _benign("earliest", "the oldest structures", partial(newer, libver="earliest")),
    _benign("v108", "superblock 2", partial(newer, libver="v108")),
    _benign("latest", "the newest structures", partial(newer, libver="latest")),
    _benign("weights", "weights as Keras 3 stores them", weights_bytes),
    _benign("deep", "ninety groups within each other", partial(deep, 90)),
    _benign("keras-weights", "keras", (REAL / "sequential.weights.h5").read_bytes),
    Sample(
        "hdf5/empty-userblock",
        Label.BENIGN,
        "room before the superblock, with nothing in it",
        "m.h5",
        partial(userblock, b""),
    ),
    Sample(
        "hdf5/blosc",
        Label.BENIGN,
        "a registered filter",
        "m.h5",
        partial(other_filter, 32001),
    ),
    Sample(
        "hdf5/too-deep",
        Label.BENIGN,
        "more groups within groups than are followed",
        "m.h5",
        partial(deep, 200),
        state=State.UNREAD,
    ),
)

SAMPLES: tuple[Sample, ...] = MALICIOUS + MALFORMED + BENIGN
