"""Words of a command line that mean what they say, read without a library of types.

Typer builds a validator for each parameter, given or not, and loads what builds them: longer than
most commands run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin


def read_plainly(command: Any) -> None:
    """Have a command's texts, paths and choices read here, and all else as typer reads it."""
    command.get_help_option = _not_asked_for(command.get_help_option)
    declared = {}
    if command.callback:
        declared = dict(inspect.signature(command.callback, eval_str=True).parameters)
    for parameter in command.params:
        if parameter.callback is None:
            kind = declared[parameter.name].annotation
            parameter.process_value = _reader(parameter, *_kind_of(kind))


def _not_asked_for(theirs: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The option `--help`, which is False where typer would look for the type of None."""

    def get_help_option(context: Any) -> Any:
        option = theirs(context)
        if option is not None and option.default is None:
            option.default = False
        return option

    return get_help_option


def _reader(parameter: Any, kind: Any, several: bool) -> Callable[[Any, Any], Any]:
    theirs = parameter.process_value
    plain = isinstance(kind, type) and issubclass(kind, str | Path | Enum)

    def read(context: Any, value: Any) -> Any:
        try:
            if value is None and not parameter.required:
                return () if several else None
            if plain and several and value and isinstance(value, list | tuple):
                return [_plain(kind, item) for item in value]
            if plain and not several:
                return _plain(kind, value)
        except ValueError:
            if isinstance(kind, type) and issubclass(kind, Enum):
                raise _no_choice(context, parameter, kind, value) from None
        return theirs(context, value)

    return read


def _no_choice(context: Any, parameter: Any, kind: type[Enum], value: Any) -> Exception:
    import typer

    choices = ", ".join(str(choice.value) for choice in kind)
    return typer.BadParameter(f"{value!r} is none of {choices}.", ctx=context, param=parameter)


def _plain(kind: Any, value: Any) -> Any:
    """What a word means, or a default is.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, kind):
        return value
    if isinstance(value, str):
        return kind(value)
    raise ValueError


def _kind_of(annotation: Any) -> tuple[Any, bool]:
    """What one word of a parameter stands for, and whether it may have several."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    if NoneType in get_args(annotation) and len(kinds) == 1:
        annotation = kinds[0]
    if get_origin(annotation) is list:
        return get_args(annotation)[0], True
    return annotation, False
