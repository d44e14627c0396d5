"""Kinds of content that say themselves what they are, by their first bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiverify.formats.pickling import opcodes


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of content. `runs` says that loading or starting it runs what it says."""

    name: str
    runs: bool = False
    opaque: bool = False
    """Whether it is a container that is not read here."""
    extensions: tuple[str, ...] = ()
    """How names end of what is rightly of this kind, where it is data by its name."""

    @property
    def article(self) -> str:
        """Its name with an article."""
        return f"{'an' if self.name[:1] in 'AEIOURX' else 'a'} {self.name}"


PICKLE = Kind("pickle", runs=True)
ELF = Kind("ELF program", runs=True)
SCRIPT = Kind("script", runs=True)
ZIP = Kind("ZIP archive")
HTML = Kind("HTML page")

MAGICS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x7fELF", ELF),
    (b"\xfe\xed\xfa\xce", Kind("Mach-O program", runs=True)),
    (b"\xfe\xed\xfa\xcf", Kind("Mach-O program", runs=True)),
    (b"\xce\xfa\xed\xfe", Kind("Mach-O program", runs=True)),
    (b"\xcf\xfa\xed\xfe", Kind("Mach-O program", runs=True)),
    (b"\xca\xfe\xba\xbe", Kind("Java class", runs=True)),
    (b"\0asm\x01\0\0\0", Kind("WebAssembly module", runs=True)),
    (b"dex\n03", Kind("Dalvik program", runs=True)),
    (b"#!", SCRIPT),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"%PDF-", Kind("PDF document")),
    (b"\x1f\x8b\x08", Kind("gzip stream")),
    (b"BZh", Kind("bzip2 stream")),
    (b"\xfd7zXZ\0", Kind("xz stream")),
    (b"\x28\xb5\x2f\xfd", Kind("zstd stream", opaque=True)),
    (b"\x04\x22\x4d\x18", Kind("LZ4 stream", opaque=True)),
    (b"\xff\x06\0\0sNaPpY", Kind("Snappy stream", opaque=True)),
    (b"LZIP\x01", Kind("lzip stream", opaque=True)),
    (b"\x1f\x9d", Kind("compress stream", opaque=True)),
    (b"7z\xbc\xaf\x27\x1c", Kind("7z archive", opaque=True)),
    (b"Rar!\x1a\x07", Kind("RAR archive", opaque=True)),
    (b"MSCF\0\0\0\0", Kind("cabinet archive", opaque=True)),
    (b"xar!\0", Kind("xar archive", opaque=True)),
    (b"!<arch>\n", Kind("ar archive", opaque=True)),
    (b"070701", Kind("cpio archive", opaque=True)),
    (b"070702", Kind("cpio archive", opaque=True)),
    (b"070707", Kind("cpio archive", opaque=True)),
    (b"\xed\xab\xee\xdb", Kind("RPM package", opaque=True)),
    (b"hsqs", Kind("squashfs image", opaque=True)),
    (b"sqsh", Kind("squashfs image", opaque=True)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind("OLE document", opaque=True)),
    (b"zPQ", Kind("zpaq archive", opaque=True)),
    (b"\x60\xea", Kind("ARJ archive", opaque=True)),
    (b"\xac\xed\0\x05", Kind("stream of Java objects", opaque=True)),
    (b"X\n\0\0\0\x02", Kind("stream of R objects", opaque=True)),
    (b"X\n\0\0\0\x03", Kind("stream of R objects", opaque=True)),
    (b"RDX2\n", Kind("stream of R objects", opaque=True)),
    (b"RDX3\n", Kind("stream of R objects", opaque=True)),
    (b"ptrt", Kind("TensorRT engine", opaque=True)),
    (b"ftrt", Kind("TensorRT engine", opaque=True)),
)

FLAT: Mapping[bytes, Kind] = {
    b"TFL3": Kind("TensorFlow Lite model", opaque=True, extensions=(".tflite",)),
    b"ORTM": Kind("ONNX Runtime model", opaque=True, extensions=(".onnx",)),
}
"""Flat buffers, which say behind their first four bytes what they are."""

WINDOWS = Kind("Windows program", runs=True)
TAR = Kind("tar archive")
LHA = Kind("LHA archive", opaque=True)

HTML_START = re.compile(
    rb"\s*+(?:<!--(?>.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body|script)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
"""Each comment ends at its first end alone: a head full of them has no second reading to try."""

MAX_DOS = 1 << 20
"""Bytes of the program for DOS that stands before a Windows program."""

PROTOCOL = 0x80
LATEST = 5


def kind_of(head: bytes) -> Kind | None:
    """The kind that some first bytes show, if they show one. 4096 of them are enough."""
    kind = next((kind for magic, kind in MAGICS if head.startswith(magic)), None)
    if kind:
        return kind
    if head.startswith(b"MZ") and _is_windows(head):
        return WINDOWS
    if head[257:262] == b"ustar":
        return TAR
    if re.match(rb"-lh[0-9a-z]-", head[2:7]):
        return LHA
    if is_pickle(head):
        return PICKLE
    return HTML if HTML_START.match(head) else FLAT.get(head[4:8])


def is_pickle(head: bytes) -> bool:
    """Whether bytes start as a pickle: with a protocol, or with an import and a call."""
    if len(head) > 2 and head[0] == PROTOCOL:
        return head[1] <= LATEST and opcodes.is_opcode(head[2])
    return opcodes.imports_and_calls(head)


def _is_windows(head: bytes) -> bool:
    """Whether a DOS header leads to a PE header, as far as the head reaches."""
    at = int.from_bytes(head[60:64], "little")
    return head[at : at + 4] == b"PE\0\0" or len(head) <= at < MAX_DOS
