"""The reader of ELF files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.ebpf.objects import read_object
from aiverify.formats.elf import kind, notes
from aiverify.formats.elf import sections as kinds
from aiverify.formats.elf.comment import read_compilers
from aiverify.formats.elf.dynamic import Dynamic, read_dynamic
from aiverify.formats.elf.hardening import read_hardening
from aiverify.formats.elf.header import BPF, CORE, MAGIC
from aiverify.formats.elf.image import Image, read_image
from aiverify.formats.elf.libraries import read_libraries
from aiverify.formats.elf.mismatch import disagreements
from aiverify.formats.elf.overlay import read_overlay
from aiverify.formats.elf.segments import check_segments
from aiverify.formats.elf.symbols import Imports, read_imports, table_length
from aiverify.formats.go_build import read_go_build
from aiverify.formats.interface import Container, Part, Probe, Source, TooLarge

MAX_NOTES = 100
"""Kinds of notes that are named."""


class Elf(Container):
    """A program, a library, or an object for a linker or a kernel.

    States `class` (32 or 64), `endianness`, `machine`, `type`, `compilers`, `notes`, `build_id`
    and `symbols` (how many are left for a debugger). Of what a system loads: `interpreter`,
    `needed`, `soname`, `rpath`, `runpath`, `imports` and `exports` (how many), `static` and
    `hardening`. Of a Go program `go`, of an eBPF object `bpf`. `overlay` is what follows the
    last part; it is looked into like a file of its own. The code itself is not.
    """

    name = "elf"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return probe.head.startswith(MAGIC)

    def open(self, _probe: Probe, source: Source) -> tuple[Facts, Iterable[Part]]:
        """What the header and its tables state, and the overlay.

        Raises:
            MalformedError: a table, a section or a segment lies outside the file, or a loader
                could not follow the file for another reason.
        """
        try:
            image = read_image(source)
            statement = _stated(image)
        except TooLarge as error:
            return Facts(self.name, self.role, "ELF", unread=str(error)), ()
        overlay = read_overlay(image)
        if overlay:
            statement.values["overlay"] = overlay.to_json()
            statement.findings.append(overlay.finding())
        return statement.facts(self), overlay.part(source) if overlay else ()


@dataclass(slots=True)
class _Statement:
    """What is said of a file, part by part."""

    summary: str
    values: dict[str, Json]
    findings: list[Finding] = field(default_factory=list)
    unread: str = ""

    def facts(self, reader: Elf) -> Facts:
        """All of it."""
        found = tuple(self.findings)
        return Facts(
            reader.name, reader.role, self.summary, self.values, findings=found, unread=self.unread
        )


def _stated(image: Image) -> _Statement:
    if image.header.is_loadable and not _is_only_debug(image):
        dynamic = read_dynamic(image)
        statement = _begun(image, dynamic)
        _state_loaded(statement, image, dynamic)
        _state_go(statement, image)
    else:
        statement = _begun(image, None)
        statement.unread = _reason(image)
    if image.header.machine == BPF:
        _state_bpf(statement, image)
    return statement


def _begun(image: Image, dynamic: Dynamic | None) -> _Statement:
    """What every ELF file says of itself."""
    header, what = image.header, kind.kind(image, dynamic)
    values: dict[str, Json] = {
        "class": header.bits,
        "endianness": header.order,
        "machine": kind.machine(image),
        "type": what,
    }
    compilers = read_compilers(image)
    if compilers:
        values["compilers"] = list(compilers)
    symbols = next(image.sections.of_kind(kinds.SYMBOLS), None)
    values["symbols"] = max(table_length(image, symbols) - 1, 0) if symbols else 0
    if header.kind != CORE:
        values.update(_noted(image))
    return _Statement(f"{header.bits}-bit {values['machine']} {what}", values)


def _noted(image: Image) -> Iterator[tuple[str, Json]]:
    found = notes.read_notes(image)
    owners = sorted({(note.owner, note.kind) for note in found})[:MAX_NOTES]
    if owners:
        yield "notes", [{"owner": owner, "type": number} for owner, number in owners]
    build_id = notes.content(found, notes.BUILD_ID)
    if build_id:
        yield "build_id", build_id.hex()


def _state_loaded(statement: _Statement, image: Image, dynamic: Dynamic | None) -> None:
    """What a loader is told, and how the program withstands its own faults."""
    libraries = read_libraries(image, dynamic)
    imports = read_imports(image, dynamic) if dynamic else Imports()
    hardening = read_hardening(image, dynamic, imports)
    values = statement.values
    values.update(libraries.to_json())
    values.update(imports=imports.imports, exports=imports.exports)
    values["static"] = not (libraries.interpreter or libraries.needed)
    values["hardening"] = hardening.to_json()
    statement.findings += [
        *disagreements(image, dynamic),
        *libraries.findings(),
        *hardening.findings(),
    ]


def _state_go(statement: _Statement, image: Image) -> None:
    build = read_go_build(image)
    if build is None:
        return
    statement.values["go"] = build.to_json()
    statement.summary += f", {build.version}"
    statement.findings += build.findings()


def _state_bpf(statement: _Statement, image: Image) -> None:
    found = read_object(image)
    statement.values["bpf"] = found.to_json()
    statement.summary += (
        f", {counted(len(found.programs), 'program')}, {counted(len(found.maps), 'map')}"
    )
    statement.findings += found.findings()
    statement.unread = statement.unread or found.unread


def _is_only_debug(image: Image) -> bool:
    """Whether the file is what a debugger needs of a program, without the program itself."""
    if image.is_debug and not any(segment.is_code for segment in image.segments):
        return True
    try:
        check_segments(image.segments, image.source)
    except MalformedError:
        if image.is_debug:
            return True
        raise
    return False


def _reason(image: Image) -> str:
    """Why a file that no loader maps is not looked into, if it is not."""
    if image.header.kind == CORE:
        return "the memory of a program (a core dump)"
    if image.header.is_loadable:
        return "a program's debugging information, without the program"
    if image.header.kind not in kind.TYPES:
        return "an ELF file of no known type"
    return ""
