"""eBPF objects made by hand: instructions, BTF, maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.elf_files import ALLOC, EXEC, WRITE, Form, Name, Piece, object_file

LITTLE = Form()

INT, POINTER, ARRAY, STRUCT, TYPEDEF, VARIABLE, SECTION = 1, 2, 3, 4, 8, 14, 15

EXIT = 0x95


def instruction(code: int, form: Form = LITTLE, source: int = 0, number: int = 0) -> bytes:
    """One instruction. In big-endian objects the two registers change places."""
    registers = source << 4 if form.order == "little" else source
    return form.pack("BBhi", code, registers, 0, number)


def calling(helpers: Sequence[int], form: Form = LITTLE) -> bytes:
    """A program that calls helpers and ends."""
    calls = b"".join(instruction(0x85, form, number=number) for number in helpers)
    return calls + instruction(EXIT, form)


@dataclass
class BtfWriter:
    """Types one after the other; each call gives the new type's number."""

    form: Form = LITTLE
    types: bytearray = field(default_factory=bytearray)
    text: bytearray = field(default_factory=lambda: bytearray(b"\0"))
    count: int = 0

    def name(self, text: str) -> int:
        if not text:
            return 0
        at = len(self.text)
        self.text += text.encode() + b"\0"
        return at

    def add(
        self, kind: int, name: str = "", length: int = 0, other: int = 0, rest: Sequence[int] = ()
    ) -> int:
        info = kind << 24 | length
        words = (self.name(name), info, other, *rest)
        self.types += self.form.pack(f"{len(words)}I", *words)
        self.count += 1
        return self.count

    def integer(self, size: int = 4) -> int:
        return self.add(INT, "int", other=size, rest=[size * 8])

    def pointer(self, to: int) -> int:
        return self.add(POINTER, other=to)

    def number(self, value: int) -> int:
        """What `__uint` makes."""
        integer = self.integer()
        return self.pointer(self.add(ARRAY, rest=[integer, integer, value]))

    def struct(self, members: Sequence[tuple[str, int]], size: int = 32) -> int:
        rest = [word for name, kind in members for word in (self.name(name), kind, 0)]
        return self.add(STRUCT, "", len(members), size, rest)

    def maps(self, variables: Sequence[tuple[str, int]], name: str = ".maps") -> int:
        """Variables, and the section that they are in."""
        made = [self.add(VARIABLE, text, other=kind, rest=[1]) for text, kind in variables]
        rest = [word for number in made for word in (number, 0, 32)]
        return self.add(SECTION, name, len(made), 32 * len(made), rest)

    def written(self, **lies: int) -> bytes:
        values = {
            "magic": 0xEB9F,
            "version": 1,
            "header": 24,
            "types": 0,
            "length": len(self.types),
            "strings": len(self.types),
            "size": len(self.text),
        } | lies
        head = self.form.pack(
            "HBBIIIII",
            *(values["magic"], values["version"], 0, values["header"], values["types"]),
            *(values["length"], values["strings"], values["size"]),
        )
        return head + bytes(self.types) + bytes(self.text)


def map_btf(form: Form = LITTLE, **numbers: int) -> bytes:
    """BTF of one map `counts` of `int` to `long long`."""
    btf = BtfWriter(form)
    members = [
        (name, btf.number(value))
        for name, value in ({"type": 1, "max_entries": 1024} | numbers).items()
    ]
    members.append(("key", btf.pointer(btf.add(TYPEDEF, "key_t", other=btf.integer()))))
    members.append(("value", btf.pointer(btf.integer(8))))
    btf.maps([("counts", btf.struct(members))])
    return btf.written()


def extension(form: Form = LITTLE, relocations: int = 4, **lies: int) -> bytes:
    """`.BTF.ext`; more than four bytes of relocations say that there are some."""
    header = lies.get("header", 32)
    head = form.pack("HBBI", lies.get("magic", 0xEB9F), 1, 0, header)
    return head + form.pack("6I", 0, 4, 4, 4, 8, relocations) + bytes(8 + relocations)


@dataclass(frozen=True)
class Bpf:
    """An eBPF object; `written` gives the file."""

    form: Form = LITTLE
    section: str = "xdp"
    code: bytes = b""
    licence: bytes | None = b"GPL\0"
    legacy: bytes = b""
    legacy_names: tuple[Name, ...] = ()
    btf: bytes = b""
    has_maps: bool = False
    extension: bytes = b""
    names: tuple[Name, ...] | None = None
    pieces: tuple[Piece, ...] = ()

    def written(self) -> bytes:
        code = self.code or calling([1], self.form)
        pieces = [Piece(self.section, code, flags=ALLOC | EXEC), *self.pieces]
        if self.licence is not None:
            pieces.append(Piece("license", self.licence, flags=ALLOC | WRITE))
        if self.legacy:
            pieces.append(Piece("maps", self.legacy, flags=ALLOC | WRITE))
        if self.has_maps:
            pieces.append(Piece(".maps", bytes(32), flags=ALLOC | WRITE))
        if self.btf:
            pieces.append(Piece(".BTF", self.btf))
        if self.extension:
            pieces.append(Piece(".BTF.ext", self.extension))
        names = self.names
        if names is None:
            names = (Name("prog", self.section, 0, len(code)), *self.legacy_names)
        return object_file(pieces, names, self.form)


def definition(*numbers: int, form: Form = LITTLE) -> bytes:
    """A map as `struct bpf_map_def` has it: type, sizes of key and value, entries, flags."""
    return form.pack("IIIII", *numbers)
