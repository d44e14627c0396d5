"""Writers of archives, packed files and pictures, which tell lies when they are asked to."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

BLOCK = 512

PICKLE = b"\x80\x04cos\nsystem\n(S'touch /nonexistent/pwned'\ntR."
"""A program: protocol 4, an import and a call."""

OLD_PICKLE = b"cos\nsystem\n(S'touch /nonexistent/pwned'\ntR."
PLAIN_PICKLE = b"\x80\x04K\x01."
"""A pickle of the number one."""

ELF = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + b"\x03\0\x3e\0" + bytes(44)
PE = b"MZ".ljust(60, b"\0") + b"\x40\0\0\0PE\0\0".ljust(200, b"\0")
SCRIPT = b"#!/bin/sh\ntouch /nonexistent/pwned\n"


def zip_file(
    members: Mapping[str, bytes] | Sequence[tuple[str, bytes]], *, packed: bool = False
) -> bytes:
    """An archive of members in their order; a name may come twice."""
    items = members.items() if isinstance(members, Mapping) else members
    buffer = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, data in items:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def zip_link(name: str, target: str) -> bytes:
    """An archive of one symbolic link."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = 0o120777 << 16
        archive.writestr(info, target)
    return buffer.getvalue()


def encrypted_zip(name: str) -> bytes:
    """An archive of one member that says it is encrypted, in both places."""
    data = bytearray(zip_file({name: b"secret bytes"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def moved_zip(front: bytes, members: Mapping[str, bytes]) -> bytes:
    """An archive behind other bytes, with offsets that count from the file's start."""
    buffer = io.BytesIO(front)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def tar_header(
    name: str | bytes,
    size: int = 0,
    kind: bytes = b"0",
    *,
    link: str = "",
    magic: bytes = b"ustar\x0000",
    size_field: bytes = b"",
    prefix: bytes = b"",
) -> bytes:
    """A header with a true checksum."""
    raw = name if isinstance(name, bytes) else name.encode()
    block = bytearray(BLOCK)
    block[0 : len(raw)] = raw
    block[100:108] = b"0000644\0"
    block[108:116] = block[116:124] = b"0000000\0"
    block[124:136] = size_field or b"%011o\0" % size
    block[136:148] = b"00000000000\0"
    block[156:157] = kind
    block[157 : 157 + len(link)] = link.encode()
    block[257 : 257 + len(magic)] = magic
    block[345 : 345 + len(prefix)] = prefix
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def tar_member(name: str | bytes, data: bytes = b"", kind: bytes = b"0", **changes: Any) -> bytes:
    """A header and its bytes."""
    return tar_header(name, len(data), kind, **changes) + data + bytes(-len(data) % BLOCK)


def tar_file(*members: bytes, end: bytes = bytes(2 * BLOCK)) -> bytes:
    """An archive of members as `tar_member` writes them."""
    return b"".join(members) + end


def pax(**records: str) -> bytes:
    """A member that gives the next one these records."""
    return tar_member("PaxHeader", pax_records(records), b"x")


def pax_records(records: Mapping[str, str]) -> bytes:
    """Each with its own length in front, which counts itself."""
    lines = []
    for key, value in records.items():
        body = f" {key}={value}\n".encode()
        length = len(body) + 1
        while len(str(length)) + len(body) != length:
            length = len(str(length)) + len(body)
        lines.append(str(length).encode() + body)
    return b"".join(lines)


def gz(data: bytes, level: int = 9) -> bytes:
    """Packed by gzip, always alike."""
    return gzip.compress(data, level, mtime=0)


PACKERS = {"gzip": gz, "bzip2": bz2.compress, "xz": lzma.compress}


def png_chunk(kind: bytes, data: bytes = b"") -> bytes:
    """A chunk with a true checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*more: bytes, width: int = 3, height: int = 2) -> bytes:
    """A small picture, with more chunks before its end."""
    rows = zlib.compress(bytes((width + 1) * height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", rows), *more, png_chunk(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def jpeg(scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56", end: bytes = b"\xff\xd9") -> bytes:
    """The segments of a picture of 3 by 2, which nobody decodes."""
    frame = b"\x08\0\x02\0\x03\x01\x01\x11\0"
    segments = (
        (0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        (0xC0, frame),
        (0xDA, b"\x01\x01\0\0?\0"),
    )
    written = (
        b"\xff%c" % kind + struct.pack(">H", len(body) + 2) + body for kind, body in segments
    )
    return b"\xff\xd8" + b"".join(written) + scan + end


def gif(blocks: bytes = b"\x02\x02\x4c\x01\0", end: bytes = b"\x3b") -> bytes:
    """A picture of one point, with a comment."""
    comment = b"\x21\xfe\x05hello\0"
    image = b"\x2c" + bytes(4) + b"\x01\0\x01\0\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0" + bytes(6) + comment + image + blocks + end


def riff(form: bytes = b"WEBP", size: int | None = None, body: bytes | None = None) -> bytes:
    """A file of one chunk."""
    chunks = b"VP8L" + struct.pack("<I", 5) + b"\x2f\x02\x40\0\0\0" if body is None else body
    told = 4 + len(chunks) if size is None else size
    return b"RIFF" + struct.pack("<I", told) + form + chunks


def parquet(footer: bytes = b"\x15\x02\x19\x2c", told: int | None = None) -> bytes:
    """A table with no rows, as far as its ends go."""
    length = len(footer) if told is None else told
    return b"PAR1" + footer + struct.pack("<I", length) + b"PAR1"


def arrow(footer: bytes = b"schema") -> bytes:
    """An Arrow file, as far as its ends go."""
    return b"ARROW1\0\0" + footer + struct.pack("<I", len(footer)) + b"ARROW1"


def skops_node(loader: str, module: str, name: str, content: Any = None) -> dict[str, Any]:
    """A node of a schema."""
    return {"__class__": name, "__module__": module, "__loader__": loader, "content": content}


def skops(node: Mapping[str, Any], **members: bytes) -> bytes:
    """An archive with a schema."""
    schema = {**node, "protocol": 2, "_skops_version": "0.13.0"}
    return zip_file({"schema.json": json.dumps(schema).encode(), **members})


def mar(handler: str, **members: bytes) -> bytes:
    """TorchServe's archive of a model with a handler."""
    model = {"modelName": "m", "modelVersion": "1.0", "handler": handler}
    manifest = json.dumps({"runtime": "python", "model": model}).encode()
    return zip_file({"MAR-INF/MANIFEST.json": manifest, **members})
