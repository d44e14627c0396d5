"""Source code: Python modules, and scripts that name their interpreter."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.formats.interface import Probe, Source
from aiverify.formats.text import is_text

MAX_BYTES = 4 << 20


class Python:
    """A Python module, which a loader that trusts remote code would run. States `lines`."""

    name = "python"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith((".py", ".pyw", ".pyi"))

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Lines, or unread when it is no source code: Python runs ZIP archives too."""
        return _facts(self.name, source)


class Script:
    """A script. States `lines`, and `interpreter` when the first line names one."""

    name = "script"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By the first line, or by extension."""
        return probe.head.startswith(b"#!") or probe.base.endswith((".sh", ".bash", ".ps1", ".bat"))

    def read(self, probe: Probe, source: Source) -> Facts:
        """Lines and interpreter, or unread when it goes on as something that is not text."""
        return _facts(self.name, source, _interpreter(probe.head))


def _facts(name: str, source: Source, interpreter: str = "") -> Facts:
    if source.size > MAX_BYTES:
        reason = f"a program larger than {MAX_BYTES >> 20} MiB"
        return Facts(name, Role.CODE, name, unread=reason)
    data = source.read_at(0, source.size)
    if not is_text(data, whole=True):
        return Facts(name, Role.CODE, name, unread="named or begun as source code, and not text")
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    values: dict[str, Json] = {"lines": lines}
    if interpreter:
        values["interpreter"] = interpreter
    return Facts(name, Role.CODE, f"{lines} lines", values)


def _interpreter(head: bytes) -> str:
    if not head.startswith(b"#!"):
        return ""
    return head[2:].partition(b"\n")[0].decode("utf-8", "replace").strip()
