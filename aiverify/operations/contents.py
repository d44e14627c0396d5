"""What is attested of an artifact's contents, for whoever verifies it without its bytes."""

from __future__ import annotations

from aiverify.core import recorded
from aiverify.core.jsonvalue import Json
from aiverify.operations import clock
from aiverify.operations.examine import Contents
from aiverify.version import __version__


def predicate(contents: Contents) -> dict[str, Json]:
    """What the readers found in each file: a predicate of type `signing.predicates.CONTENTS`."""
    return {
        "scanner": {"name": "aiverify", "version": __version__},
        "time": clock.rfc3339(clock.now()),
        "files": recorded.record(contents.files),
    }
