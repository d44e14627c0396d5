"""Every error that aiverify raises on purpose.

    AiverifyError                1   our own failure
    ├── OutputError              1   a result could not be written
    ├── UsageError               2   the call's words contradict each other
    ├── InputError               3   an input could not be read
    │   ├── MalformedError       3   an input was read and is not what it claims to be
    │   ├── UnsafeNameError      3   a name that could hide or escape
    │   └── ChangedError         3   an input changed while it was read
    ├── DeniedError             10   an operation was refused by what was verified
    └── UndecidedError          11   an engine, registry or log gave no answer

Nothing here exits or prints: the command line turns an error into its message, its hint
and its exit code, and a library caller catches it.
"""

from __future__ import annotations


class AiverifyError(Exception):
    """The root of the tree.

    `message` is one sentence that names the file and the place; `hint` is one that names
    the way out, or empty. Untrusted text in either is escaped by whoever prints it.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class OutputError(AiverifyError):
    """A result could not be written: disk full, no permission, already there."""


class UsageError(AiverifyError):
    """Options that contradict each other or lack a partner."""

    exit_code = 2


class InputError(AiverifyError):
    """An input that does not exist, cannot be opened or is not a kind that we read."""

    exit_code = 3


class MalformedError(InputError):
    """An input whose bytes break the rules of the format that it claims."""


class UnsafeNameError(InputError):
    """A path or archive member whose name could hide, collide or escape."""


class ChangedError(InputError):
    """An input whose size, times or identity moved while it was being read."""


class DeniedError(AiverifyError):
    """What was asked for is refused on the evidence, not for want of it."""

    exit_code = 10


class UndecidedError(AiverifyError):
    """No answer could be had, so none is given."""

    exit_code = 11
