"""NumPy arrays (`.npy`): a header, and the elements' bytes; or a pickle, if they are objects."""

from __future__ import annotations

from dataclasses import replace

from aiverify.core import rules
from aiverify.core.facts import Facts, Role, Tensor
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.arrays import header
from aiverify.formats.arrays.header import MAGIC, Header
from aiverify.formats.complaint import complaint
from aiverify.formats.interface import Probe, Source
from aiverify.formats.pickling.machine import Program, walk
from aiverify.formats.tally import summary, tally
from aiverify.formats.trailing import trailing

ENDING = ".npy"


class Numpy:
    """An array, by content.

    States `version`, `dtype`, `shape`, `column_major`, and what `tally` counts. An array of
    objects is a pickle, whose globals are stated.
    """

    name = "numpy"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By magic bytes."""
        return probe.head.startswith(MAGIC)

    def read(self, probe: Probe, source: Source) -> Facts:
        """The header's statements, once they agree with the file's size.

        Raises:
            MalformedError: they do not.
        """
        said = header.read(source)
        tensor = Tensor(probe.name.removesuffix(ENDING), said.dtype.name, said.shape)
        values: dict[str, Json] = {
            "version": ".".join(map(str, said.version)),
            "dtype": said.dtype.name,
            "shape": list(said.shape),
            "column_major": said.column_major,
            **tally([tensor]),
        }
        facts = Facts(self.name, self.role, summary([tensor]), values, (tensor,))
        if said.dtype.objects:
            return _objects(facts, probe, said, source)
        return _plain(facts, said, source)


def _plain(facts: Facts, said: Header, source: Source) -> Facts:
    left = source.size - said.begin
    if left < said.size:
        raise MalformedError(f"the array needs {said.size} bytes, and the file has {left}")
    found = tuple(trailing(source, said.begin + said.size, "array"))
    return replace(facts, findings=found)


def _objects(facts: Facts, probe: Probe, said: Header, source: Source) -> Facts:
    program = walk(source, said.begin)
    return replace(
        facts,
        globals=program.globals,
        findings=(*program.findings, *_end(probe, program, source)),
        unread=program.unread,
    )


def _end(probe: Probe, program: Program, source: Source) -> tuple[Finding, ...]:
    if program.broken:
        return (complaint(probe, program.broken),)
    if program.unread or program.end == source.size:
        return ()
    message = f"{source.size - program.end} bytes follow the pickle of the array's objects"
    return (rules.pickles.TRAILING.found(message, place=f"byte {program.end}"),)
