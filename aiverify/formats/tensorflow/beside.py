"""The small protocol buffers beside a `saved_model.pb`."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe, Source, TooLarge
from aiverify.formats.protobuf.walk import Message, Wire
from aiverify.formats.tensorflow.objects import judge_metadata

FINGERPRINT = {
    1: Wire.VARINT,
    2: Wire.VARINT,
    3: Wire.VARINT,
    4: Wire.VARINT,
    5: Wire.VARINT,
    6: Wire.BYTES,
    7: Wire.BYTES,
}
"""The fields of a fingerprint (`FingerprintDef`): hashes, a version and an identifier."""

MAX_FINGERPRINT = 4096


class KerasMetadata:
    """`keras_metadata.pb`: how Keras makes its layers anew. States `objects` (how many)."""

    name = "keras_metadata"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "keras_metadata.pb"

    def read(self, _probe: Probe, source: Source) -> Facts:
        """What each object's configuration would make.

        Raises:
            MalformedError: it is no protocol buffer, or a configuration is not JSON.
        """
        found = Found()
        try:
            count = judge_metadata(Message.of(source), found)
        except TooLarge as error:
            return Facts(self.name, self.role, "Keras metadata", unread=str(error))
        summary = f"Keras metadata of {count} objects"
        return Facts(self.name, self.role, summary, {"objects": count}, findings=found.all())


class Fingerprint:
    """`fingerprint.pb`: hashes of a SavedModel, as who saved it claims. States `claimed`."""

    name = "savedmodel_fingerprint"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "fingerprint.pb" and probe.size <= MAX_FINGERPRINT

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Its numbers, of which nothing is made.

        Raises:
            MalformedError: a field is written in another way than a fingerprint's.
        """
        claimed: dict[str, Json] = {}
        for field in Message.of(source).fields():
            wire = FINGERPRINT.get(field.number)
            if wire is None:
                reason = f"field {field.number} is none that a fingerprint is known to have"
                return Facts(self.name, self.role, "fingerprint", unread=reason)
            if wire is not field.wire:
                raise MalformedError(f"field {field.number} is not what a fingerprint has there")
            if field.wire is Wire.VARINT:
                claimed[str(field.number)] = f"{field.unsigned():016x}"
        return Facts(self.name, self.role, "fingerprint of a SavedModel", {"claimed": claimed})
