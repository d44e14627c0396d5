"""Files that are nothing by themselves: another file names them, and places its tensors there.

A file of raw numbers cannot be told from any other bytes. What settles it is a file that was
read and says where each of its tensors lies: then all bytes are accounted for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aiverify.core import rules
from aiverify.core.facts import Facts, FileFacts, Role
from aiverify.core.finding import Finding, Rule, Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable

MAX_GAP = 64 << 10
"""Bytes between tensors: the largest page to which ONNX aligns them."""

RAW = frozenset({"unknown", "empty", "onnx_data", "tensorflow_data"})
OTHERS = frozenset({"safetensors", "gguf"})
"""Formats in which tensors lie too, so that another file may place its own there."""

TAKEN = (
    *(".com", ".cpl", ".dll", ".dylib", ".exe", ".node", ".pyc", ".pyd", ".pyo", ".scr", ".so"),
    *(".jar", ".rda", ".rdata", ".rds", ".ser", ".t7"),
    *(".dlc", ".engine", ".lite", ".mar", ".mlmodel", ".nemo", ".om", ".ort", ".pdiparams"),
    *(".pdmodel", ".pdopt", ".pdparams", ".plan", ".pmml", ".rknn", ".tflite", ".trt", ".vmfb"),
)
"""How names end of what programs other than ours run or load, and nobody here reads."""


@dataclass(frozen=True, slots=True)
class Family:
    """Files that name others: the name of what is named, and the rule that it may break."""

    format: str
    summary: str
    rule: Rule


_ONNX = Family("onnx_data", "tensors of an ONNX model", rules.onnx.MISSING)

FAMILIES: Mapping[str, Family] = {
    "onnx": _ONNX,
    "onnx_tensor": _ONNX,
    "tensorflow_checkpoint": Family(
        "tensorflow_data", "tensors of a checkpoint", rules.savedmodel.CHECKPOINT
    ),
}
"""By the format of the file that names. It lists `external_data` among its values."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one file says of another: stretches of it, as offsets and sizes."""

    family: Family
    by: str
    name: str
    ranges: tuple[tuple[int, int], ...]

    @property
    def end(self) -> int:
        """Bytes that the other must have."""
        return max((offset + size for offset, size in self.ranges), default=0)


def settle(files: Sequence[FileFacts]) -> tuple[FileFacts, ...]:
    """The same files: those that others account for are read now, and what fails is a finding."""
    claims = [claim for item in files for claim in _claims(item)]
    if not claims:
        return tuple(files)
    present = {item.name: item for item in files}
    found: dict[str, list[Finding]] = {}
    holding: dict[str, list[_Claim]] = {}
    for claim in claims:
        fault = _fault(claim, present.get(claim.name))
        if fault:
            found.setdefault(claim.by, []).append(fault)
        if fault is None or fault.severity is not Severity.ERROR:
            holding.setdefault(claim.name, []).append(claim)
    return tuple(_settled(item, found, holding) for item in files)


def _settled(
    item: FileFacts, found: Mapping[str, list[Finding]], holding: Mapping[str, list[_Claim]]
) -> FileFacts:
    """One file, with what was found about those that it names, or as what it is named for."""
    facts = item.facts
    if item.name in found:
        facts = replace(facts, findings=(*facts.findings, *found[item.name]))
    if item.name in holding and facts.unread and facts.format in RAW:
        facts = _accounted(item, facts, holding[item.name])
    return replace(item, facts=facts)


def _accounted(item: FileFacts, facts: Facts, claims: Sequence[_Claim]) -> Facts:
    """What is known of a raw file once every byte is some tensor's, or why that is not so."""
    family = claims[0].family
    if item.name.lower().endswith(TAKEN):
        extension = item.name.lower().rpartition(".")[2]
        reason = (
            f"tensors of {printable(claims[0].by)}, and named as what others load: .{extension}"
        )
        return replace(facts, role=Role.WEIGHT, unread=reason)
    gap = _gap([stretch for claim in claims for stretch in claim.ranges], item.size)
    if gap:
        begin, end = gap
        reason = f"bytes {begin} to {end} belong to no tensor of {printable(claims[0].by)}"
        return replace(facts, format=family.format, role=Role.WEIGHT, unread=reason)
    values: dict[str, Json] = {"of": sorted({claim.by for claim in claims}), "bytes": item.size}
    return replace(
        facts,
        format=family.format,
        role=Role.WEIGHT,
        summary=family.summary,
        values=values,
        unread="",
    )


def _fault(claim: _Claim, item: FileFacts | None) -> Finding | None:
    """Why a file is not what another says, if so."""
    shown = printable(claim.name)
    severity: Severity | None = None
    if item is None:
        problem = "is not there"
    elif claim.name == claim.by:
        problem = "is the model itself"
    elif claim.end > item.size:
        problem = f"has {item.size} bytes, and tensors lie up to byte {claim.end}"
    elif item.facts.format not in RAW | OTHERS:
        # Saving the model again would overwrite it (CVE-2025-51480).
        problem = f"is a file of its own ({item.facts.format})"
        severity = Severity.WARNING
    else:
        return None
    message = f"{printable(claim.by)} has tensors in {shown}, which {problem}"
    return claim.family.rule.found(message, file=claim.by, place=shown, severity=severity)


def _claims(item: FileFacts) -> Iterator[_Claim]:
    family = FAMILIES.get(item.facts.format)
    external = item.facts.values.get("external_data")
    if family is None or not isinstance(external, Sequence) or isinstance(external, str):
        return
    folder = item.name[: item.name.rfind("/") + 1]
    for entry in external:
        if isinstance(entry, Mapping):
            name = f"{folder}{entry.get('location')}"
            yield _Claim(family, item.name, name, tuple(_ranges(entry.get("ranges"))))


def _ranges(value: Json) -> Iterator[tuple[int, int]]:
    """Pairs of an offset and a size, as a reader wrote them."""
    for pair in value if isinstance(value, list) else []:
        if isinstance(pair, list) and len(pair) == 2:
            offset, size = pair
            if isinstance(offset, int) and isinstance(size, int):
                yield offset, size


def _gap(ranges: Sequence[tuple[int, int]], size: int) -> tuple[int, int] | None:
    """The first stretch of more than `MAX_GAP` bytes that no range covers."""
    position = 0
    for offset, length in sorted(ranges):
        if offset - position > MAX_GAP:
            return position, offset
        position = max(position, offset + length)
    return (position, size) if size - position > MAX_GAP else None
