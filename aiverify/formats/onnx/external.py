"""Tensors whose data lies in another file: where, and whether that can be so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiverify.core import rules
from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.formats.found import Found, shown
from aiverify.formats.onnx.tensor import Stored

KEYS = frozenset({"location", "offset", "length", "checksum"})
"""What describes external data (`TensorProto.external_data`)."""

PREPACKED = "prepacked_"
"""ONNX Runtime's own keys, for weights that it stored in another order."""

NUMBER = re.compile("[0-9]{1,19}")
FAULTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\A\Z"), "is not given"),
    (re.compile("\0"), "holds a NUL"),
    # What ONNX Runtime writes in the place of a file for data that it has in memory.
    (re.compile("_ORT(_NATIVE_ENDIAN)?_MEM_ADDR_"), "is an address in the loader's memory"),
    (re.compile(r"\A([A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z]:|(?i:file):)"), "is a URL or a drive"),
    (re.compile(r"\\"), "holds a backslash"),
    (re.compile(r"\A/"), "is absolute"),
    (re.compile(r"(\A|/)\.\.(/|\Z)"), "leads out of the model's folder"),
    (re.compile(r"\A[./]+\Z"), "is the folder itself"),
)
"""Locations that may not be read from or written to."""

MAX_OFFSET = 1 << 63


@dataclass(slots=True)
class ExternalData:
    """Every file that tensors name, with the ranges that they take of it."""

    files: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, stored: Stored, found: Found, place: str) -> None:
        """Note where a tensor's data is; what no model needs to say is a finding."""
        described = _described(stored, found, place)
        location = described.get("location", "")
        fault = location_fault(location)
        if fault:
            found.add(rules.onnx.EXTERNAL, f"{shown(place)}: the location {fault}", place)
            return
        offset = _number("offset", described, found, place)
        length = _number("length", described, found, place)
        if stored.size is not None and length not in (None, stored.size):
            found.add(
                rules.onnx.RANGE,
                f"{shown(place)}: takes {length} bytes, and its type and shape need {stored.size}",
                place,
            )
        size = stored.size or length or 0
        if (offset or 0) + size >= MAX_OFFSET:
            found.add(rules.onnx.RANGE, f"{shown(place)}: its bytes end beyond 2^63", place)
            return
        self.files.setdefault(plain(location), []).append((offset or 0, size))

    def to_json(self) -> list[Json]:
        """Each file with how many tensors it holds, and their bytes as offsets and lengths."""
        return [
            {"location": location, "tensors": len(ranges), "ranges": joined(ranges)}
            for location, ranges in self.files.items()
        ]


def location_fault(location: str) -> str:
    """Why a location may not be read from or written to, or nothing."""
    fault = next((fault for pattern, fault in FAULTS if pattern.search(location)), "")
    return f"'{shown(location)}' {fault}" if fault else ""


def plain(location: str) -> str:
    """A location without the parts that lead nowhere."""
    return "/".join(part for part in location.split("/") if part not in ("", "."))


def _described(stored: Stored, found: Found, place: str) -> Mapping[str, str]:
    """The entries by key. One that is not in the format, or there twice, is a finding."""
    described: dict[str, str] = {}
    for key, value in stored.entries:
        if key in described:
            found.add(rules.onnx.KEY, f"{shown(place)}: gives {shown(key)} twice", place)
        elif key.startswith(PREPACKED):
            message = f"{shown(place)}: is also stored in the order of one runtime"
            found.add(rules.onnx.KEY, message, place, Severity.WARNING)
        elif key not in KEYS:
            found.add(
                rules.onnx.KEY,
                f"{shown(place)}: gives '{shown(key)}', which is no key of external data",
                place,
            )
        described[key] = value
    return described


def _number(key: str, described: Mapping[str, str], found: Found, place: str) -> int | None:
    """An offset or length, in the decimal digits that every language reads alike."""
    text = described.get(key)
    if text is None:
        return None
    if NUMBER.fullmatch(text) and int(text) < MAX_OFFSET:
        return int(text)
    message = f"{shown(place)}: has the {key} '{shown(text)}', not a whole number below 2^63"
    found.add(rules.onnx.RANGE, message, place)
    return None


def joined(ranges: Iterable[tuple[int, int]]) -> list[Json]:
    """Ranges in their order; those that touch or overlap are one."""
    joined: list[list[int]] = []
    for offset, size in sorted(ranges):
        if joined and offset <= joined[-1][0] + joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], offset + size - joined[-1][0])
        else:
            joined.append([offset, size])
    return [list(item) for item in joined]
