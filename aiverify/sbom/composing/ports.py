"""What goes into a model and what comes out: as a graph states it, or as its task implies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiverify.core.description import Description, Stated
from aiverify.core.facts import FileFacts
from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Means, Origin, Port

MAX_PORTS = 64
"""Inputs or outputs that are listed of one graph."""

TEXT, IMAGE, AUDIO, VIDEO, LABELS, NUMBERS = "text", "image", "audio", "video", "label", "number"

BY_TASK: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "audio-classification": ((AUDIO,), (LABELS,)),
    "audio-text-to-text": ((AUDIO, TEXT), (TEXT,)),
    "audio-to-audio": ((AUDIO,), (AUDIO,)),
    "automatic-speech-recognition": ((AUDIO,), (TEXT,)),
    "depth-estimation": ((IMAGE,), (IMAGE,)),
    "document-question-answering": ((IMAGE, TEXT), (TEXT,)),
    "feature-extraction": ((TEXT,), ("embedding",)),
    "fill-mask": ((TEXT,), (TEXT,)),
    "image-classification": ((IMAGE,), (LABELS,)),
    "image-feature-extraction": ((IMAGE,), ("embedding",)),
    "image-segmentation": ((IMAGE,), ("mask", LABELS)),
    "image-text-to-text": ((IMAGE, TEXT), (TEXT,)),
    "image-to-image": ((IMAGE,), (IMAGE,)),
    "image-to-text": ((IMAGE,), (TEXT,)),
    "image-to-video": ((IMAGE,), (VIDEO,)),
    "object-detection": ((IMAGE,), ("bounding box", LABELS)),
    "question-answering": ((TEXT,), (TEXT,)),
    "sentence-similarity": ((TEXT,), ("embedding",)),
    "summarization": ((TEXT,), (TEXT,)),
    "table-question-answering": (("table", TEXT), (TEXT,)),
    "tabular-classification": (("table",), (LABELS,)),
    "tabular-regression": (("table",), (NUMBERS,)),
    "text-classification": ((TEXT,), (LABELS,)),
    "text-generation": ((TEXT,), (TEXT,)),
    "text-ranking": ((TEXT,), (NUMBERS,)),
    "text-to-audio": ((TEXT,), (AUDIO,)),
    "text-to-image": ((TEXT,), (IMAGE,)),
    "text-to-speech": ((TEXT,), (AUDIO,)),
    "text-to-video": ((TEXT,), (VIDEO,)),
    "text2text-generation": ((TEXT,), (TEXT,)),
    "token-classification": ((TEXT,), (LABELS,)),
    "translation": ((TEXT,), (TEXT,)),
    "unconditional-image-generation": ((), (IMAGE,)),
    "video-classification": ((VIDEO,), (LABELS,)),
    "video-text-to-text": ((VIDEO, TEXT), (TEXT,)),
    "visual-question-answering": ((IMAGE, TEXT), (TEXT,)),
    "voice-activity-detection": ((AUDIO,), (LABELS,)),
    "zero-shot-classification": ((TEXT,), (LABELS,)),
    "zero-shot-image-classification": ((IMAGE, TEXT), (LABELS,)),
    "zero-shot-object-detection": ((IMAGE, TEXT), ("bounding box", LABELS)),
}
"""What the Hugging Face Hub's tasks take and give. A task that is not here implies nothing."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Inputs and outputs, and where they are stated, or what they are inferred from."""

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    origins: tuple[Origin, ...] = ()


def ports(files: Sequence[FileFacts], description: Description) -> Ports:
    """Of the first graph that states them; failing that, of the task."""
    for item in files:
        for graph in _graphs(item):
            inputs, outputs = (_listed(graph.members.get(key)) for key in ("inputs", "outputs"))
            if inputs or outputs:
                return Ports(inputs, outputs, tuple(_stated(graph, inputs, outputs)))
    return _by_task(description.task)


def _graphs(item: FileFacts) -> Iterator[Fields]:
    """Where a file's facts may have ports: at the top, and in each way that it can be called."""
    top = Fields(item.facts.values, f"{item.name}#/", [])
    yield top
    signatures = top.inner("signatures")
    for name in sorted(signatures.members, key=lambda name: (name != "serving_default", name)):
        yield signatures.inner(name)


def _stated(graph: Fields, inputs: Sequence[Port], outputs: Sequence[Port]) -> Iterator[Origin]:
    if inputs:
        yield Origin("input", graph.source("inputs"))
    if outputs:
        yield Origin("output", graph.source("outputs"))


def _by_task(task: Stated[str] | None) -> Ports:
    known = BY_TASK.get(task.value) if task else None
    if not task or not known:
        return Ports()
    inputs, outputs = (tuple(Port(form, means=Means.INFERRED) for form in forms) for forms in known)
    fields = [field for field, found in (("input", inputs), ("output", outputs)) if found]
    implied = tuple(Origin(field, task.source, Means.INFERRED) for field in fields)
    return Ports(inputs, outputs, implied)


def _listed(value: Json) -> tuple[Port, ...]:
    """The ports in a list of objects with a name, or of names, or in an object by their names."""
    if isinstance(value, Mapping):
        named = list(value.items())
    elif isinstance(value, list):
        named = [(_name(item), item) for item in value]
    else:
        return ()
    return tuple(_port(name, item) for name, item in named[:MAX_PORTS])


def _name(item: Json) -> str:
    return item if isinstance(item, str) else Fields(_members(item), "", []).text("name")


def _port(name: str, item: Json) -> Port:
    fields = Fields(_members(item), "", [])
    dtype = fields.text("dtype") or fields.text("type") or "tensor"
    shape = fields.members.get("shape")
    if not isinstance(shape, list):
        return Port(dtype, name)
    return Port(f"{dtype}[{', '.join(map(_dimension, shape))}]", name)


def _members(item: Json) -> Mapping[str, Json]:
    return item if isinstance(item, Mapping) else {}


def _dimension(value: Json) -> str:
    return str(value) if isinstance(value, int | str) and value != "" else "?"
