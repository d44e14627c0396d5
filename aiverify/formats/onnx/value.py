"""A tensor of ONNX's in a file of its own, as the inputs and outputs that tests have."""

from __future__ import annotations

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe, Source
from aiverify.formats.onnx.external import ExternalData
from aiverify.formats.onnx.tensor import BITS, HOLDS, RAW, faults, read_tensor
from aiverify.formats.protobuf.head import HeadField, head_fields
from aiverify.formats.protobuf.walk import Message, Wire
from aiverify.formats.tally import summary, tally

TENSOR = {
    1: Wire.VARINT,
    2: Wire.VARINT,
    **dict.fromkeys((*HOLDS, RAW, 8, 12, 13), Wire.BYTES),
    14: Wire.VARINT,
}
"""The fields of a tensor (`TensorProto`) and how they are written."""

EXTERNAL = 13


class OnnxTensor:
    """One tensor. States `tensors`, `parameters`, `dtypes` and `external_data`."""

    name = "onnx_tensor"
    role = Role.DATASET

    def recognises(self, probe: Probe) -> bool:
        """By its first fields: a shape, then a type, then data."""
        fields = head_fields(probe, TENSOR)
        types = [field.value for field in fields if field.number == 2]
        return len(types) == 1 and types[0] in BITS and any(map(_is_data, fields))

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Its header; the data is passed over.

        Raises:
            MalformedError: it is no tensor after all.
        """
        found, external = Found(), ExternalData()
        stored = read_tensor(Message.of(source))
        for fault in faults(stored):
            message = f"the tensor {shown(stored.name)} {fault}"
            found.add(rules.onnx.TENSOR, message, stored.name)
        if stored.external or stored.entries:
            external.add(stored, found, stored.name or "the tensor")
        tensors = (stored.tensor,)
        values = {**tally(tensors), "external_data": external.to_json()}
        return Facts(self.name, self.role, summary(tensors), values, tensors, findings=found.all())


def _is_data(field: HeadField) -> bool:
    return field.number in HOLDS or field.number in (RAW, EXTERNAL)
