"""The bytes of a GGUF file behind its header: every one belongs to a tensor, or is zero."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.errors import MalformedError
from aiverify.formats.gguf.header import Header
from aiverify.formats.gguf.tensors import data_end, padded, paddings
from aiverify.formats.interface import Source, TooLarge

MAX_PADDING = 16 << 20
"""Bytes of padding that are read. With the usual alignment a thousand tensors have 31,000."""


def hidden(header: Header, source: Source) -> Iterator[Finding]:
    """What is in the file beside header and tensors.

    Raises:
        MalformedError: the tensors do not follow one another, or reach beyond the file.
        TooLarge: nobody can tell where they end, or there is more padding than is read.
    """
    unknown = next((placed.tensor for placed in header.tensors if placed.type is None), None)
    if unknown:
        raise TooLarge(f"a tensor is of {unknown.dtype}, whose size is not known")
    end = header.data + data_end(header.tensors, header.alignment)
    if end > source.size:
        raise MalformedError(f"the tensors end at byte {end}, and the file is {source.size}")
    whole = min(padded(end, header.alignment), source.size)
    yield from _filled([*_gaps(header), (end, whole)], source)
    if whole < source.size:
        message = f"{source.size - whole} bytes follow the last tensor"
        yield rules.containers.HIDDEN.found(message, place=f"byte {whole}")


def _gaps(header: Header) -> Iterator[tuple[int, int]]:
    """From where to where padding comes before the last tensor."""
    yield header.end, header.data
    for begin, end in paddings(header.tensors, header.alignment):
        yield header.data + begin, header.data + end


def _filled(gaps: list[tuple[int, int]], source: Source) -> Iterator[Finding]:
    """Padding that is not zero; every writer fills it with zeros."""
    total = sum(end - begin for begin, end in gaps)
    if total > MAX_PADDING:
        raise TooLarge(f"it has {total} bytes of padding; {MAX_PADDING} are read")
    for begin, end in gaps:
        if begin < end and any(source.read_at(begin, end - begin)):
            message = f"{end - begin} bytes of padding are not zero"
            yield rules.containers.HIDDEN.found(message, place=f"byte {begin}")
