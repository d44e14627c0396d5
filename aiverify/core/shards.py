"""Whether a model in shards is whole: its index and its shards name the same tensors."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from aiverify.core import rules
from aiverify.core.facts import FileFacts
from aiverify.core.fields import Fields
from aiverify.core.finding import Finding, Severity
from aiverify.core.names import printable

SHARD = re.compile(r".*-[0-9]{5,}-of-[0-9]{5,}\.safetensors")
"""Names that the Hugging Face libraries give to shards."""


def disagreements(files: Sequence[FileFacts]) -> tuple[Finding, ...]:
    """Every way in which an index and the shards beside it contradict each other."""
    present = {item.name: item for item in files}
    indexes = [item for item in files if item.facts.format == "safetensors_index"]
    placed = {index.name: _placed(index) for index in indexes}
    held = _held(files) if indexes else {}
    findings: list[Finding] = []
    for index in indexes:
        findings += _missing(index, placed[index.name], present, held)
        findings += _size(index, placed[index.name], present)
    findings += _unmentioned(indexes, placed, present)
    return tuple(findings)


def _placed(index: FileFacts) -> Mapping[str, set[str]]:
    """The tensors that an index places in each shard, by the shard's name in the artifact."""
    weight_map = Fields(index.facts.values, f"{index.name}#/").inner("weight_map")
    folder = _folder(index.name)
    placed: defaultdict[str, set[str]] = defaultdict(set)
    for tensor in weight_map.members:
        placed[folder + weight_map.text(tensor)].add(tensor)
    return placed


def _held(files: Iterable[FileFacts]) -> dict[str, dict[str, None]]:
    """The tensors in each shard, in the order of their names.

    Any number of indexes may speak of one shard, so that its names are sorted only once.
    """
    return {
        item.name: dict.fromkeys(sorted(tensor.name for tensor in item.facts.tensors))
        for item in files
        if item.facts.format == "safetensors"
    }


def _missing(
    index: FileFacts,
    placed: Mapping[str, set[str]],
    present: Mapping[str, FileFacts],
    held: Mapping[str, Collection[str]],
) -> Iterator[Finding]:
    """Shards that are not there, and tensors that are not where the index says."""
    for name in sorted(placed):
        shard = present.get(name)
        if shard is None:
            yield _found(index, name, "is not there")
        elif shard.facts.format != "safetensors":
            yield _found(index, name, "is no safetensors file, so its tensors cannot be told")
        elif not shard.facts.findings:  # one that is malformed has been reported as that
            yield from _misplaced(index, name, placed[name], held[name])


def _misplaced(
    index: FileFacts, shard: str, placed: set[str], held: Collection[str]
) -> Iterator[Finding]:
    """Tensors that only the index or only the shard has, in time that the index paid for."""
    absent = [tensor for tensor in placed if tensor not in held]
    if absent:
        yield _found(index, shard, f"lacks {_some(min(absent), len(absent))}")
    extra = len(held) - (len(placed) - len(absent))
    if extra:
        first = next(tensor for tensor in held if tensor not in placed)
        message = f"holds {_some(first, extra)} that the index does not place there"
        yield _found(index, shard, message, Severity.WARNING)


def _size(
    index: FileFacts, placed: Mapping[str, set[str]], present: Mapping[str, FileFacts]
) -> Iterator[Finding]:
    """A total that is not the sum, once all shards could be read."""
    claimed = Fields(index.facts.values, "").integer("total_size")
    sizes = [
        Fields(present[name].facts.values, "").integer("bytes")
        for name in placed
        if name in present
    ]
    known = [size for size in sizes if size is not None]
    if claimed is not None and len(known) == len(placed) and sum(known) != claimed:
        yield rules.contents.SHARDS.found(
            f"{printable(index.name)} gives {claimed} bytes in all; the shards hold {sum(known)}",
            file=index.name,
            place="/metadata/total_size",
            severity=Severity.NOTE,
        )


def _unmentioned(
    indexes: Iterable[FileFacts],
    placed: Mapping[str, Mapping[str, set[str]]],
    present: Mapping[str, FileFacts],
) -> Iterator[Finding]:
    """Files that are named as shards and lie beside an index, and that none of them names."""
    by_folder = {_folder(index.name): index for index in indexes}
    mentioned = {shard for shards in placed.values() for shard in shards}
    for name in present:
        index = by_folder.get(_folder(name))
        if index and name not in mentioned and SHARD.fullmatch(name):
            yield _found(index, name, "is named as a shard, and the index does not mention it")


def _found(index: FileFacts, shard: str, message: str, severity: Severity | None = None) -> Finding:
    return rules.contents.SHARDS.found(
        f"{printable(index.name)}: the shard {printable(shard)} {message}",
        file=index.name,
        place="/weight_map",
        severity=severity,
    )


def _some(first: str, count: int) -> str:
    """The first tensor by name, and how many there are besides."""
    more = f" and {count - 1} more" if count > 1 else ""
    return f"the tensor {printable(first)}{more}"


def _folder(name: str) -> str:
    return name[: name.rfind("/") + 1]
