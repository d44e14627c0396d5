"""Shell commands: the shapes of attacks, and what else a person should read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

SHELL = (
    r"(?:sudo\s+)?(?:/usr)?(?:/bin/)?(?:env\s+)?"
    r"(?:(?:ba|z|da|k|a)?sh|python[\d.]*|perl|ruby|node|php)\b"
    r"(?!\s+(?:-[mc]\s|[\w./-]+\.\w))"
)

"""An interpreter that reads its program from another's output, and not a module or a file."""

ATTACKS: Sequence[tuple[str, re.Pattern[str]]] = (
    (
        "runs what it fetches",
        re.compile(rf"\b(?:curl|wget|fetch)\b[^\n|]{{0,500}}\|(?:[^\n|]{{0,200}}\|)?\s*{SHELL}"),
    ),
    (
        "runs what it fetches",
        re.compile(
            r"(?:\b(?:sh|bash|zsh|eval|source|exec|python3?)|(?:^|[;&\s])\.)\s+(?:-c\s+)?[\"']?"
            r"(?:\$\(|<\(|`)\s*(?:curl|wget)\b"
        ),
    ),
    (
        "runs what it decodes",
        re.compile(
            r"\b(?:base64|base32|xxd|openssl|gunzip|uudecode|rev|tr)\b[^\n|]{0,300}"
            rf"\|(?:[^\n|]{{0,200}}\|)?\s*{SHELL}"
        ),
    ),
    (
        "runs what it decodes",
        re.compile(
            r"\b(?:eval|bash\s+-c|sh\s+-c)\s+[\"']?(?:\$\(|`)[^\n]{0,500}\b(?:base64|xxd)\b"
        ),
    ),
    ("connects a shell to another machine", re.compile(r"/dev/(?:tcp|udp)/")),
    (
        "connects a shell to another machine",
        re.compile(r"\b(?:nc|ncat|netcat)\b[^\n;|]{0,200}\s(?:-[a-z]*[ec]|--exec|--sh-exec)\s"),
    ),
    (
        "connects a shell to another machine",
        re.compile(
            r"\bmkfifo\b[^\n]{0,300}\b(?:nc|ncat|netcat|telnet)\b|\bsocat\b[^\n]{0,300}exec:", re.I
        ),
    ),
    (
        "runs what it fetches",
        re.compile(
            r"\bpowershell\b[^\n]{0,300}\s-e(?:nc|ncodedcommand)?\s|\b(?:iex|invoke-expression)\b"
            r"[^\n]{0,100}(?:downloadstring|webclient|invoke-webrequest|frombase64string|\biwr\b)"
            r"|downloadstring\b[^\n]{0,300}\|\s*iex\b|\bcertutil\b[^\n]{0,200}-(?:urlcache|decode)\b",
            re.I,
        ),
    ),
    ("lets somebody else log in", re.compile(r">>?\s*\S*\.ssh/authorized_keys")),
)
"""What only an attack does."""

DANGERS: Sequence[tuple[str, re.Pattern[str]]] = (
    (
        "opens a connection",
        re.compile(r"(?:^|[\s;&|(`])(?:curl|wget|nc|ncat|ssh|scp|telnet|ftp)\s"),
    ),
    (
        "removes what is not its own",
        re.compile(r"\brm\s+-\w*[rf]\w*\s+(?:--\S+\s+)*[\"']?(?:/|~|\$HOME)"),
    ),
    ("acts as the administrator", re.compile(r"(?:^|[\s;&|(`])(?:sudo|doas|su\s+-c)\s")),
    ("evaluates text", re.compile(r"(?:^|[\s;&|])eval\s")),
    (
        "changes what starts by itself",
        re.compile(
            r"\bcrontab\b|/etc/(?:cron|rc|init|profile)|>>?\s*\S*\.(?:bash|zsh|pro)\w*rc\b|>>?\s*\S*\.profile\b|\bsystemctl\s+enable\b"
        ),
    ),
    ("writes to a device", re.compile(r"\bof=/dev/(?!null)|\bmkfs\b|>\s*/dev/[sh]d")),
)
"""What a person should read."""

MAX_LINE = 10_000
"""Characters of a command, with the lines that continue it. What is longer is read in pieces."""


def attacks(command: str) -> Iterator[str]:
    """What a command does that only an attack does."""
    for message, pattern in ATTACKS:
        if pattern.search(command):
            yield message


def dangers(command: str) -> Iterator[str]:
    """What a command does that a person should read."""
    for message, pattern in DANGERS:
        if pattern.search(command):
            yield message


def commands(text: str) -> Iterator[tuple[int, str]]:
    """The commands of a script with their line numbers, without comments."""
    begun, number = "", 0
    for at, line in enumerate(text.split("\n"), 1):
        number = number if begun else at
        begun += line
        if line.endswith("\\") and len(begun) < MAX_LINE:
            begun = begun[:-1] + " "
            continue
        if begun.strip() and not begun.lstrip().startswith("#"):
            yield from ((number, piece) for piece in _pieces(begun))
        begun = ""
    if begun:
        yield number, begun[:MAX_LINE]


def _pieces(command: str) -> Iterator[str]:
    """A command, or overlapping pieces of a very long one."""
    for start in range(0, max(len(command), 1), MAX_LINE - 1000):
        yield command[start : start + MAX_LINE]
