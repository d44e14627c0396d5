"""Protocol buffers by hand: ONNX models, TensorFlow's graphs and checkpoints, true or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

F32, U8, I64, STRING = 1, 2, 7, 8
"""ONNX's numbers for types of elements."""


def varint(value: int) -> bytes:
    """A number in seven bits each; a negative one takes ten bytes."""
    value &= (1 << 64) - 1
    data = bytearray()
    while value >= 0x80:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*data, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def blob(field: int, value: bytes | str) -> bytes:
    """A text, bytes or a message."""
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def blobs(field: int, values: Iterable[bytes | str]) -> bytes:
    return b"".join(blob(field, value) for value in values)


def entry(key: str, value: bytes | str) -> bytes:
    return blob(1, key) + blob(2, value)


# ONNX


def tensor(
    name: str = "w",
    shape: Sequence[int] = (2,),
    code: int = F32,
    raw: bytes | None = None,
    external: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
    more: bytes = b"",
) -> bytes:
    """A `TensorProto`: zeroes of its size, or in another file when `external` is given."""
    data = b"".join(number(1, size) for size in shape) + number(2, code)
    data += blob(8, name) if name else b""
    if external is not None:
        pairs = external.items() if isinstance(external, Mapping) else external
        return data + blobs(13, (entry(*pair) for pair in pairs)) + number(14, 1) + more
    width = {F32: 4, U8: 1, I64: 8}.get(code, 4)
    size = width
    for dimension in shape:
        size *= dimension
    return data + blob(9, bytes(size) if raw is None else raw) + more


def attribute(name: str, field: int, value: bytes | int) -> bytes:
    """An `AttributeProto` with its value in any field."""
    held = number(field, value) if isinstance(value, int) else blob(field, value)
    return blob(1, name) + held


def node(operator: str, *attributes: bytes, domain: str = "", name: str = "") -> bytes:
    data = blob(1, "x") + blob(2, "y") + (blob(3, name) if name else b"") + blob(4, operator)
    return data + blobs(5, attributes) + (blob(7, domain) if domain else b"")


def value(name: str, shape: Sequence[int | str | None], code: int = F32) -> bytes:
    """A `ValueInfoProto` of a tensor."""
    sizes = (
        b"" if size is None else number(1, size) if isinstance(size, int) else blob(2, size)
        for size in shape
    )
    kind = number(1, code) + blob(2, blobs(1, sizes))
    return blob(1, name) + blob(2, blob(1, kind))


def graph(*nodes: bytes, tensors: Sequence[bytes] = (), more: bytes = b"") -> bytes:
    ends = blob(11, value("x", [None, "n", 2])) + blob(12, value("y", [2]))
    return blobs(1, nodes) + blob(2, "main") + blobs(5, tensors) + ends + more


def function(name: str, *nodes: bytes, domain: str = "own") -> bytes:
    return blob(1, name) + blobs(7, nodes) + blob(10, domain)


def opset(domain: str, version: int) -> bytes:
    return (blob(1, domain) if domain else b"") + number(2, version)


def model(main: bytes, more: bytes = b"") -> bytes:
    """A `ModelProto` around a graph."""
    head = number(1, 10) + blob(2, "tests") + blob(3, "1.0") + number(5, 3)
    return head + blob(7, main) + blob(8, opset("", 21)) + more


def external_model(location: str, **entries: str) -> bytes:
    """A model of one tensor, 8 bytes, which lie in another file."""
    described = {"location": location, **entries}
    return model(graph(node("Relu"), tensors=[tensor(external=described)]))


# TensorFlow


def tf_node(name: str, operator: str, *inputs: str, **attributes: bytes) -> bytes:
    """A `NodeDef`."""
    data = blob(1, name) + blob(2, operator) + blobs(3, inputs)
    return data + blobs(5, (entry(key, held) for key, held in attributes.items()))


def tf_shape(*sizes: int) -> bytes:
    return blobs(2, (number(1, size) for size in sizes))


def tf_text(name: str, text: str) -> bytes:
    """A constant that is a text."""
    held = number(1, 7) + blob(2, b"") + blob(8, text)
    return tf_node(name, "Const", dtype=number(6, 7), value=blob(8, held))


