"""Source code: Python modules, and scripts that name their interpreter."""

from __future__ import annotations

import re

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.core.rules import code
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe, Source
from aiverify.formats.text import is_text

MAX_BYTES = 1 << 20
"""Programs beyond this are not read."""

MAX_WORDS = 100_000
"""Words and signs of a Python module that is parsed: each costs up to two kilobytes."""

WORD = re.compile(r"\w+|[^\w\s]|\n")

PYTHON = re.compile(r"\bpython[\d.]*w?\b")
STARTUP = ("sitecustomize.py", "usercustomize.py")
"""Modules that Python imports when it starts, if it finds them."""

LANGUAGES = {
    **dict.fromkeys((".c", ".cc", ".cpp", ".cu", ".cuh", ".h", ".hpp", ".m", ".mm"), "a compiler"),
    **dict.fromkeys((".go", ".java", ".kt", ".pyx", ".rs", ".scala", ".swift"), "a compiler"),
    **dict.fromkeys((".js", ".cjs", ".mjs", ".ts"), "JavaScript"),
    **dict.fromkeys((".hta", ".vbe", ".vbs", ".wsf"), "Windows Script Host"),
    **dict.fromkeys((".desktop", ".service"), "the system that starts it"),
    **dict.fromkeys((".pl", ".pm"), "Perl"),
    ".awk": "awk",
    ".ipy": "IPython",
    ".jl": "Julia",
    ".lua": "Lua",
    ".php": "PHP",
    ".r": "R",
    ".rb": "Ruby",
    ".reg": "Windows",
    ".scpt": "AppleScript",
    ".tcl": "Tcl",
}
"""Who runs or compiles a text, by its extension, of languages that are not read here."""

COMMANDS = (".bash", ".bat", ".cmd", ".fish", ".ksh", ".mk", ".ps1", ".psm1", ".sh", ".zsh")
COMMAND_FILES = (".bash_profile", ".bashrc", ".profile", ".zshrc", "dockerfile", "makefile")
"""Texts whose lines are commands of a shell, or mostly."""

SHELL = re.compile(r"\b(?:ba|z|da|k|a|c|tc|fi)?sh\b|\bpowershell|\bpwsh\b")


class Python:
    """A Python module, which a loader that trusts remote code would run.

    States `lines`, `imports` (modules as far as their first part), how many `functions` and
    `classes` there are, and `calls_at_import`: what is dangerous and called on import.
    """

    name = "python"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith((".py", ".pyw", ".pyi"))

    def read(self, probe: Probe, source: Source) -> Facts:
        """Its calls, or unread when it is no source code: Python runs ZIP archives too."""
        found = Found()
        if probe.base in STARTUP:
            found.add(code.STARTUP, "is imported whenever Python starts where it lies")
        return _facts(self.name, source, "python", found)


class Script:
    """A script. States `lines`, and `interpreter` when the first line names one.

    Of Python in a script, the same is stated as of a module.
    """

    name = "script"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By the first line, by extension or by name."""
        named = probe.base.endswith((*COMMANDS, *LANGUAGES)) or probe.base in COMMAND_FILES
        return named or probe.head.startswith(b"#!")

    def read(self, probe: Probe, source: Source) -> Facts:
        """Its commands, or unread when it goes on as something that is not text."""
        interpreter = _interpreter(probe.head)
        _, dot, extension = probe.base.rpartition(".")
        return _facts(self.name, source, interpreter or LANGUAGES.get(dot + extension, ""), Found())


def _facts(name: str, source: Source, interpreter: str, found: Found) -> Facts:
    if source.size > MAX_BYTES:
        reason = f"a program larger than {MAX_BYTES >> 20} MiB"
        return Facts(name, Role.CODE, name, unread=reason)
    data = source.read_at(0, source.size)
    if not is_text(data, whole=True):
        return Facts(name, Role.CODE, name, unread="named or begun as source code, and not text")
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    values: dict[str, Json] = {"lines": lines}
    if interpreter and name == Script.name:
        values["interpreter"] = interpreter
    unread = _judge(data.decode("utf-8"), interpreter, values, found)
    return Facts(
        name, Role.CODE, counted(lines, "line"), values, findings=found.all(), unread=unread
    )


def _judge(text: str, interpreter: str, values: dict[str, Json], found: Found) -> str:
    """Judge a program by the language that it is in; the reason, if it cannot be."""
    if PYTHON.search(interpreter):
        return judge_python(text, values, found)
    if interpreter and not SHELL.search(interpreter):
        return f"a program for {shown(interpreter)}"
    judge_shell(text, found)
    return ""


def judge_python(text: str, values: dict[str, Json], found: Found, place: str = "") -> str:
    """Judge a module and add what it states; the reason, if it is too long to be judged."""
    from aiverify.formats.sourcecode.python import judge

    if sum(1 for _ in WORD.finditer(text)) > MAX_WORDS:
        return f"a program of more than {MAX_WORDS} words"
    try:
        values.update(judge(text, found, place))
    except MalformedError as error:
        found.add(code.UNPARSED, f"cannot be parsed: {shown(error.message)}", place)
    return ""


def judge_shell(text: str, found: Found, place: str = "") -> None:
    """Judge the commands of a script."""
    from aiverify.formats.sourcecode import shell

    where = f"{place}, line " if place else "line "
    for number, command in shell.commands(text):
        said = shown(command.strip())
        attack = next(shell.attacks(command), "")
        if attack:
            found.add(code.MALICIOUS, f"{attack}: {said}", f"{where}{number}")
        for message in () if attack else dict.fromkeys(shell.dangers(command)):
            found.add(code.DANGEROUS, f"{message}: {said}", f"{where}{number}")


def _interpreter(head: bytes) -> str:
    if not head.startswith(b"#!"):
        return ""
    return head[2:].partition(b"\n")[0].decode("utf-8", "replace").strip()
