"""Go's build information, as its linker writes it."""

from __future__ import annotations

MAGIC = b"\xff Go buildinf:"
START = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
END = bytes.fromhex("f932433186182072008242104116d8f2")

MODULES = "\n".join(
    [
        "path\texample.org/runner",
        "mod\texample.org/runner\tv1.2.3\th1:own=",
        "dep\texample.org/plain\tv0.1.0\th1:plain=",
        "dep\texample.org/changed\tv0.2.0",
        "=>\t./changed\t\t",
        "build\t-compiler=gc",
        'build\t-ldflags="-X main.a=\\"b\\" -s"',
        "build\tGOARCH=amd64",
        "build\tvcs.revision=0123456789abcdef",
        "build\tvcs.modified=true",
        "",
    ]
)


def varint(number: int) -> bytes:
    """A length, seven bits a byte."""
    data = bytearray()
    while number >= 0x80:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*data, number])


def marked(modules: str) -> bytes:
    return START + modules.encode() + END


def in_place(version: str = "go1.22.1", modules: str = MODULES) -> bytes:
    """The blob of Go 1.18 and later."""
    text = marked(modules) if modules else b""
    head = (MAGIC + b"\x08\x02").ljust(32, b"\0")
    return head + varint(len(version)) + version.encode() + varint(len(text)) + text


def by_pointer(base: int, version: str = "go1.17.5", modules: str = MODULES) -> bytes:
    """The blob of older versions, mapped to an address, with what it points to behind it."""
    texts = (version.encode(), marked(modules))
    pairs, at = b"", base + 32 + 32
    for text in texts:
        pairs += at.to_bytes(8, "little") + len(text).to_bytes(8, "little")
        at += len(text)
    pointers = (base + 32).to_bytes(8, "little") + (base + 48).to_bytes(8, "little")
    return MAGIC + b"\x08\x00" + pointers + pairs + b"".join(texts)
