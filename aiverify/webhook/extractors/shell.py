"""Taking a shell's text apart into commands, as far as that can be done without a shell.

POSIX.1-2024, Shell Command Language, 2.2 and 2.3. Words whose value only a shell could tell are
kept, and marked: nobody guesses what they come to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

MAX_SCRIPT = 131072
"""Characters of a script: what Linux takes for one argument (MAX_ARG_STRLEN)."""

MAX_VALUE = 4096
"""Characters of a variable's value that is put into a word."""

UNKNOWN = "\0"
"""What stands in a word for what only a shell could tell. No argument has it otherwise."""

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\\\n)
    |(?P<comment>\#[^\n]*)
    |(?P<substitution>\$\(|`)
    |(?P<redirect>&>>?|[<>]+[&|]?)
    |(?P<end>[\n;&|()]+)
    |'(?P<single>[^']*)'
    |(?P<ansi>\$')
    |"(?P<double>(?:[^"\\]|\\.)*)"
    |\\(?P<escaped>.)
    |(?P<plain>(?:[^\s;&|()<>'"\\`\#$]|\$(?!['(]))+|[^'"])
    """,
    re.VERBOSE | re.DOTALL,
)
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)|(\{|\(|[0-9@*#?$!-]))", re.ASCII)
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)\+?=(.*)", re.DOTALL | re.ASCII)
_NAMES = re.compile(r"(?:(?<![\w$-])|\bfor[ \t]+)([A-Za-z_]\w*)(?:\+?=|[ \t\n;]+(?:in|do)\b)", re.A)
_ESCAPED = re.compile(r'\\([$`"\\\n])')
_GLOB = frozenset("*?[~")
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"})
_SETTING = frozenset({"export", "declare", "readonly", "local", "typeset"})
_OPAQUE = re.compile(
    r"\b(?:read|eval|source|getopts|mapfile|readarray|let|unset|trap|alias|nameref|printf\s+-v"
    r"|declare\s+-n|set\s+--)\b|(?:^|[;&|\n(]|\bthen|\bdo)[ \t]*\.[ \t]|:=|\$\{[A-Za-z_]\w*=|\bIFS="
)
_KEYWORDS = frozenset(
    {"if", "then", "else", "elif", "while", "until", "for", "case", "{", "!", "function", "select"}
)

Word = list[tuple[str, bool]]
"""The pieces of a word, each with whether a shell expands variables in it."""


def script_at(words: Sequence[str]) -> int | None:
    """Where in a command line the script is that a shell is given, or None if there is none."""
    shell = next((i for i, word in enumerate(words) if word.rpartition("/")[2] in _SHELLS), None)
    if shell is None:
        return None
    for index in range(shell + 1, len(words)):
        if re.fullmatch("-[a-zA-Z]*c[a-zA-Z]*", words[index]):
            after = index + 1
            while after < len(words) and words[after].startswith(("-", "+")):
                after += 1
            return after if after < len(words) else None
    return None


def is_shell(word: str) -> bool:
    """Whether a program is a shell, or reads a script from elsewhere."""
    return word.rpartition("/")[2] in _SHELLS or word in ("eval", "source", ".")


def commands(script: str, variables: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """The words of each command of a script, in order; no branch is left out.

    Assignments before a command are words of it. `variables` are those of the environment; a
    value that nobody knows is `UNKNOWN`, and so is one that the script may or may not set.

    Raises:
        ValueError: it is too long, or a quotation does not end.
    """
    if len(script) > MAX_SCRIPT:
        raise ValueError(f"has more than {MAX_SCRIPT} characters")
    known = _Variables(variables, script)
    for pieces, end in _split(script):
        words = known.take(pieces, end)
        if words:
            yield words


class _Variables:
    """What is known of variables while a script is read from its top."""

    def __init__(self, values: Mapping[str, str], script: str) -> None:
        counts = Counter(_NAMES.findall(script))
        self._values = {name: value for name, value in values.items() if name not in counts}
        self._once = {name for name, n in counts.items() if n == 1 and name not in values}
        self._straight = True
        self._left = 4 * MAX_SCRIPT
        if _OPAQUE.search(script):
            self._values, self._once = {}, set()

    def take(self, pieces: Sequence[Word], end: str) -> tuple[str, ...]:
        """The words of a command. What it sets is known to those after it."""
        words = tuple(self._expanded(word) for word in pieces)
        sets = words[1:] if words and words[0] in _SETTING else words
        pairs = [_ASSIGNED.fullmatch(word) for word in sets]
        assigns = bool(pairs) and all(pairs)
        if words and words[0] in _KEYWORDS:
            self._straight = False
        if assigns and self._straight:
            self._values.update({p[1]: p[2] for p in pairs if p and p[1] in self._once})
        if end.strip(" ;\n") and not (end == "&&" and (assigns or words[:1] == ("set",))):
            self._straight = False
        return words

    def _expanded(self, word: Word) -> str:
        return "".join(_VARIABLE.sub(self._value, text) if live else text for text, live in word)

    def _value(self, found: re.Match[str]) -> str:
        value = self._values.get(found[1] or found[2] or "", UNKNOWN)
        self._left -= len(value)
        return value if len(value) <= MAX_VALUE and self._left > 0 else UNKNOWN


def _split(script: str) -> Iterator[tuple[list[Word], str]]:
    words: list[Word] = []
    word: Word = []
    skipping, at = False, 0
    while at < len(script):
        found = _TOKEN.match(script, at)
        if not found:
            raise ValueError("has a quotation that does not end")
        at, name = found.end(), found.lastgroup
        if name == "comment" and word:
            name, at = "plain", found.start() + 1
        if name in ("single", "ansi", "double", "escaped", "plain"):
            word.append(_piece(found, name, script[found.start() : at]))
            continue
        if name == "substitution":
            word.append((UNKNOWN, False))
        if word and not skipping and not (name == "redirect" and _is_descriptor(word)):
            words.append(word)
        skipping = name == "redirect" or (skipping and not word)
        word = []
        if name in ("end", "substitution"):
            yield words, found[0]
            words, skipping = [], False
    if word and not skipping:
        words.append(word)
    yield words, ""


def _is_descriptor(word: Word) -> bool:
    return len(word) == 1 and word[0][0].isdecimal()


def _piece(found: re.Match[str], name: str, text: str) -> tuple[str, bool]:
    if name == "single":
        return found["single"], False
    if name == "ansi":
        return UNKNOWN, False
    if name == "double":
        inner = _ESCAPED.sub(_unescaped, found["double"].replace("\\`", UNKNOWN))
        return inner.replace("`", UNKNOWN), True
    if name == "escaped":
        return found["escaped"], False
    return (UNKNOWN if _GLOB & set(text) else text, True)


def _unescaped(found: re.Match[str]) -> str:
    # A dollar that is none would be taken for one, so that nobody knows what it is.
    return {"\n": "", "$": UNKNOWN}.get(found[1], found[1])
