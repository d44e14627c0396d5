"""Compiled programs: what lets others choose the code that is run, and files that lie."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.bpf_files import Bpf, BtfWriter, calling, definition, extension, map_btf
from tests.support.elf_files import (
    ALLOC,
    EXEC,
    STRTAB,
    Form,
    Name,
    Piece,
    Program,
    object_file,
    section_index,
    section_place,
    with_header,
    with_section,
    with_segment,
    without_sections,
    written,
)
from tests.support.go_files import MAGIC, MODULES, in_place, varint

REAL = Path(__file__).resolve().parents[1] / "assets" / "real"
WORLD = "/" + "tmp"
PICKLE = b"\x80\x04cposix\nsystem\n(S'touch /nonexistent/pwned'\ntR."

SEARCH_PATH, LIBRARY, LOADER = (
    *("AIV-PROGRAM-SEARCH-PATH", "AIV-PROGRAM-LIBRARY", "AIV-PROGRAM-INTERPRETER"),
)
STACK, WRITABLE, REWRITTEN = (
    *("AIV-PROGRAM-STACK", "AIV-PROGRAM-WRITABLE-CODE", "AIV-PROGRAM-TEXTREL"),
)
MISMATCH, HIDDEN, HELPER, LICENCE, FOREIGN, MALFORMED = (
    *("AIV-PROGRAM-MISMATCH", "AIV-CONTAINER-HIDDEN", "AIV-PROGRAM-BPF-HELPER"),
    *("AIV-PROGRAM-BPF-LICENCE", "AIV-PROGRAM-FOREIGN", "AIV-FORMAT-MALFORMED"),
)


def moved(name: str) -> bytes:
    """A program whose section of a name shows tools a copy, and not what the loader takes."""
    data = Program().written()
    place, size = section_place(data, name)
    data += bytes(-len(data) % 8) + data[place : place + size]
    return with_section(data, section_index(data, name), offset=len(data) - size)


def renamed_libraries() -> bytes:
    """A program whose sections name a harmless library where the loader reads another."""
    data = Program(pieces=(Piece(".fake", b"\0libc.so.6\0", STRTAB),)).written()
    dynamic = section_index(data, ".dynamic")
    return with_section(data, dynamic, link=section_index(data, ".fake"))


def good() -> bytes:
    return Program().written()


def lying_header(**lies: int) -> bytes:
    return with_header(good(), **lies)


def lying_section(index: int | str, **lies: int) -> bytes:
    data = good()
    return with_section(
        data, section_index(data, index) if isinstance(index, str) else index, **lies
    )


def other_table() -> bytes:
    """A program whose segment shows tools a copy of the table that a loader finds by address."""
    data = good()
    place, size = section_place(data, ".dynamic")
    copy = data[place : place + size]
    data = without_sections(data)
    data += bytes(-len(data) % 8) + copy
    return with_segment(data, 1, offset=len(data) - size)


def covered_page() -> bytes:
    """A program whose second segment's first page is mapped over the end of the first."""
    data = good()
    behind = len(data) + 16
    data += bytes(2 * 4096)
    lies = {"kind": 1, "offset": behind + 4096, "address": behind, "stored": 16, "size": 16}
    return with_segment(data, 2, **lies)


def lying_segment(index: int, **lies: int) -> bytes:
    return with_segment(good(), index, **lies)


def infected() -> bytes:
    """A note turned into a segment that can be written and run, as infectors of files do."""
    data = good()
    return with_segment(data, 2, kind=1, flags=7, address=1 << 32)


def behind(content: bytes) -> bytes:
    return good() + content


def btf_loop() -> bytes:
    btf = BtfWriter()
    again = btf.count + 2
    members = [("type", btf.number(1)), ("value", btf.pointer(again))]
    btf.add(8, "t", other=btf.count + 1)
    btf.maps([("m", btf.struct(members))])
    btf.maps([("m", btf.add(8, "t", other=btf.count + 1))])
    return btf.written()


def real(name: str) -> bytes:
    return (REAL / name).read_bytes()


def program(**changes: object) -> partial[bytes]:
    return partial(Program().with_(**changes).written)


def bpf(**changes: object) -> partial[bytes]:
    return partial(Bpf(**changes).written)  # type: ignore[arg-type]


def go(blob: bytes) -> partial[bytes]:
    return program(go=blob)


