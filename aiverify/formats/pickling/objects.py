"""Opcodes that import, call, build and fill objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiverify.core import rules
from aiverify.errors import MalformedError
from aiverify.formats.pickling import allowlist, calls, dtypes
from aiverify.formats.pickling import attributes as attribute_names
from aiverify.formats.pickling.literals import name_line
from aiverify.formats.pickling.state import State
from aiverify.formats.pickling.values import (
    UNKNOWN,
    Call,
    Dict,
    List,
    Opaque,
    Persistent,
    Ref,
    Set,
    Tuple,
    Value,
)


def _ref(state: State, module: str, name: str) -> Ref:
    """A global, imported."""
    full = f"{module}.{name}".encode("utf-8", "backslashreplace").decode("utf-8")
    state.uses.imports(full, state.begin)
    return Ref(full)


def _global(state: State) -> None:
    module = name_line(state.cursor)
    state.stack.push(_ref(state, module, name_line(state.cursor)))


def _stack_global(state: State) -> None:
    """The names lie on the stack, wherever they came from."""
    name, module = state.stack.pop(), state.stack.pop()
    if isinstance(module, str) and isinstance(name, str):
        state.stack.push(_ref(state, module, name))
        return
    if not (_may_be_text(module) and _may_be_text(name)):
        raise MalformedError("a global's name is no string")
    state.note(rules.pickles.DYNAMIC, "imports a name that is computed or too long to be one")
    state.stack.push(UNKNOWN)


def _may_be_text(value: Value) -> bool:
    """Whether a value is a string, or may be one: of what is known, little gives strings."""
    if not isinstance(value, Call):
        return isinstance(value, str | Opaque)
    known = allowlist.harmless().allows(value.made)
    return not known or attribute_names.may_be_text(value.made)


def _extension(size: int) -> Callable[[State], None]:
    def extension(state: State) -> None:
        code = state.cursor.integer(size)
        message = f"imports number {code} of a registry that only the loading program knows"
        state.note(rules.pickles.EXTENSION, message)
        state.stack.push(UNKNOWN)

    return extension


def _call(state: State, function: Value, args: Value, kwargs: Value = None) -> None:
    """A call of something, which is a global or a finding."""
    made = Call(calls.named(function), args, kwargs)
    _judge_call(state, made)
    inner = calls.inner(made)
    while inner:
        state.spend(1)
        _judge_call(state, inner)
        _judge_state(state, inner)
        inner = calls.inner(inner)
    state.stack.push(made)


def _judge_call(state: State, made: Call) -> None:
    if isinstance(made.function, Ref):
        state.uses.calls(made.function.name)
    else:
        state.note(rules.pickles.DYNAMIC, "calls something that is no global but was computed")
    if made.reconstructs and not isinstance(made.argument(0), Ref):
        state.note(rules.pickles.DYNAMIC, "makes an object of a class that is computed")
    for rule, message in calls.problems(made):
        state.note(rule, message)


def _reduce(state: State) -> None:
    args = state.stack.pop()
    _call(state, state.stack.pop(), args)


def _newobj_ex(state: State) -> None:
    kwargs, args = state.stack.pop(), state.stack.pop()
    _call(state, state.stack.pop(), args, kwargs)


def _inst(state: State) -> None:
    module = name_line(state.cursor)
    made = _ref(state, module, name_line(state.cursor))
    _call(state, made, Tuple(state.stack.pop_to_mark()))


def _obj(state: State) -> None:
    items = state.stack.pop_to_mark()
    if not items:
        raise MalformedError("an object is made of nothing")
    _call(state, items[0], Tuple(items[1:]))


def _build(state: State) -> None:
    """Sets the state of an object; of a global, it would change that for the whole program."""
    attributes = state.stack.pop()
    made = state.stack.top
    if isinstance(made, Call):
        made.state = attributes
        _judge_state(state, made)
    else:
        state.note(rules.pickles.DYNAMIC, "sets attributes of something that it did not make")


def _judge_state(state: State, made: Call) -> None:
    if made.state is None:
        return
    state.spend(attribute_names.width(made.state))
    _note(state, attribute_names.wrong(made))
    if made.made == dtypes.DTYPE:
        _check_dtype(state, made)


def _note(state: State, problem: str) -> None:
    if problem:
        state.note(rules.pickles.DYNAMIC, problem)


def _check_dtype(state: State, made: Call) -> None:
    for part in made.state.items if isinstance(made.state, Tuple) else ():
        if isinstance(part, Dict):
            part.kept = True
    try:
        dtypes.read(made)
    except MalformedError as error:
        state.note(rules.pickles.CONFUSION, error.message)


def _append(state: State) -> None:
    _extend(state, [state.stack.pop()])


def _appends(state: State) -> None:
    _extend(state, state.stack.pop_to_mark())


def _extend(state: State, items: list[Value]) -> None:
    """Appends or adds to a list, a set, or an object that has a method for it."""
    made = state.stack.top
    if isinstance(made, List | Set | Call):
        made.items += items
        if isinstance(made, Call):
            _note(state, attribute_names.wrong_filling(made, ()))
    else:
        _odd(state, made)


def _setitem(state: State) -> None:
    value, key = state.stack.pop(), state.stack.pop()
    _update(state, [key, value])


def _setitems(state: State) -> None:
    _update(state, state.stack.pop_to_mark())


def _update(state: State, items: list[Value]) -> None:
    made = state.stack.top
    if isinstance(made, Dict | Call):
        made.pairs += _pairs(items)
        if isinstance(made, Dict) and made.kept:
            state.note(rules.pickles.CONFUSION, "changes the parts of a dtype that is made already")
        if isinstance(made, Call):
            _note(state, attribute_names.wrong_filling(made, items[::2]))
    else:
        _odd(state, made)


def _odd(state: State, made: Value) -> None:
    """Something is put into what holds nothing; into a global, by whatever method it has."""
    if isinstance(made, Ref | Persistent) or made is UNKNOWN:
        state.note(rules.pickles.DYNAMIC, "calls a method of something that it did not make")
    else:
        raise MalformedError("something is put into a value that holds nothing")


def _pairs(items: list[Value]) -> list[tuple[Value, Value]]:
    if len(items) % 2:
        raise MalformedError("a dictionary's key has no value")
    return list(zip(items[::2], items[1::2], strict=True))


def _dict(state: State) -> None:
    state.stack.push(Dict(_pairs(state.stack.pop_to_mark())))


def _tuple(size: int) -> Callable[[State], None]:
    def tuple_of(state: State) -> None:
        items = [state.stack.pop() for _ in range(size)]
        state.stack.push(Tuple(items[::-1]))

    return tuple_of


def _persid(state: State) -> None:
    state.stack.push(Persistent(name_line(state.cursor)))


BY_OPCODE: Mapping[bytes, Callable[[State], None]] = {
    b"c": _global,
    b"\x93": _stack_global,
    b"\x82": _extension(1),
    b"\x83": _extension(2),
    b"\x84": _extension(4),
    b"R": _reduce,
    b"\x81": _reduce,
    b"\x92": _newobj_ex,
    b"i": _inst,
    b"o": _obj,
    b"b": _build,
    b"a": _append,
    b"e": _appends,
    b"\x90": _appends,
    b"s": _setitem,
    b"u": _setitems,
    b"d": _dict,
    b"l": lambda state: state.stack.push(List(state.stack.pop_to_mark())),
    b"t": lambda state: state.stack.push(Tuple(state.stack.pop_to_mark())),
    b"\x91": lambda state: state.stack.push(Set(state.stack.pop_to_mark(), frozen=True)),
    b"\x85": _tuple(1),
    b"\x86": _tuple(2),
    b"\x87": _tuple(3),
    b"P": _persid,
    b"Q": lambda state: state.stack.push(Persistent(state.stack.pop())),
}
"""What each such opcode does."""
