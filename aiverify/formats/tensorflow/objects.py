"""What Keras writes into a SavedModel: the configuration of each layer, as JSON."""

from __future__ import annotations

from aiverify.formats.found import Found
from aiverify.formats.interface import TooLarge
from aiverify.formats.keras import config as keras_config
from aiverify.formats.protobuf.walk import Field, Message

KERAS = "_tf_keras_"
"""What identifiers of Keras's objects begin with."""

MAX_METADATA = 16 << 20
"""Bytes of one configuration that are parsed."""


def judge_objects(message: Message, found: Found) -> None:
    """Findings about every object of Keras in a graph of objects (`SavedObjectGraph`).

    Raises:
        MalformedError: a configuration is not JSON.
        TooLarge: one is larger than is parsed.
    """
    for node in message.fields():
        if node.number == 1:
            for kind in node.message().fields():
                if kind.number == 4:
                    _judge_object(kind.message(), found, 1, 3)


def judge_metadata(message: Message, found: Found) -> int:
    """The same for `keras_metadata.pb` (`SavedMetadata`). Returns how many objects it has."""
    count = 0
    for node in message.fields():
        if node.number == 1:
            _judge_object(node.message(), found, 4, 5)
            count += 1
    return count


def _judge_object(message: Message, found: Found, named: int, described: int) -> None:
    """One object, by the numbers of the fields with its identifier and its configuration."""
    identifier = ""
    metadata: Field | None = None
    for field in message.fields(frozenset({named, described})):
        if field.number == named:
            identifier = field.text()
        elif field.number == described:
            metadata = field
    if metadata is None or not identifier.startswith(KERAS):
        return
    if metadata.message().size > MAX_METADATA:
        raise TooLarge(f"a configuration is larger than the {MAX_METADATA >> 20} MiB parsed")
    data = metadata.data(MAX_METADATA)
    if data:
        for finding in keras_config.judge(keras_config.loads(data, identifier), identifier):
            found.keep(finding)
