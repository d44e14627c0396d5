"""GGUF: metadata, a table of tensors, and their bytes, in one file that llama.cpp loads."""

from __future__ import annotations

from aiverify.core import rules
from aiverify.core.facts import Facts, Role, Tensor
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.formats import template
from aiverify.formats.gguf import model
from aiverify.formats.gguf.header import MAGIC, Header, read_header
from aiverify.formats.gguf.layout import hidden
from aiverify.formats.gguf.values import Text, to_json
from aiverify.formats.interface import Probe, Source, TooLarge
from aiverify.formats.tally import summary, tally

EXTENSION = ".gguf"

MAX_ARCHITECTURE = 100
"""Characters of the architecture that the summary repeats."""

MAX_TEMPLATES = 32
MAX_TEMPLATE_BYTES = 512 << 10
"""Chat templates that are judged, and their bytes together; models have up to four, of some
thousand each."""


class Gguf:
    """Weights with all that is needed to run them.

    States `version`, `endianness`, `alignment`, `metadata` (every value by its key, long ones
    cut), `tensors`, `parameters` and `dtypes`, `quantization` (tensors and elements by type),
    `bytes` (of all tensors), and what the metadata says of the model: `architecture`, `type`,
    `name`, `size_label`, `licence`, `file_type`, `context_length`, `tokenizer`,
    `vocabulary`, `base_models`, `split`, and the digests of its `chat_templates` by name.
    A tensor's shape is in the file's order, in which the last dimension varies slowest.
    Only the header and the padding are read, so a file's size costs nothing.
    """

    name = "gguf"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By content; under its own extension also a file that was cut off in the first bytes."""
        named = probe.base.endswith(EXTENSION)
        return probe.head.startswith(MAGIC) or (named and MAGIC.startswith(probe.head))

    def read(self, probe: Probe, source: Source) -> Facts:
        """The header's statements, once they agree with each other and with the file's size.

        Raises:
            MalformedError: a structural rule of the format is broken.
        """
        try:
            header = read_header(source)
        except TooLarge as error:
            return Facts(self.name, self.role, unread=str(error))
        tensors = tuple(placed.tensor for placed in header.tensors)
        values = _values(header, tensors, printable(probe.name))
        found, unread = _findings(header), ""
        try:
            found += hidden(header, source)
            _refuse_unjudged(header)
        except TooLarge as error:
            unread = str(error)
        phrase = _summary(values, tensors)
        return Facts(
            self.name, self.role, phrase, values, tensors, findings=tuple(found), unread=unread
        )


class NamedGguf(Gguf):
    """A file that is called GGUF and is like no other format, so that it is malformed."""

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith(EXTENSION)


def _values(header: Header, tensors: tuple[Tensor, ...], shown: str) -> dict[str, Json]:
    return {
        "version": header.version,
        "endianness": header.order,
        "alignment": header.alignment,
        "metadata": {key: to_json(value.item) for key, value in header.metadata.items()},
        **model.state(header.metadata, f"{shown}#"),
        **tally(tensors),
        "quantization": model.quantization(tensors),
        "bytes": sum(placed.size for placed in header.tensors),
    }


def _findings(header: Header) -> list[Finding]:
    found = list(model.vocabulary_findings(header.metadata))
    for key, text in _judged(header):
        found += template.judge(str(text), key)
    for placed in header.tensors:
        if 0 in placed.tensor.shape:
            name = placed.tensor.name
            message = (
                f"tensor {printable(name)} has a dimension of 0, by which older loaders divide"
            )
            weight = Severity.WARNING
            found.append(rules.contents.MALFORMED.found(message, place=name, severity=weight))
    return found


def _judged(header: Header) -> list[tuple[str, Text]]:
    """The templates that there is time for; the first in any case."""
    judged: list[tuple[str, Text]] = []
    size = 0
    for _, key, text in model.templates(header.metadata):
        size += len(text.data)
        if judged and (len(judged) == MAX_TEMPLATES or size > MAX_TEMPLATE_BYTES):
            break
        judged.append((key, text))
    return judged


def _refuse_unjudged(header: Header) -> None:
    count, judged = sum(1 for _ in model.templates(header.metadata)), len(_judged(header))
    if judged < count:
        raise TooLarge(f"it has {count} chat templates, of which {judged} are judged")


def _summary(values: dict[str, Json], tensors: tuple[Tensor, ...]) -> str:
    architecture = printable(str(values.get("architecture", ""))[:MAX_ARCHITECTURE])
    return f"{architecture or 'no architecture'}, {summary(tensors)}"
