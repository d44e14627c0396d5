"""A container: its command line, its environment and its mounts, and what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors import commandline, mounts, options, shell, variables
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.named import NOT_TOLD, UNKNOWABLE, Named, Word, is_unknown
from aiverify.webhook.extractors.options import Form
from aiverify.webhook.extractors.paths import pointer
from aiverify.webhook.extractors.uris import doubtful, found_image
from aiverify.webhook.extractors.variables import Budget, Environment, Variable

MAX_NESTED = 4
"""Shells that may be started by shells."""

WORDS = ("command", "args", "extraArgs", "vllmArgs")
"""Members that hold a command line, in its order."""

HOOKS = (
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
    ("startupProbe",),
    ("readinessProbe",),
    ("livenessProbe",),
)
"""Members in which there is a command under `exec`."""

_SHELL = "is a script that cannot be followed"
_BLIND = "runs a program that the script does not name"
_INTERPRETER = re.compile(r"python[0-9.]*|perl|ruby|node")
_ACCELERATOR = re.compile("gpu|tpu|npu|neuron|gaudi|habana|/mig-")


@dataclass(frozen=True, slots=True)
class Container:
    """What is to be read of a container."""

    name: str
    image: str
    where: str
    init: bool
    words: tuple[Word, ...]
    has_command: bool
    environment: Environment
    mounts: mounts.Mounts
    directory: str
    wrong: tuple[str, ...]
    hooks: tuple[tuple[Word, ...], ...]
    serves: bool


def read(value: Mapping[str, Json], where: str, budget: Budget, *, init: bool = False) -> Container:
    """Read a container, whatever the types of its members are."""
    budget.spend()
    environment = variables.read(value, where, budget)
    words, wrong = _words(value, where, environment)
    found = mounts.read(value, where, environment)
    return Container(
        _text(value.get("name")),
        _text(value.get("image")),
        where,
        init,
        tuple(words),
        bool(value.get("command")),
        environment,
        found,
        _text(value.get("workingDir")),
        (*wrong, *environment.wrong, *found.wrong),
        tuple(_hooks(value, where, environment)),
        bool(options.server_of(_last(_text(value.get("image"))))) or _accelerated(value),
    )


def image_of(value: Mapping[str, Json], where: str) -> Iterator[Found]:
    """The image that a container runs."""
    image = value.get("image")
    if isinstance(image, str) and image:
        yield found_image(image, f"{where}/image")
    elif isinstance(image, list | int | float):
        yield doubtful("image", f"{where}/image", What.IMAGE, "is no text")


def named(container: Container) -> Iterator[Named]:
    """Everything that a container names, in the order in which it stands there."""
    for where in container.wrong:
        yield Named(where.rpartition("/")[2], where, problem="is of a wrong type, or too much")
    for item in _of_words(container):
        if item.problem != NOT_TOLD or not _is_told(item.text, container.environment):
            yield item
    for variable in container.environment.variables:
        yield from _of_variable(variable, container.environment)


def _is_told(server: str, environment: Environment) -> bool:
    """Whether a variable names the model that the command line leaves open.

    The variable is found by itself: here it only says that the server does not take its own.
    """
    known = options.TOLD_BY.get(server, ())
    return any(item.name in known and item.value for item in environment.variables)


def _words(
    value: Mapping[str, Json], where: str, environment: Environment
) -> tuple[list[Word], list[str]]:
    words: list[Word] = []
    wrong: list[str] = []
    for key in WORDS:
        stated = value.get(key)
        if stated is None:
            continue
        place = f"{where}/{key}"
        for index, item in enumerate(stated if isinstance(stated, list) else ()):
            if isinstance(item, str):
                words.append(Word(environment.expand(item), f"{place}/{index}"))
            else:
                wrong.append(f"{place}/{index}")
        if not isinstance(stated, list):
            wrong.append(place)
    return words, wrong


def _of_words(container: Container) -> Iterator[Named]:
    image = "" if container.has_command else _last(container.image)
    for index, words in enumerate((container.words, *container.hooks)):
        reader = _Reader(container.environment, container.mounts, container.serves)
        yield from reader.command(words, image if not index else "")


def _last(image: str) -> str:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _accelerated(value: Mapping[str, Json]) -> bool:
    """Whether a container asks for what models are run on."""
    stated = value.get("resources")
    limits = stated.get("limits") if isinstance(stated, Mapping) else None
    return isinstance(limits, Mapping) and any(map(_ACCELERATOR.search, limits))


def _hooks(
    value: Mapping[str, Json], where: str, environment: Environment
) -> Iterator[tuple[Word, ...]]:
    """The commands that a kubelet runs in a container beside its own."""
    for keys in HOOKS:
        inner: Json = value
        for key in (*keys, "exec"):
            inner = inner.get(key) if isinstance(inner, Mapping) else None
        if isinstance(inner, Mapping):
            words, wrong = _words(inner, f"{where}{pointer(*keys)}/exec", environment)
            environment.wrong += wrong
            yield tuple(words)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads command lines. `serves` says that the container is there to run a model."""

    environment: Environment
    mounts: mounts.Mounts
    serves: bool

    def command(self, words: tuple[Word, ...], image: str = "", depth: int = 0) -> Iterator[Named]:
        """What a command line names. Scripts for a shell are taken apart."""
        at = shell.script_at([word.text for word in words])
        if at is None:
            yield from _assigned(words, self.environment)
            yield from commandline.scan(words, image)
            if self.serves and self._is_blind(words, depth):
                yield Named("sh -c", words[0].where, problem=_BLIND)
            return
        script = words[at]
        if is_unknown(script.text) or depth >= MAX_NESTED:
            yield Named("sh -c", script.where, problem=_SHELL)
            return
        yield from self.script(script, depth)
        # What stands after the script is `$1`, which is not known within it.
        yield from commandline.scan((*words[:at], *words[at + 1 :]), whole=False)

    def script(self, script: Word, depth: int) -> Iterator[Named]:
        """What a shell's script names."""
        try:
            for texts in shell.commands(script.text, self.environment.known):
                self.environment.budget.spend()
                inner = tuple(Word(text, script.where) for text in texts)
                yield from self.command(inner, depth=depth + 1)
        except ValueError as error:
            yield Named("sh -c", script.where, problem=f"{_SHELL}: it {error}")

    def _is_blind(self, words: tuple[Word, ...], depth: int) -> bool:
        """Whether a command runs what neither a script nor the image holds."""
        first = words[0].text if words else ""
        files = [word.text for word in words[1:] if not word.text.startswith(("-", "+"))]
        is_shell = shell.is_shell(first)
        if not is_shell and not _INTERPRETER.fullmatch(first.rpartition("/")[2]):
            return is_unknown(first.partition("=")[0]) and depth > 0
        if first == "eval" or not files:
            return is_shell and depth > 0
        if is_unknown(files[0]) or self.mounts.covering(files[0]):
            return True
        return is_shell and not files[0].startswith("/")