def _malicious(name: str, technique: str, make: partial[bytes], rule: str, state: State) -> Sample:
    return Sample(f"programs/{name}", Label.MALICIOUS, technique, "component", make, rule, state)


def _malformed(name: str, technique: str, make: partial[bytes]) -> Sample:
    label = Label.MALFORMED
    return Sample(f"programs/{name}", label, technique, "component", make, MALFORMED)


def _benign(name: str, technique: str, make: partial[bytes], state: State) -> Sample:
    label = Label.BENIGN
    return Sample(f"programs/{name}", label, technique, "component", make, state=state)


FLAGGED, CLEAN, UNREAD = State.FLAGGED, State.CLEAN, State.UNREAD

MALICIOUS = (
    ("rpath-relative", "libraries from where it is started", program(rpath="lib"), SEARCH_PATH),
    ("runpath-empty", "an empty element", program(runpath="$ORIGIN:"), SEARCH_PATH),
    ("runpath-open", "a folder open to all", program(runpath=f"{WORLD}/x"), SEARCH_PATH),
    ("runpath-shm", "shared memory", program(runpath="/dev/shm"), SEARCH_PATH),
    ("runpath-dots", "a detour to it", program(runpath=f"/usr/lib/../..{WORLD}"), SEARCH_PATH),
    ("runpath-origin-up", "up from $ORIGIN", program(runpath=f"$ORIGIN{'/..' * 9}{WORLD}"),
     SEARCH_PATH),
    ("runpath-origin-like", "a name like $ORIGIN", program(runpath="$ORIGINS/x"), SEARCH_PATH),
    ("rpath-many", "one bad path of many", program(rpath="$ORIGIN:" * 99 + "x"), SEARCH_PATH),
    ("needed-absolute", "a library by path", program(needed=("/opt/evil.so",)), LIBRARY),
    ("needed-relative", "a library beside", program(needed=("./evil.so",)), LIBRARY),
    ("needed-dots", "a library above", program(needed=("../lib/evil.so",)), LIBRARY),
    ("needed-origin-up", "a library far above", program(
        needed=(f"$ORIGIN{'/..' * 9}{WORLD}/evil.so",)), LIBRARY),
    ("audit", "an auditing library", program(tags=((0x6FFFFEFC, "evil.so"),)), LIBRARY),
    ("depaudit", "one for dependents", program(tags=((0x6FFFFEFB, "evil.so"),)), LIBRARY),
    ("filter", "a filter by path", program(tags=((0x7FFFFFFF, "./evil.so"),)), LIBRARY),
    ("auxiliary", "an auxiliary filter", program(tags=((0x7FFFFFFD, "./evil.so"),)), LIBRARY),
    ("interpreter-relative", "a loader beside it", program(interpreter="ld.so"), LOADER),
    ("interpreter-open", "one open to all", program(interpreter=f"{WORLD}/ld.so"), LOADER),
    ("stack-executable", "a stack that can be run", program(stack=7), STACK),
    ("stack-unstated", "the same by omission", program(stack=None), STACK),
    ("segment-rwx", "memory written and run", program(flags=7), WRITABLE),
    ("infected-note", "a note turned into code", partial(infected), WRITABLE),
    ("textrel", "code made writable", program(tags=((22, 0),)), REWRITTEN),
    ("textrel-flag", "the same by a flag", program(tags=((30, 4),)), REWRITTEN),
    ("stripped-rpath", "no sections to look at", partial(
        without_sections, Program(rpath="x").written()), SEARCH_PATH),
    ("big-endian-rpath", "another byte order", program(form=Form(64, "big"), rpath="x"),
     SEARCH_PATH),
    ("32-bit-rpath", "another class", program(form=Form(32), rpath="x"), SEARCH_PATH),
    ("fake-libraries", "other names for tools", partial(renamed_libraries), MISMATCH),
    ("fake-dynamic", "another table for tools", partial(moved, ".dynamic"), MISMATCH),
    ("fake-symbols", "other symbols for tools", partial(moved, ".dynsym"), MISMATCH),
    ("no-dynamic", "a table for tools alone", partial(lying_segment, 1, kind=0), MISMATCH),
    ("overlay-pickle", "a pickle behind", partial(behind, PICKLE), "AIV-PICKLE-DANGEROUS"),
    ("overlay-script", "a script behind", partial(behind, b"#!/bin/sh\nexit\n"), HIDDEN),
    ("overlay-program", "a program behind", partial(behind, Program(stack=7).written()), STACK),
    ("bpf-write-user", "writes other programs' memory", bpf(code=calling([36])), HELPER),
    ("bpf-override", "changes what calls return", bpf(code=calling([58])), HELPER),
    ("bpf-signal", "kills programs", bpf(code=calling([109])), HELPER),
    ("bpf-signal-thread", "kills a thread", bpf(code=calling([117])), HELPER),
    ("bpf-loads", "loads more eBPF", bpf(section="syscall", code=calling([166])), HELPER),
    ("bpf-big-endian", "another byte order", bpf(
        form=Form(64, "big"), code=calling([36], Form(64, "big"))), HELPER),
    ("bpf-subprogram", "by a subprogram", bpf(
        pieces=(Piece(".text", calling([36]), flags=ALLOC | EXEC),)), HELPER),
    ("bpf-other-section", "by an odd section", bpf(section="x", code=calling([36])), HELPER),
    ("bpf-no-licence", "no licence", bpf(licence=None), LICENCE),
)  # fmt: skip

