"""ELF files made by hand, so that they can lie: programs, libraries, objects."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Order = Literal["little", "big"]

HEADER = {32: "16sHHIIIIIHHHHHH", 64: "16sHHIQQQIHHHHHH"}
HEADER_NAMES = (
    *("ident", "kind", "machine", "version", "entry", "segments", "sections", "flags"),
    *("size", "segment_size", "segment_count", "section_size", "section_count", "names"),
)
SEGMENT = {32: "IIIIIIII", 64: "IIQQQQQQ"}
SEGMENT_NAMES = {
    32: ("kind", "offset", "address", "physical", "stored", "size", "flags", "alignment"),
    64: ("kind", "flags", "offset", "address", "physical", "stored", "size", "alignment"),
}
SECTION = {32: "IIIIIIIIII", 64: "IIQQQQIIQQ"}
SECTION_NAMES = (
    *("name", "kind", "flags", "address", "offset", "size", "link", "info", "alignment", "entry"),
)
SYMBOL = {32: "IIIBBH", 64: "IBBHQQ"}

PROGBITS, SYMTAB, STRTAB, HASH, DYNAMIC, NOTE, NOBITS, DYNSYM = 1, 2, 3, 5, 6, 7, 8, 11
WRITE, ALLOC, EXEC = 1, 2, 4
LOADER = "/lib64/ld-linux-x86-64.so.2"
BPF, X86_64, S390, ARM = 247, 62, 22, 40


@dataclass(frozen=True)
class Piece:
    """Bytes of a file, and the section that speaks of them."""

    name: str
    data: bytes = b""
    kind: int = PROGBITS
    flags: int = 0
    link: str = ""
    entry: int = 0
    size: int | None = None


@dataclass(frozen=True)
class Cover:
    """A segment, over a piece or over all of them (`*`) or over none."""

    kind: int
    flags: int
    piece: str = ""
    alignment: int = 8


@dataclass(frozen=True)
class Name:
    """A symbol."""

    name: str
    section: str = ""
    value: int = 0
    size: int = 0
    kind: int = 2
    binding: int = 1


@dataclass(frozen=True)
class Form:
    """Class and byte order."""

    bits: int = 64
    order: Order = "little"

    def pack(self, layout: str, *values: object) -> bytes:
        return struct.pack(("<" if self.order == "little" else ">") + layout, *values)

    def unpack(self, layout: str, data: bytes, offset: int) -> tuple[int, ...]:
        sign = "<" if self.order == "little" else ">"
        return struct.unpack_from(sign + layout, data, offset)

    @property
    def word(self) -> str:
        return "I" if self.bits == 32 else "Q"

    def ident(self) -> bytes:
        kind = bytes([self.bits // 32, 1 if self.order == "little" else 2, 1])
        return (b"\x7fELF" + kind).ljust(16, b"\0")


def strings(names: Sequence[str]) -> tuple[bytes, dict[str, int]]:
    """A table of strings, and where each is."""
    data, places = bytearray(b"\0"), {"": 0}
    for name in names:
        if name not in places:
            places[name] = len(data)
            data += name.encode() + b"\0"
    return bytes(data), places


def written(
    form: Form, kind: int, machine: int, pieces: Sequence[Piece], covers: Sequence[Cover] = ()
) -> bytes:
    """A file of pieces one after the other, each mapped to the address that is its offset."""
    places = offsets(form, pieces, covers)
    table, names = strings([piece.name for piece in pieces] + [".shstrtab"])
    every = [*pieces, Piece(".shstrtab", table, STRTAB)]
    data = bytearray(places[""])
    for piece in every:
        data[places[piece.name] :] = piece.data
        data += bytes(-len(data) % 8)
    sections = len(data)
    index = {piece.name: number for number, piece in enumerate(every, 1)}
    data += form.pack(SECTION[form.bits], *[0] * 10)
    for piece in every:
        size = len(piece.data) if piece.size is None else piece.size
        address = places[piece.name] if piece.flags & ALLOC else 0
        data += form.pack(
            SECTION[form.bits],
            *(names[piece.name], piece.kind, piece.flags, address, places[piece.name], size),
            *(index.get(piece.link, 0), 0, 8, piece.entry),
        )
    header = struct.calcsize("<" + HEADER[form.bits])
    segment = struct.calcsize("<" + SEGMENT[form.bits])
    section = struct.calcsize("<" + SECTION[form.bits])
    data[:header] = form.pack(
        HEADER[form.bits],
        *(form.ident(), kind, machine, 1, 0, header if covers else 0, sections, 0, header),
        *(segment, len(covers), section, len(every) + 1, len(every)),
    )
    sizes = {piece.name: len(piece.data) for piece in pieces}
    for number, cover in enumerate(covers):
        at = header + number * segment
        data[at : at + segment] = _segment(form, cover, places, sizes, sections)
    return bytes(data)


def offsets(form: Form, pieces: Sequence[Piece], covers: Sequence[Cover]) -> dict[str, int]:
    """Where each piece comes to lie; the first of them, or the names, under no name."""
    at = struct.calcsize("<" + HEADER[form.bits])
    at += len(covers) * struct.calcsize("<" + SEGMENT[form.bits])
    at += -at % 8
    places = {"": at}
    for piece in pieces:
        places[piece.name] = at
        at += len(piece.data) + -len(piece.data) % 8
    places[".shstrtab"] = at
    return places


def _segment(
    form: Form, cover: Cover, places: dict[str, int], sizes: dict[str, int], end: int
) -> bytes:
    offset, size = 0, 0
    if cover.piece == "*":
        size = end
    elif cover.piece:
        offset, size = places[cover.piece], sizes[cover.piece]
    values = {
        "kind": cover.kind,
        "flags": cover.flags,
        "offset": offset,
        "address": offset,
        "physical": offset,
        "stored": size,
        "size": size,
        "alignment": cover.alignment,
    }
    return form.pack(SEGMENT[form.bits], *(values[name] for name in SEGMENT_NAMES[form.bits]))


def symbols(form: Form, names: Sequence[Name], sections: Sequence[str]) -> tuple[bytes, bytes]:
    """A table of symbols and its strings. `sections` are all sections' names, in their order."""
    table, places = strings([name.name for name in names])
    data = bytearray(form.pack(SYMBOL[form.bits], *[0] * 6))
    for name in names:
        section = 1 + sections.index(name.section) if name.section else 0
        info = name.binding << 4 | name.kind
        late = (name.value, name.size)
        fields = (
            (places[name.name], *late, info, 0, section)
            if form.bits == 32
            else (places[name.name], info, 0, section, *late)
        )
        data += form.pack(SYMBOL[form.bits], *fields)
    return bytes(data), table


