"""PyTorch checkpoints: a ZIP archive around pickles, or several pickles in a row."""

from __future__ import annotations

from collections.abc import Iterable

from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Container, Part, Probe, Source
from aiverify.formats.pytorch import legacy
from aiverify.formats.pytorch.container import is_mark, is_torch, open_archive
from aiverify.formats.zip import read
from aiverify.formats.zipping.entry import LOCAL, LOCAL_MAGIC

__all__ = ["Torch", "is_torch", "open_archive"]


class Torch(Container):
    """A PyTorch checkpoint, scripted model or exported program, by content.

    States `container` (`zip` or `legacy`), `version` and `byteorder`; `tensors`, `parameters`
    and `dtypes`; `bytes` (of all storages); `torchscript` and its `classes`, or `exported`.
    An archive that begins otherwise is known by `is_torch`, and read by `open_archive`: a
    scripted model begins with its weights.
    """

    name = "torch"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By the name of an archive's first member, or by a magic number in a pickle."""
        if probe.head.startswith(LOCAL_MAGIC):
            return is_mark(_first_member(probe.head))
        return legacy.is_legacy(probe.head)

    def open(self, probe: Probe, source: Source) -> tuple[Facts, Iterable[Part]]:
        """What the checkpoint holds, and the members that are of other formats.

        Raises:
            MalformedError: it cannot be followed.
        """
        if probe.head.startswith(LOCAL_MAGIC):
            return open_archive(read(source))
        return legacy.read(source), ()


def _first_member(head: bytes) -> str:
    """The name in the first member's header, as far as it is there."""
    size = int.from_bytes(head[26:28], "little")
    return head[LOCAL.size : LOCAL.size + size].decode("utf-8", "replace")