HIDDEN_UNREAD = (
    ("overlay-unknown", "bytes behind", partial(behind, b"\xfe\xed\0\1" * 99), HIDDEN),
    ("pe", "a program for Windows", partial(
        lambda: b"MZ".ljust(60, b"\0") + b"\x40\0\0\0PE\0\0" + bytes(64)), FOREIGN),
    ("macho", "a program for macOS", partial(lambda: b"\xcf\xfa\xed\xfe" + bytes(60)), FOREIGN),
    ("wasm", "a WebAssembly module", partial(lambda: b"\0asm\1\0\0\0"), FOREIGN),
    ("java", "a Java class", partial(lambda: b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(9)), FOREIGN),
    ("ape", "a program for all systems", partial(lambda: b"MZqFpD='\n" + bytes(99)), FOREIGN),
    ("archive", "a library of objects", partial(lambda: b"!<arch>\n"), FOREIGN),
    ("bitcode", "LLVM bitcode", partial(lambda: b"BC\xc0\xde" + bytes(9)), FOREIGN),
)  # fmt: skip

BROKEN = (
    ("header-cut", "half a header", partial(lambda: good()[:40])),
    ("class", "no class", partial(lambda: b"\x7fELF\x07" + good()[5:])),
    ("byte-order", "no byte order", partial(lambda: good()[:5] + b"\0" + good()[6:])),
    ("version", "no version", partial(lying_header, version=0)),
    ("header-size", "another header size", partial(lying_header, size=0)),
    ("segment-size", "another entry size", partial(lying_header, segment_size=0)),
    ("segments-outside", "a table outside", partial(lying_header, segments=1 << 40)),
    ("sections-outside", "a table outside", partial(lying_header, sections=2**64 - 64)),
    ("sections-many", "too many entries", partial(lying_header, section_count=0xFEFF)),
    ("names-nowhere", "no such section", partial(lying_header, names=500)),
    ("names-no-strings", "names in code", partial(lying_header, names=1)),
    ("section-outside", "a section outside", partial(lying_section, 1, offset=1 << 40)),
    ("section-overflow", "an overflow", partial(lying_section, 1, size=2**64 - 1)),
    ("section-name", "a name outside", partial(lying_section, 1, name=2**31)),
    ("section-link", "a link to nothing", partial(lying_section, ".dynsym", link=2**31)),
    ("strings-unended", "strings without end", partial(lying_section, ".dynstr", size=5)),
    ("segment-outside", "a segment outside", partial(lying_segment, 0, offset=1 << 40)),
    ("segment-overflow", "an overflow", partial(lying_segment, 0, stored=2**64 - 1)),
    ("segment-smaller", "less memory than file", partial(lying_segment, 0, size=1)),
    ("segments-overlap", "one over the other", partial(lying_segment, 2, kind=1, address=9)),
    ("segments-share-page", "one over the other's page", partial(covered_page)),
    ("dynamic-elsewhere", "a table that no loader takes", partial(other_table)),
    ("interpreters", "two loaders", partial(lying_segment, 4, kind=3)),
    ("dynamics", "two dynamic tables", partial(lying_segment, 4, kind=2)),
    ("interpreter-unended", "a name without end", partial(lying_segment, 3, stored=5)),
    ("dynamic-unended", "a table without end", program(terminated=False)),
    ("strings-twice", "two tables of strings", program(tags=((5, 8),))),
    ("runpath-twice", "two search paths", program(runpath="a", tags=((29, 0),))),
    ("name-outside", "a library's name outside", program(tags=((1, 1 << 30),))),
    ("name-long", "a name of 5000 bytes", program(needed=("x" * 5000,))),
    ("libraries-many", "1001 libraries", program(needed=tuple(f"l{n}" for n in range(1001)))),
    ("unmapped", "nothing mapped", partial(lying_segment, 0, address=1 << 40)),
    ("symbols-odd", "half a symbol", partial(lying_section, ".dynsym", size=25)),
    ("note-outside", "a note too long", partial(lying_segment, 2, stored=20)),
    ("cut", "the end is missing", partial(lambda: good()[:-200])),
    ("go-length", "a string past the end", go(
        (MAGIC + b"\x08\x02").ljust(32, b"\0") + varint(200))),
    ("go-pointers", "pointers of 9 bytes", go(MAGIC + b"\x09\x00" + bytes(16))),
    ("go-unmapped", "pointers to nowhere", go(MAGIC + b"\x08\x00" + b"\x7f" * 16)),
    ("bpf-half-instruction", "half an instruction", bpf(code=bytes(20))),
    ("bpf-outside", "a program outside", bpf(names=(Name("p", "xdp", 8, 800),))),
    ("bpf-map-short", "a map cut off", bpf(
        legacy=bytes(8), legacy_names=(Name("m", "maps", 0, 8, 1),))),
    ("bpf-map-unnamed", "a map without a symbol", bpf(legacy=definition(1, 4, 4, 1, 0))),
    ("btf-magic", "BTF without its mark", bpf(btf=b"\0" * 24)),
    ("btf-cut", "BTF cut off", bpf(btf=map_btf()[:30])),
    ("btf-loop", "a type of itself", bpf(btf=btf_loop(), has_maps=True)),
    ("btf-ext-cut", "its extension cut off", bpf(extension=extension()[:33])),
)  # fmt: skip

