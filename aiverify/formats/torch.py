"""PyTorch checkpoints: a ZIP archive around a pickle, or several pickles in a row."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Probe, Source
from aiverify.formats.pickle import pickle_facts

ZIP_MEMBER = b"PK\x03\x04"

LEGACY = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
"""The first pickle of a checkpoint from before the container: the magic number alone."""

LAST_PARTS = ("/data.pkl", "/version", "/byteorder", "/constants.pkl")


class Torch:
    """A PyTorch checkpoint, by content. States nothing."""

    name = "torch"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By the legacy magic number, or by the name of the archive's first member."""
        if probe.head.startswith(LEGACY):
            return True
        name = _first_member(probe.head)
        return name.endswith(LAST_PARTS) or "/data/" in name or "/.data/" in name

    def read(self, probe: Probe, _source: Source) -> Facts:
        """Unread, and flagged."""
        return pickle_facts(self.name, probe)


def _first_member(head: bytes) -> str:
    """The name in the first local file header (APPNOTE 4.3.7), or nothing."""
    if not head.startswith(ZIP_MEMBER):
        return ""
    size = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + size].decode("utf-8", "replace")
