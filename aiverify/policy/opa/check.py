"""`opa check`: what OPA's compiler and type checker say of policies, and of what they read.

An `opa` program can do this, and a server cannot. Nothing is evaluated.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json, canonical, load_object
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UndecidedError
from aiverify.policy.opa.place import OpaPlace, find_program
from aiverify.policy.opa.program import MAX_MEMORY, start
from aiverify.policy.sources import Module, PolicySet
from aiverify.policy.style import Remark

NAME = "opa-check"
"""What remarks say that they come from."""

MAX_ERRORS = 1000
MAX_ANSWER = 16 << 20
"""Bytes of what the program may say."""

_ANNOTATION = re.compile(r"(#[^\S\n]*)METADATA")
_SCHEMA = "input.json"


def check(
    policies: PolicySet, schema: Json, place: OpaPlace, *, strict: bool = False
) -> tuple[Remark, ...]:
    """Everything that OPA has against policies, sorted by file and line.

    `schema` is what they see as `input`; `strict` is OPA's own, which counts what is imported
    or assigned and never used.

    Raises:
        InputError: there is no `opa` to start.
        UndecidedError: it does not start, gives no answer in time, or one that says nothing.
    """
    program = find_program(place.program)
    files = {f"{index:04}.rego": module for index, module in enumerate(policies.modules)}
    with tempfile.TemporaryDirectory(prefix="opa") as name:
        folder = Path(name)
        for file, module in files.items():
            (folder / file).write_bytes(_unannotated(module.text).encode("utf-8"))
        (folder / _SCHEMA).write_bytes(canonical(schema))
        words = ["check", "--format", "json", "--schema", _SCHEMA, "--max-errors", f"{MAX_ERRORS}"]
        words += ["--strict"] if strict else []
        passed, said = _run(program, [*words, "--", *files], folder, place.timeout)
    if passed:
        return ()
    return tuple(sorted(_remarks(said, files)))


def _unannotated(text: str) -> str:
    """A policy without METADATA: a schema there could have files and addresses read by OPA."""
    return _ANNOTATION.sub(r"\1metadata", text)


def _run(program: Path, words: Sequence[str], folder: Path, timeout: float) -> tuple[bool, bytes]:
    """Whether it ended well, and what it said."""
    log = folder / "log"
    with log.open("wb") as out:
        process = start(program, words, folder, out, MAX_MEMORY)
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired as error:
        raise UndecidedError(f"opa check gave no answer within {timeout:g} s") from error
    finally:
        process.kill()
        process.wait()
    with log.open("rb") as said:
        return code == 0, said.read(MAX_ANSWER)


def _remarks(said: bytes, files: Mapping[str, Module]) -> Iterator[Remark]:
    try:
        errors: Any = load_object(said, "what opa check says").get("errors")
    except MalformedError as error:
        last = said[-(1 << 16) :].decode("utf-8", "replace").strip().rpartition("\n")[2]
        shown = printable(last[:300]) or "no reason"
        raise UndecidedError(f"opa check does not end well: {shown}") from error
    if not isinstance(errors, list) or not errors:
        raise UndecidedError("opa check refuses the policies, and does not say why")
    for item in errors:
        details = item.get("details") or {}
        if not _is_about_null(details):
            yield _remark(item, details, files)


def _is_about_null(details: Mapping[str, Any]) -> bool:
    """Whether something is compared with null, which no schema can tell OPA that it may be."""
    return {"type": "null"} in (details.get("a"), details.get("b"))


def _remark(item: Any, details: Mapping[str, Any], files: Mapping[str, Module]) -> Remark:
    place = item.get("location") or {}
    file = place.get("file", "")
    origin = files[file].origin if file in files else "the policies"
    message = printable(" ".join([str(item.get("message")), *_types(details)]))
    known = ", ".join(printable(str(name)) for name in details.get("oneOf") or ())
    fix = f"There are {known}." if known else ""
    return Remark(origin, place.get("row", 0), NAME, Severity.ERROR, message, fix)


def _types(details: Mapping[str, Any]) -> Iterator[str]:
    """What OPA takes things for, where that is its complaint."""
    given = [details["a"], details["b"]] if {"a", "b"} <= details.keys() else details.get("have")
    if isinstance(given, list):
        yield f"({', '.join(str(item.get('type', 'any')) for item in given)})"