GOOD = (
    ("program", "a hardened program", partial(good)),
    ("library", "a library", program(interpreter="", soname="libx.so.1", tags=((24, 0),))),
    ("arm-32", "a 32-bit program", program(form=Form(32), machine=40)),
    ("s390", "a big-endian one", program(form=Form(64, "big"), machine=22)),
    ("sections-stripped", "no sections", partial(without_sections, Program().written())),
    ("runpath-origin", "libraries beside", program(runpath="$ORIGIN/../lib:${ORIGIN}")),
    ("padded", "zeros behind", partial(behind, bytes(512))),
    ("object", "an object", partial(
        object_file, [Piece(".text", b"\xc3" * 8, flags=ALLOC | EXEC)], [], Form(), 62)),
    ("cubin", "code for a device", partial(written, Form(), 2, 190, [])),
    ("go", "a Go program", go(in_place(modules="path\ta\nmod\ta\tv1.0.0\th1:x=\n"))),
    ("bpf-btf", "an eBPF object", bpf(btf=map_btf(), has_maps=True, extension=extension())),
    *((name.removesuffix(".o"), "an object that clang made", partial(real, name)) for name in (
        "bpf-loader-el.o", "bpf-loader-eb.o", "bpf-iproute2.o", "bpf-tcprtt.o", "bpf-kfunc.o")),
)  # fmt: skip

NOTED = (
    ("no-pie", "a program at one address", program(kind=2)),
    ("no-relro", "its table stays writable", program(relro=False)),
    ("go-dirty", "a Go program with changes", go(in_place(modules=MODULES))),
)

SAMPLES: tuple[Sample, ...] = (
    *(_malicious(*sample, FLAGGED) for sample in MALICIOUS),
    *(_malicious(*sample, UNREAD) for sample in HIDDEN_UNREAD),
    *(_malformed(*sample) for sample in BROKEN),
    *(_benign(*sample, CLEAN) for sample in GOOD),
    *(_benign(*sample, FLAGGED) for sample in NOTED),
)
