"""An eBPF object: an ELF file for the machine that kernels run inside themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.ebpf import names
from aiverify.formats.ebpf.btf import MAX_BYTES, Btf, read_btf
from aiverify.formats.ebpf.extension import has_core_relocations
from aiverify.formats.ebpf.maps import DEFINED_BY_BTF, LEGACY, BpfMap, defined_maps, legacy_maps
from aiverify.formats.ebpf.programs import MAX_PROGRAMS, Program, read_helpers, read_programs
from aiverify.formats.elf.image import Image
from aiverify.formats.elf.sections import PROGRAM_BITS, SYMBOLS, Section
from aiverify.formats.elf.strings import NO_STRINGS, Strings
from aiverify.formats.elf.symbols import UNDEFINED, Symbol, read_table
from aiverify.formats.interface import TooLarge

LICENCE, VERSION, BTF, EXTENSION = b"license", b"version", b".BTF", b".BTF.ext"
"""Sections by name."""

MAX_LICENCE = 128
"""Bytes that a kernel takes of it."""

MAX_EXTERNS = 1000


@dataclass(frozen=True, slots=True)
class BpfObject:
    """What a kernel would be given to load."""

    programs: tuple[Program, ...]
    maps: tuple[BpfMap, ...]
    helpers: Mapping[str, tuple[str, ...]]
    """The helpers that are called, each with the sections that do."""
    externs: tuple[str, ...]
    """What a loader must find in the kernel by its name."""
    licence: str
    kernel_version: int | None
    has_btf: bool
    has_extension: bool
    is_portable: bool
    unread: str

    def to_json(self) -> dict[str, Json]:
        """As the facts state it."""
        values: dict[str, Json] = {
            "programs": [program.to_json() for program in self.programs],
            "maps": [item.to_json() for item in self.maps],
            "helpers": list(self.helpers),
            "externs": list(self.externs),
            "license": self.licence,
            "btf": self.has_btf,
            "btf_ext": self.has_extension,
            "core_relocations": self.is_portable,
        }
        if self.kernel_version is not None:
            values["kernel_version"] = self.kernel_version
        return values

    def findings(self) -> Iterator[Finding]:
        """What its programs could do to the programs around them."""
        if self.programs and not self.licence:
            message = "its eBPF programs have no licence, and kernels ask for one"
            yield rules.programs.BPF_LICENCE.found(message)
        for name, sections in self.helpers.items():
            if name in names.DANGEROUS:
                message = f"it calls bpf_{name}, {names.DANGEROUS[name]}"
                yield rules.programs.BPF_HELPER.found(message, place=sections[0])


@dataclass(slots=True)
class _Code:
    """What the sections of code come to."""

    programs: list[Program] = field(default_factory=list)
    helpers: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


def read_object(image: Image) -> BpfObject:
    """The programs and maps of an object.

    Raises:
        MalformedError: no loader would take it.
        TooLarge: it has more of anything than is read.
    """
    symbols, strings = _symbols(image)
    code = _code(image, symbols, strings)
    btf = _btf(image)
    maps, unread = _maps(image, symbols, strings, btf)
    extension = image.sections.named(EXTENSION)
    helpers = {names.helper(number): tuple(code.helpers[number]) for number in sorted(code.helpers)}
    return BpfObject(
        tuple(code.programs),
        tuple(maps),
        helpers,
        tuple(strings.text(symbol.name) for symbol in symbols.get(UNDEFINED, [])[:MAX_EXTERNS]),
        _licence(image),
        _kernel_version(image),
        btf is not None,
        extension is not None,
        extension is not None and has_core_relocations(_bytes(image, extension), image.header.sign),
        unread,
    )


def _symbols(image: Image) -> tuple[Mapping[int, list[Symbol]], Strings]:
    """The symbols by the index of the section that they are in, and their names."""
    section = next(image.sections.of_kind(SYMBOLS), None)
    if section is None:
        return {}, NO_STRINGS
    found: dict[int, list[Symbol]] = defaultdict(list)
    symbols, strings = read_table(image, section)
    for symbol in symbols:
        found[symbol.section].append(symbol)
    return found, strings


def _code(image: Image, symbols: Mapping[int, list[Symbol]], strings: Strings) -> _Code:
    code = _Code()
    for index, section in enumerate(image.sections):
        if section.kind != PROGRAM_BITS or not section.is_code or not section.size:
            continue
        name = image.sections.name(section)
        code.programs += read_programs(section, name, symbols.get(index, []), strings)
        if len(code.programs) > MAX_PROGRAMS:
            raise MalformedError(f"there are more than {MAX_PROGRAMS} programs")
        for number in read_helpers(image, section):
            code.helpers[number].append(printable(name))
    return code


def _maps(
    image: Image, symbols: Mapping[int, list[Symbol]], strings: Strings, btf: Btf | None
) -> tuple[list[BpfMap], str]:
    """The maps, and why some are not known."""
    maps: list[BpfMap] = []
    for index, section in enumerate(image.sections):
        if section.is_stored and _is_legacy(image, section):
            maps += legacy_maps(image, section, symbols.get(index, []), strings)
    defined = image.sections.named(DEFINED_BY_BTF)
    if defined is None or not defined.size:
        return maps, ""
    if btf is None:
        return maps, "its maps are described by BTF, which it does not have"
    return maps + list(defined_maps(btf)), ""


def _is_legacy(image: Image, section: Section) -> bool:
    return section.kind == PROGRAM_BITS and image.sections.names.holds(section.name, LEGACY)


def _btf(image: Image) -> Btf | None:
    section = image.sections.named(BTF)
    return read_btf(_bytes(image, section), image.header.order) if section else None


def _bytes(image: Image, section: Section) -> bytes:
    if section.size > MAX_BYTES:
        raise TooLarge(f"a section of {section.size} bytes; {MAX_BYTES} of BTF are read")
    return image.source.read_at(section.offset, section.size)


def _licence(image: Image) -> str:
    section = image.sections.named(LICENCE)
    if section is None:
        return ""
    data = image.source.read_at(section.offset, min(section.size, MAX_LICENCE))
    return data.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _kernel_version(image: Image) -> int | None:
    section = image.sections.named(VERSION)
    if section is None or section.size != 4:
        return None
    return int.from_bytes(image.source.read_at(section.offset, 4), image.header.order)
