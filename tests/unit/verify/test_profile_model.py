"""The model of the profile and its reader: they know the same members, and their types."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiverify.errors import MalformedError
from aiverify.verify import profile
from aiverify.verify.profile import Profile, model, read_profile
from aiverify.verify.profile.model import PROFILE
from aiverify.verify.profile.shape import Flag, Free, Record, Several, Shape, Text, Whole, leaves
from tests.support.profiles import full_document, lay_files

Steps = tuple[Any, ...]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lay_files(tmp_path)
    return tmp_path


def read(folder: Path, document: object) -> Profile:
    (folder / "aiverify.yaml").write_text(json.dumps(document))
    return read_profile(folder / "aiverify.yaml")


def walk(value: Any, shape: Shape, path: Steps = ()) -> Iterator[tuple[Steps, Any, Shape]]:
    """Every value of a document with its place and its shape."""
    yield path, value, shape
    if isinstance(shape, Record):
        for name, item in value.items():
            yield from walk(item, shape.members[name], (*path, name))
    elif isinstance(shape, Several):
        for at, item in enumerate(value):
            yield from walk(item, shape.item, (*path, at))


PLACES = [(path, shape) for path, _, shape in walk(full_document(), PROFILE)]


def shown(path: Steps) -> str:
    return ".".join(map(str, path)) or "root"


def changed(path: Steps, change: Any) -> Any:
    """The document with something done to the value at a path."""
    document = {"": copy.deepcopy(full_document())}
    holder: Any = document
    for step in ("", *path)[:-1]:
        holder = holder[step]
    last = ("", *path)[-1]
    change(holder, last)
    return document[""]


def test_the_full_profile_is_read_and_has_every_member_of_the_model(folder: Path):
    assert read(folder, full_document()).admission.models_required == ("inference-*",)
    there = {tuple("[]" if isinstance(s, int) else s for s in path) for path, _ in PLACES}
    assert there == {path for path, _ in leaves(PROFILE)}


def test_the_reader_knows_members_by_the_model_alone():
    folder = Path(profile.__file__).parent
    calls = [
        node.args[1]
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "members"
    ]
    used = {arg.attr for arg in calls if isinstance(arg, ast.Attribute)}
    assert [ast.unparse(arg) for arg in calls if not ast.unparse(arg).startswith("model.")] == []
    known = {name for name, value in vars(model).items() if isinstance(value, Record)}
    assert used == known


RECORDS = [path for path, shape in PLACES if isinstance(shape, Record) and path[-1:] != ("kinds",)]


@pytest.mark.parametrize("path", RECORDS, ids=shown)
def test_a_member_that_the_model_has_not_is_refused_everywhere(folder: Path, path: Steps):
    def add(holder: Any, last: Any) -> None:
        holder[last]["unheard_of"] = "x"

    with pytest.raises(MalformedError, match="unknown field unheard_of"):
        read(folder, changed(path, add))


def test_a_kind_that_there_is_not_has_no_quorum(folder: Path):
    def add(holder: Any, last: Any) -> None:
        holder[last]["unheard_of"] = {"threshold": 1}

    with pytest.raises(MalformedError, match="names the kind unheard_of"):
        read(folder, changed(("trust", "kinds"), add))


REQUIRED = [
    (*path, name)
    for path, shape in PLACES
    if isinstance(shape, Record)
    for name in sorted(shape.required)
]


@pytest.mark.parametrize("path", REQUIRED, ids=shown)
def test_what_the_model_requires_the_reader_requires(folder: Path, path: Steps):
    def remove(holder: Any, last: Any) -> None:
        del holder[last]

    with pytest.raises(MalformedError):
        read(folder, changed(path, remove))


def wrong(shape: Shape) -> list[Any]:
    """Values of other types than a shape's. A lone text may be a short form."""
    values: list[tuple[type, Any]] = [(Text, "x"), (Whole, 3), (Flag, True), (Several, ["x"])]
    if isinstance(shape, Record) and shape.alone:
        return [3, True, None]
    if isinstance(shape, Record | Free):
        return [value for _, value in values] + [None]
    return [value for kind, value in values if kind is not type(shape)] + [None, {"a": "x"}]


TYPED = [
    (path, shape) for path, shape in PLACES if not (isinstance(shape, Free) and shape.any_type)
]


@pytest.mark.parametrize(("path", "shape"), TYPED, ids=[shown(path) for path, _ in TYPED])
def test_a_value_of_another_type_is_refused_everywhere(folder: Path, path: Steps, shape: Shape):
    for value in wrong(shape):

        def put(holder: Any, last: Any, value: Any = value) -> None:
            holder[last] = value

        with pytest.raises(MalformedError) as caught:
            read(folder, changed(path, put))
        assert "aiverify.yaml" in caught.value.message, value


FILLED = [path for path, shape in PLACES if isinstance(shape, Several) and shape.filled]


@pytest.mark.parametrize("path", FILLED, ids=shown)
def test_a_list_that_must_say_something_is_not_empty(folder: Path, path: Steps):
    def empty(holder: Any, last: Any) -> None:
        holder[last] = []

    with pytest.raises(MalformedError):
        read(folder, changed(path, empty))


CHOICES = [path for path, shape in PLACES if isinstance(shape, Text) and shape.choices]
PATTERNS = [path for path, shape in PLACES if isinstance(shape, Text) and shape.pattern]


@pytest.mark.parametrize("path", [*CHOICES, *PATTERNS], ids=shown)
def test_a_word_that_the_model_has_not_is_refused(folder: Path, path: Steps):
    def put(holder: Any, last: Any) -> None:
        holder[last] = "whenever"

    with pytest.raises(MalformedError):
        read(folder, changed(path, put))
