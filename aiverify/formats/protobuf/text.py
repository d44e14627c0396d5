"""Protocol buffers as text: a program may load a model in this form as it does the other."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Probe, Source

EXTENSIONS = (".pbtxt", ".textproto", ".onnxtxt", ".onnxtext", ".onnxjson")


class ProtobufText:
    """A model or a configuration in the text form, which is not parsed. States nothing."""

    name = "protobuf_text"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith(EXTENSIONS)

    def read(self, _probe: Probe, _source: Source) -> Facts:
        """Unread, with the reason: as text it would be clean, and its operators unseen."""
        reason = "a protocol buffer as text, which is not parsed"
        return Facts(self.name, self.role, "protocol buffer as text", unread=reason)
