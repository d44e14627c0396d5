"""Filter pipelines (IV.A.2.l): what a dataset's chunks are passed through when they are read."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.formats.hdf5.store import Record, Store, terminated, text

BUILT_IN = {1: "deflate", 2: "shuffle", 3: "fletcher32", 4: "szip", 5: "nbit", 6: "scaleoffset"}
"""What libhdf5 brings along."""

LZF = 32000
"""What h5py brings along."""

REGISTERED = {
    257: "hzip",
    258: "fpzip",
    305: "lzo",
    307: "bzip2",
    LZF: "lzf",
    32001: "blosc",
    32002: "mafisc",
    32003: "snappy",
    32004: "lz4",
    32008: "bitshuffle",
    32010: "jpeg-xr",
    32013: "zfp",
    32015: "zstd",
    32017: "sz",
    32019: "jpeg",
    32024: "sz3",
    32026: "blosc2",
}
"""Well-known plugins, each a library that libhdf5 loads from its plugin folder."""

NAMED = 256
"""Filters from this number on carry a name."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its number, and the name that is known for it or that the file gives it."""

    number: int
    name: str


def pipeline(store: Store, data: bytes) -> tuple[Filter, ...]:
    """The filters that a message states, in their order.

    Raises:
        MalformedError: the message breaks off.
    """
    record = Record(store, data)
    version = record.expect("a filter pipeline", 1, 2)
    count = record.integer(1)
    record.skip(6 if version == 1 else 0)
    return tuple(_filter(record, version) for _ in range(count))


def _filter(record: Record, version: int) -> Filter:
    number = record.integer(2)
    length = record.integer(2) if version == 1 or number >= NAMED else 0
    record.skip(2)
    values = record.integer(2)
    stated = text(terminated(record.take(length)))
    if version == 1:
        record.align(8)
    record.skip(4 * values)
    if version == 1 and values % 2:
        record.skip(min(4, record.left))
    return Filter(number, BUILT_IN.get(number) or REGISTERED.get(number) or stated)
