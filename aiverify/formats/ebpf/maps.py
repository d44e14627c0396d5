"""The maps of an eBPF object, as old loaders and as new ones define them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.ebpf import names
from aiverify.formats.ebpf.btf import ARRAY, POINTER, STRUCT, Btf, Member
from aiverify.formats.elf.image import Image
from aiverify.formats.elf.sections import Section
from aiverify.formats.elf.strings import Strings
from aiverify.formats.elf.symbols import Symbol

DEFINITION = 20
"""Bytes of `struct bpf_map_def`; tools add members of their own behind."""

LEGACY, DEFINED_BY_BTF = b"maps", b".maps"

MAX_MAPS = 1000
MAX_MEMBERS = 64
"""Members of a structure that defines a map; libbpf knows 13."""

SECTION_SYMBOL = 3
"""`STT_SECTION`: it names no map."""


@dataclass(frozen=True, slots=True)
class BpfMap:
    """A map: its type, and how large it may grow."""

    name: str
    type: str
    key_size: int
    value_size: int
    max_entries: int
    flags: int

    def to_json(self) -> dict[str, Json]:
        """As the facts state it."""
        return {
            "name": self.name,
            "type": self.type,
            "key_size": self.key_size,
            "value_size": self.value_size,
            "max_entries": self.max_entries,
            "flags": self.flags,
        }


def legacy_maps(
    image: Image, section: Section, symbols: list[Symbol], strings: Strings
) -> Iterator[BpfMap]:
    """The maps of a `maps` section: definitions of one size, each with a symbol.

    Raises:
        MalformedError: they are not whole.
    """
    named = sorted(
        (symbol for symbol in symbols if symbol.info & 0xF != SECTION_SYMBOL),
        key=lambda symbol: symbol.value,
    )
    if not section.size:
        return
    if not named or len(named) > MAX_MAPS or section.size // len(named) < DEFINITION:
        raise MalformedError(f"{section.size} bytes of maps are not {len(named)} definitions")
    layout = struct.Struct(image.header.sign + "IIIII")
    for symbol in named:
        if symbol.value + DEFINITION > section.size:
            raise MalformedError("a map is defined outside its section")
        data = image.source.read_at(section.offset + symbol.value, DEFINITION)
        kind, key, value, entries, flags = layout.unpack(data)
        name = strings.text(symbol.name)
        yield BpfMap(name, names.map_type(kind), key, value, entries, flags)


def defined_maps(btf: Btf) -> Iterator[BpfMap]:
    """The maps of a `.maps` section: each a variable, whose structure's types are the numbers.

    Raises:
        MalformedError: a structure does not define a map.
    """
    for count, variable in enumerate(btf.section(DEFINED_BY_BTF)):
        if count == MAX_MAPS:
            raise MalformedError(f"there are more than {MAX_MAPS} maps")
        yield _defined_map(btf, variable)


def _defined_map(btf: Btf, variable: Member) -> BpfMap:
    structure = btf.resolved(variable.type)
    if structure.kind != STRUCT:
        raise MalformedError("a map is defined by a variable that is no structure")
    if structure.length > MAX_MEMBERS:
        raise MalformedError(f"a map is defined by {structure.length} members")
    members = {member.name: member.type for member in btf.members(structure)}
    return BpfMap(
        variable.name,
        names.map_type(_number(btf, members, "type")),
        _number(btf, members, "key_size") or _pointed_size(btf, members, "key"),
        _number(btf, members, "value_size") or _pointed_size(btf, members, "value"),
        _number(btf, members, "max_entries"),
        _number(btf, members, "map_flags"),
    )


def _number(btf: Btf, members: Mapping[str, int], name: str) -> int:
    """What libbpf's `__uint` says: a pointer to an array of so many elements."""
    if name not in members:
        return 0
    pointer = btf.resolved(members[name])
    target = btf.resolved(pointer.other) if pointer.kind == POINTER else pointer
    if target.kind != ARRAY:
        raise MalformedError(f"a map has a {name} that is no number")
    return btf.array(target)[1]


def _pointed_size(btf: Btf, members: Mapping[str, int], name: str) -> int:
    """What libbpf's `__type` says: a pointer to a value of the type."""
    if name not in members:
        return 0
    pointer = btf.resolved(members[name])
    if pointer.kind != POINTER:
        raise MalformedError(f"a map has a {name} that is no type")
    return btf.size(pointer.other)
