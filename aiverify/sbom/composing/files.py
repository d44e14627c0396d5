"""Files of the artifact as components."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.facts import FileFacts, State
from aiverify.core.fields import Fields
from aiverify.core.manifest import Entry
from aiverify.sbom.bom import Component, Property, Sort
from aiverify.sbom.composing import tensors
from aiverify.sbom.composing.refs import file_ref
from aiverify.sbom.composing.told import Told, given


def of_file(entry: Entry, known: FileFacts | None) -> Component:
    """A file with its size in bytes, and what its reader made of it. Without one it is unread."""
    size = entry.size if entry.size is not None else known and known.size
    said = given(size="" if size is None else str(size))
    said += _read(known) if known else given(state=State.UNREAD.value)
    return Component(
        ref=file_ref(entry.name),
        sort=Sort.FILE,
        name=entry.name,
        digest=entry.digest,
        properties=said.properties,
        origins=said.origins,
        needs=(),
    )


def _read(known: FileFacts) -> Told:
    facts = known.facts
    said = given(
        format=facts.format,
        role=facts.role.value,
        state=known.state.value,
        unread=facts.unread,
    )
    counted = tensors.of_elements(facts.tensors) + tensors.of_tensors(facts.tensors)
    return said + Told(tuple(_stated(known))) + counted


def _stated(known: FileFacts) -> Iterator[Property]:
    """What a file says of itself that no other component carries."""
    values = Fields(known.facts.values, "", [])
    if licence := values.text("licence"):
        yield Property("aiverify:licence", licence)
    if label := values.text("file_type"):
        yield Property("aiverify:quantization:label", label)
    producer = f"{values.text('producer_name')} {values.text('producer_version')}".strip()
    if producer:
        yield Property("aiverify:producer", producer)
