"""The engine's complaints, turned into errors of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from aiverify.core.names import printable
from aiverify.errors import AiverifyError, UndecidedError

_PLACE = re.compile(r"^--> (.+:\d+:\d+)$", re.MULTILINE)
_REASON = re.compile(r"^(?:error|warning): (.*)$", re.MULTILINE)


@contextmanager
def as_error(kind: type[AiverifyError], what: str) -> Iterator[None]:
    """Raise what the engine raises as `kind`. `what` names the thing for want of a place.

    Raises:
        UndecidedError: the engine panicked, whatever `kind` is.
    """
    try:
        yield
    except RuntimeError as error:
        raise kind(_sentence(str(error), what)) from error
    except BaseException as error:
        # PyO3 has panics pass `except Exception`. Its type cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise UndecidedError(f"{what}: the policy engine broke down") from error


def _sentence(text: str, what: str) -> str:
    """Place and reason, without the excerpt and the engine's own stack."""
    place = _PLACE.search(text)
    reason = _REASON.search(text)
    said = reason.group(1) if reason else text.strip().partition("\n")[0]
    where = place.group(1) if place else what
    return f"{where}: {printable(said).rstrip(':. ')}"