def _assigned(words: tuple[Word, ...], environment: Environment) -> Iterator[Named]:
    """The variables that a command line sets: `MODEL_ID=x server`, `env MODEL_ID=x server`."""
    for word in words:
        name, equals, value = word.text.partition("=")
        if equals and name.isidentifier():
            unknown = is_unknown(value)
            variable = Variable(name, None if unknown else value, word.where)
            yield from _of_variable(variable, environment)


_VARIABLES = {option.name: option for option in options.VARIABLES}


def _of_variable(variable: Variable, environment: Environment) -> Iterator[Named]:
    name, value, where = variable.name, variable.value, variable.where
    if name in options.SWITCHES:
        if value is None or value.strip() not in options.OFF:
            yield Named(name, where, problem=options.SWITCHES[name])
    elif name == "HF_ENDPOINT":
        if value is None or value.rstrip("/") not in ("", options.HUB):
            yield Named(name, where, problem="makes names of Hugging Face lead elsewhere")
    elif name not in _VARIABLES:
        if value is not None and value.startswith(commandline.ALWAYS):
            yield Named(value, where)
    else:
        found = _VARIABLES[name]
        if value is None:
            if found.form is not Form.CACHE:
                yield Named(name, where, what=found.what, problem=UNKNOWABLE)
        elif value:
            revision = environment.get(found.revision) if found.revision else ""
            yield from commandline.read_value(found, Word(value, where), revision)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