def tf_weight(name: str, *shape: int) -> bytes:
    """A constant of zeroes."""
    size = 4
    for dimension in shape:
        size *= dimension
    held = number(1, 1) + blob(2, tf_shape(*shape)) + blob(4, bytes(size))
    return tf_node(name, "Const", dtype=number(6, 1), value=blob(8, held))


def tf_function(name: str, *nodes: bytes) -> bytes:
    """A `FunctionDef`."""
    return blob(1, blob(1, name)) + blobs(3, nodes)


def tf_graph(*nodes: bytes, functions: Sequence[bytes] = ()) -> bytes:
    """A `GraphDef`."""
    library = blob(2, blobs(1, functions)) if functions else b""
    return blobs(1, nodes) + library + blob(4, number(1, 2000))


def tf_asset(node_name: str, filename: str) -> bytes:
    return blob(1, blob(1, f"{node_name}:0")) + blob(2, filename)


def tf_signature(name: str) -> bytes:
    """One with an input of two numbers and an output of unknown rank."""
    given = blob(1, "x:0") + number(2, 1) + blob(3, tf_shape(-1, 2))
    made = blob(1, "y:0") + number(2, 1) + blob(3, number(3, 1))
    sides = blob(1, entry("x", given)) + blob(2, entry("y", made))
    return entry(name, sides)


def meta_graph(main: bytes, assets: Sequence[bytes] = (), more: bytes = b"") -> bytes:
    info = blob(4, "serve") + blob(5, "2.21.0") + blob(6, "v2.21.0")
    signature = blob(5, tf_signature("serving_default"))
    return blob(1, info) + blob(2, main) + signature + blobs(6, assets) + more


def saved_model(main: bytes, assets: Sequence[bytes] = (), more: bytes = b"") -> bytes:
    return number(1, 1) + blob(2, meta_graph(main, assets, more))


def keras_metadata(*configs: str) -> bytes:
    """A `SavedMetadata` of layers by their configurations."""
    nodes = (blob(3, "root") + blob(4, "_tf_keras_layer") + blob(5, item) for item in configs)
    return blobs(1, nodes)


def keras_objects(config: str) -> bytes:
    """The same in the graph of objects of a meta graph, as it was before."""
    held = blob(1, "_tf_keras_layer") + blob(3, config)
    return blob(7, blob(1, blob(4, held)))


MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")


def block(entries: Iterable[tuple[bytes, bytes]], packing: int = 0) -> bytes:
    """A block of a table, in which each key repeats nothing of the one before."""
    data = b"".join(
        varint(0) + varint(len(key)) + varint(len(held)) + key + held for key, held in entries
    )
    return data + bytes(4) + (1).to_bytes(4, "little") + bytes([packing]) + bytes(4)


def table(entries: Sequence[tuple[bytes, bytes]], packing: int = 0, times: int = 1) -> bytes:
    """A table of one block, to which the index leads so many times."""
    held = block(entries, packing)
    index = block([(b"~", varint(0) + varint(len(held) - 5))] * times)
    extra = block([])
    handles = varint(len(held) + len(index)) + varint(len(extra) - 5)
    handles += varint(len(held)) + varint(len(index) - 5)
    return held + index + extra + handles.ljust(40, b"\0") + MAGIC


def placed(shape: Sequence[int], offset: int, size: int, shard: int = 0, code: int = 1) -> bytes:
    """Where a tensor of a checkpoint is (`BundleEntryProto`)."""
    data = number(1, code) + blob(2, tf_shape(*shape)) + (number(3, shard) if shard else b"")
    return data + number(4, offset) + number(5, size)


def checkpoint(tensors: Mapping[str, bytes], shards: int = 1) -> bytes:
    """The index of a checkpoint."""
    header = number(1, shards) + blob(3, number(1, 1))
    entries = ((name.encode(), held) for name, held in sorted(tensors.items()))
    return table([(b"", header), *entries])


def sentencepiece(*pieces: str, kind: int = 2) -> bytes:
    scored = (blob(1, piece) + b"\x15" + bytes(4) for piece in pieces)
    return blobs(1, scored) + blob(2, number(3, kind))