def note(form: Form, owner: bytes, kind: int, content: bytes) -> bytes:
    owner += b"\0"
    head = form.pack("III", len(owner), len(content), kind)
    return head + owner.ljust(len(owner) + -len(owner) % 4, b"\0") + content


@dataclass(frozen=True)
class Program:
    """What a program or library says of itself; `written` gives the file."""

    form: Form = Form()
    kind: int = 3
    machine: int = X86_64
    interpreter: str = LOADER
    needed: tuple[str, ...] = ("libc.so.6",)
    soname: str = ""
    rpath: str | None = None
    runpath: str | None = None
    tags: tuple[tuple[int, int | str], ...] = ((24, 0), (0x6FFFFFFB, 0x08000001))
    """Further entries of the dynamic table; a string is laid into its strings."""
    imports: tuple[str, ...] = ("__stack_chk_fail", "__memcpy_chk", "puts")
    exports: tuple[str, ...] = ("entry",)
    stack: int | None = 6
    relro: bool = True
    flags: int = 5
    """Of the one segment that is mapped."""
    build_id: bytes = bytes(range(20))
    go: bytes = b""
    terminated: bool = True
    hashed: bool = True
    pieces: tuple[Piece, ...] = ()

    def written(self) -> bytes:
        """The file."""
        form, covers = self.form, self._covers()
        table, places = strings([name for _, name in self._texts()] + self._names())
        dynamic = self._dynamic(places, {}, len(table))
        laid = self._pieces(table, places, dynamic)
        at = offsets(form, laid, covers)
        dynamic = self._dynamic(places, at, len(table))
        return written(form, self.kind, self.machine, self._pieces(table, places, dynamic), covers)

    def with_(self, **changes: object) -> Program:
        return replace(self, **changes)  # type: ignore[arg-type]

    def _names(self) -> list[str]:
        return [*self.imports, *self.exports]

    def _texts(self) -> list[tuple[int, str]]:
        texts = [(1, name) for name in self.needed]
        for tag, text in ((14, self.soname or None), (15, self.rpath), (29, self.runpath)):
            if text is not None:
                texts.append((tag, text))
        return texts + [(tag, text) for tag, text in self.tags if isinstance(text, str)]

    def _covers(self) -> list[Cover]:
        covers = [Cover(1, self.flags, "*", 4096), Cover(2, 6, ".dynamic"), Cover(4, 4, ".note", 4)]
        if self.interpreter:
            covers.append(Cover(3, 4, ".interp"))
        if self.stack is not None:
            covers.append(Cover(0x6474E551, self.stack))
        if self.relro:
            covers.append(Cover(0x6474E552, 4, ".dynamic"))
        return covers

    def _dynamic(self, places: dict[str, int], at: dict[str, int], size: int) -> bytes:
        entries = [(tag, places[text]) for tag, text in self._texts()]
        entries += [(tag, value) for tag, value in self.tags if isinstance(value, int)]
        entries += [(5, at.get(".dynstr", 0)), (10, size), (6, at.get(".dynsym", 0))]
        if self.hashed:
            entries.append((4, at.get(".hash", 0)))
        if self.terminated:
            entries.append((0, 0))
        return b"".join(self.form.pack(2 * self.form.word, *entry) for entry in entries)

    def _pieces(self, table: bytes, places: dict[str, int], dynamic: bytes) -> list[Piece]:
        form = self.form
        entry = struct.calcsize("<" + SYMBOL[form.bits])
        count = 1 + len(self._names())
        pieces = [
            Piece(".text", b"\xc3" * 16, flags=ALLOC | EXEC),
            Piece(".note", note(form, b"GNU", 3, self.build_id), NOTE, ALLOC),
            Piece(".dynstr", table, STRTAB, ALLOC),
            Piece(".dynsym", self._dynsym(places), DYNSYM, ALLOC, ".dynstr", entry),
            Piece(".hash", form.pack(f"{3 + count}I", 1, count, *[0] * (1 + count)), HASH, ALLOC),
            Piece(".dynamic", dynamic, DYNAMIC, ALLOC | WRITE, ".dynstr", 2 * form.bits // 8),
            Piece(".comment", b"GCC: (GNU) 12.2.0\0GCC: (GNU) 12.2.0\0"),
        ]
        if self.interpreter:
            pieces.append(Piece(".interp", self.interpreter.encode() + b"\0", flags=ALLOC))
        if self.go:
            pieces.append(Piece(".go.buildinfo", self.go, flags=ALLOC | WRITE))
        return pieces + list(self.pieces)

    def _dynsym(self, places: dict[str, int]) -> bytes:
        form = self.form
        data = bytearray(form.pack(SYMBOL[form.bits], *[0] * 6))
        for section, names in ((0, self.imports), (1, self.exports)):
            for name in names:
                fields = (places[name], 0x12, 0, section, 0, 0)
                if form.bits == 32:
                    fields = (places[name], 0, 0, 0x12, 0, section)
                data += form.pack(SYMBOL[form.bits], *fields)
        return bytes(data)


def object_file(
    pieces: Sequence[Piece],
    names: Sequence[Name] = (),
    form: Form = Form(),
    machine: int = BPF,
) -> bytes:
    """An object for a linker or a kernel, with symbols."""
    table, text = symbols(form, names, [piece.name for piece in pieces])
    entry = struct.calcsize("<" + SYMBOL[form.bits])
    every = [
        *pieces,
        Piece(".strtab", text, STRTAB),
        Piece(".symtab", table, SYMTAB, 0, ".strtab", entry),
    ]
    return written(form, 1, machine, every)


def with_header(data: bytes, form: Form = Form(), **lies: int) -> bytes:
    """The same file with other numbers in its header."""
    return _with(data, form, HEADER[form.bits], HEADER_NAMES, 0, lies)


def with_segment(data: bytes, index: int, form: Form = Form(), **lies: int) -> bytes:
    """The same file with other numbers in a program header."""
    layout = SEGMENT[form.bits]
    at = _header(data, form)["segments"] + index * struct.calcsize("<" + layout)
    return _with(data, form, layout, SEGMENT_NAMES[form.bits], at, lies)


def with_section(data: bytes, index: int, form: Form = Form(), **lies: int) -> bytes:
    """The same file with other numbers in a section header."""
    layout = SECTION[form.bits]
    at = _header(data, form)["sections"] + index * struct.calcsize("<" + layout)
    return _with(data, form, layout, SECTION_NAMES, at, lies)


def without_sections(data: bytes, form: Form = Form()) -> bytes:
    """The same file cut before its table of sections, as `sstrip` leaves it."""
    cut = data[: _header(data, form)["sections"]]
    return with_header(cut, form, sections=0, section_count=0, names=0)


def section_index(data: bytes, name: str, form: Form = Form()) -> int:
    """The index of the section of a name."""
    header = _header(data, form)
    layout = SECTION[form.bits]
    size = struct.calcsize("<" + layout)
    rows = [
        form.unpack(layout, data, header["sections"] + number * size)
        for number in range(header["section_count"])
    ]
    table = rows[header["names"]][4]
    for number, row in enumerate(rows):
        at = table + row[0]
        if data[at : data.index(b"\0", at)].decode() == name:
            return number
    raise KeyError(name)


def section_place(data: bytes, name: str, form: Form = Form()) -> tuple[int, int]:
    """Where the section of a name lies, and how long it is."""
    layout = SECTION[form.bits]
    at = _header(data, form)["sections"]
    at += section_index(data, name, form) * struct.calcsize("<" + layout)
    row = form.unpack(layout, data, at)
    return row[4], row[5]


def _header(data: bytes, form: Form) -> dict[str, int]:
    return dict(zip(HEADER_NAMES, form.unpack(HEADER[form.bits], data, 0), strict=True))


def _with(
    data: bytes, form: Form, layout: str, names: Sequence[str], at: int, lies: dict[str, int]
) -> bytes:
    values = dict(zip(names, form.unpack(layout, data, at), strict=True)) | lies
    changed = form.pack(layout, *(values[name] for name in names))
    return data[:at] + changed + data[at + len(changed) :]
