"""Writers of PyTorch's files: pickles and storages, in an archive or one after another."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.support.pickle_files import called, mapping, named, number, pickled, sequence, text
from tests.support.zip_files import DEFLATED, Member, zip_bytes

TOP = "archive"

MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
VERSION = b"\x80\x02M\xe9\x03."
SYSTEM = pickled(mapping({"protocol_version": number(1001), "little_endian": b"\x88"}))


@dataclass(frozen=True)
class Weight:
    """A tensor of a storage of its own, with what the pickle says of both."""

    key: str
    shape: tuple[int, ...] = (2, 3)
    stride: tuple[int, ...] = (3, 1)
    offset: int = 0
    kind: str = "torch.FloatStorage"
    elements: int = 6
    data: bytes = bytes(24)
    old: bool = False

    @property
    def storage(self) -> bytes:
        """The storage's persistent id. Old files say too that it is no part of another."""
        said = [text("storage"), named(self.kind), text(self.key), text("cpu"), self.count]
        said += [b"N"] if self.old else []
        return sequence(*said) + b"Q"

    @property
    def count(self) -> bytes:
        """The storage's elements, as a number of any size."""
        return whole(self.elements)

    @property
    def tensor(self) -> bytes:
        """The call that makes the tensor."""
        return called(
            "torch._utils._rebuild_tensor_v2",
            self.storage,
            whole(self.offset),
            sequence(*map(whole, self.shape)),
            sequence(*map(whole, self.stride)),
            b"\x89",
            called("collections.OrderedDict"),
        )


def whole(value: int) -> bytes:
    """A whole number of any size (`LONG1`)."""
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def state_dict(weights: Mapping[str, Weight], *body: bytes) -> bytes:
    """The pickle of tensors by name; what the body does comes first."""
    return pickled(*body, mapping({name: weight.tensor for name, weight in weights.items()}))


WEIGHTS = {"layer.weight": Weight("0"), "layer.bias": Weight("1", (2,), (1,), 0, elements=2,
                                                            data=bytes(8))}  # fmt: skip


def torch_members(
    weights: Mapping[str, Weight] = WEIGHTS, pickle: bytes | None = None
) -> dict[str, bytes]:
    """The members of a checkpoint, below its folder."""
    return {
        "data.pkl": state_dict(weights) if pickle is None else pickle,
        ".format_version": b"1",
        "byteorder": b"little",
        **{f"data/{weight.key}": weight.data for weight in weights.values()},
        "version": b"3\n",
        ".data/serialization_id": b"1" * 40,
    }


def torch_zip(
    members: Mapping[str, bytes] | None = None, *more: Member, top: str = TOP, **said: object
) -> bytes:
    """An archive as PyTorch writes it: padded, and with sizes behind the members."""
    inside = torch_members() if members is None else members
    written = [
        Member(f"{top}/{name}", data, late=bool(data), padding=16) for name, data in inside.items()
    ]
    return zip_bytes([*written, *more], large=True, **said)  # type: ignore[arg-type]


def with_pickle(pickle: bytes, name: str = "data.pkl") -> bytes:
    """A checkpoint without weights, with another pickle or with one more."""
    return torch_zip({**torch_members({}), name: pickle})


def legacy(
    weights: Mapping[str, Weight] = WEIGHTS,
    *,
    magic: bytes = MAGIC,
    version: bytes = VERSION,
    system: bytes = SYSTEM,
    pickle: bytes | None = None,
    keys: bytes | None = None,
    storages: bytes | None = None,
) -> bytes:
    """A checkpoint from before the archive."""
    if pickle is None:
        old = {name: replace(weight, old=True) for name, weight in weights.items()}
        pickle = state_dict(old)
    listed = [text(weight.key) for weight in weights.values()]
    if keys is None:
        keys = pickled(b"](" + b"".join(listed) + b"e")
    if storages is None:
        storages = b"".join(
            struct.pack("<q", weight.elements) + weight.data for weight in weights.values()
        )
    return magic + version + system + pickle + keys + storages


CODE = """class Net(Module):
  __parameters__ = ["weight", ]
  __buffers__ = []
  weight : Tensor
  training : bool
  def forward(self: __torch__.Net,
    x: Tensor) -> Tensor:
    weight = self.weight
    {body}
    return torch.mul(x, weight)
"""


def script(body: str = "pass", **members: bytes) -> bytes:
    """A scripted model, one statement of which is given."""
    weight = Weight("0")
    model = named("__torch__.Net") + b")\x81" + mapping({"weight": weight.tensor}) + b"b"
    inside = {
        "data/0": weight.data,
        "data.pkl": pickled(model),
        "constants.pkl": pickled(b")"),
        "version": b"3\n",
        "byteorder": b"little",
        ".data/serialization_id": b"1" * 40,
    }
    code = Member(f"{TOP}/code/__torch__.py", CODE.format(body=body).encode(), DEFLATED)
    return torch_zip({**inside, **members}, code)


WEIGHT_META = """{"dtype": 7, "sizes": [{"as_int": 2}, {"as_int": 3}], "strides":
 [{"as_int": 3}, {"as_int": 1}], "storage_offset": {"as_int": 0}}"""


def exported(
    target: str = "torch.ops.aten.mul.Tensor",
    size: str = "2*s0 + 1",
    weight: bytes = bytes(24),
    **members: bytes,
) -> bytes:
    """An exported program of one call, with one weight."""
    graph = f'{{"nodes": [{{"target": {target!r}, "expr": {{"expr_str": {size!r}}}}}]}}'
    config = f'{{"config": {{"w": {{"path_name": "weight_0", "use_pickle": false, \
"tensor_meta": {WEIGHT_META}}}}}}}'
    inside = {
        "archive_format": b"pt2",
        "archive_version": b"0",
        "models/model.json": graph.replace("'", '"').encode(),
        "data/weights/model_weights_config.json": config.encode(),
        "data/weights/weight_0": weight,
        "byteorder": b"little",
        ".data/version": b"6\n",
    }
    return torch_zip({**inside, **members})
