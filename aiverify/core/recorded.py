"""Facts as they are recorded: what somebody found in files, in JSON that can be read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from aiverify.core.facts import Facts, FileFacts, Role, Tensor
from aiverify.core.finding import Finding, Severity
from aiverify.core.globals import Global
from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import check, printable
from aiverify.errors import MalformedError

T = TypeVar("T", str, int, bool)


def record(files: Iterable[FileFacts]) -> dict[str, Json]:
    """What is known of files, by their names. `read` gives the same back."""
    return {item.name: _recorded(item) for item in files}


def read(value: Json, where: str) -> tuple[FileFacts, ...]:
    """What somebody recorded of files, in the order of their names.

    Raises:
        MalformedError: it is nothing that `record` gives.
        UnsafeNameError: a name that no file of an artifact may have.
    """
    return tuple(_file(check(name), item, where) for name, item in sorted(_object(value, where)))


def _recorded(item: FileFacts) -> dict[str, Json]:
    facts = item.facts
    tensors: list[Json] = [[each.name, each.dtype, list(each.shape)] for each in facts.tensors]
    fields: dict[str, Json] = {
        "summary": facts.summary,
        "values": facts.values,
        "tensors": tensors,
        "globals": [each.to_json() for each in facts.globals],
        "findings": [each.to_json() for each in facts.findings],
        "unread": facts.unread,
    }
    stated = {key: value for key, value in fields.items() if value}
    return {"format": facts.format, "role": facts.role.value, "size": item.size, **stated}


def _file(name: str, value: Json, where: str) -> FileFacts:
    place = f"{where}: {printable(name)}"
    members = dict(_object(value, place))
    values = members.get("values", {})
    facts = Facts(
        _typed(members.get("format"), str, f"{place}: format"),
        _role(members.get("role"), place),
        _typed(members.get("summary", ""), str, f"{place}: summary"),
        dict(_object(values, f"{place}: values")),
        tuple(_tensor(item, place) for item in _list(members.get("tensors", []), place)),
        tuple(_global(item, place) for item in _list(members.get("globals", []), place)),
        tuple(_finding(item, place) for item in _list(members.get("findings", []), place)),
        _typed(members.get("unread", ""), str, f"{place}: unread"),
    )
    return FileFacts(name, _size(members.get("size"), f"{place}: size"), facts)


def _role(value: Json, place: str) -> Role:
    text = _typed(value, str, f"{place}: role")
    if text not in set(Role):
        raise MalformedError(f"{place}: there is no role {printable(text)}")
    return Role(text)


def _tensor(value: Json, place: str) -> Tensor:
    name, dtype, shape = _exactly(value, 3, f"{place}: a tensor")
    sizes = (_size(item, f"{place}: a shape") for item in _list(shape, place))
    return Tensor(
        _typed(name, str, f"{place}: a tensor's name"),
        _typed(dtype, str, f"{place}: a dtype"),
        tuple(sizes),
    )


def _global(value: Json, place: str) -> Global:
    members = dict(_object(value, f"{place}: a global"))
    return Global(
        _typed(members.get("name"), str, f"{place}: a global"),
        _typed(members.get("place"), str, f"{place}: a global"),
        _typed(members.get("invoked"), bool, f"{place}: a global"),
    )


def _finding(value: Json, place: str) -> Finding:
    members = dict(_object(value, f"{place}: a finding"))
    texts = {
        key: _typed(members.get(key), str, f"{place}: a finding's {key}")
        for key in ("rule", "severity", "message", "file", "place", "fix", "cwe")
    }
    if texts["severity"] not in set(Severity):
        raise MalformedError(f"{place}: there is no severity {printable(texts['severity'])}")
    severity = Severity(texts.pop("severity"))
    return Finding(severity=severity, **texts)


def _size(value: Json, what: str) -> int:
    number = _typed(value, int, what)
    if number < 0:
        raise MalformedError(f"{what} is below nothing")
    return number


def _typed(value: Json, wanted: type[T], what: str) -> T:
    # A boolean is a number to Python, and no size.
    if type(value) is not wanted:
        raise MalformedError(f"{what} is {kind(value)}")
    return value


def _object(value: Json, what: str) -> Iterable[tuple[str, Json]]:
    if not isinstance(value, Mapping):
        raise MalformedError(f"{what} is {kind(value)}, not an object")
    return value.items()


def _list(value: Json, what: str) -> Sequence[Json]:
    if not isinstance(value, list):
        raise MalformedError(f"{what}: a list is {kind(value)}")
    return value


def _exactly(value: Json, count: int, what: str) -> Sequence[Json]:
    found = _list(value, what)
    if len(found) != count:
        raise MalformedError(f"{what} has {len(found)} members, not {count}")
    return found
