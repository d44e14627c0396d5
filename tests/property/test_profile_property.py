"""Profiles of any content: read or refused, and never a way out for who writes a workload."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.admission import (
    Admission,
    Exemption,
    Mode,
    ModeRule,
    is_path,
    repository_of,
)
from aiverify.errors import AiverifyError, MalformedError
from aiverify.verify.profile import read_profile_object
from aiverify.verify.profile.exemptions import read_exemption
from aiverify.webhook.extractors import paths
from tests.support.profiles import full_document, lay_files

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["*", "**", "*/*", "a*", "team-*", "system:authenticated", "../x", "1h", "{}"]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=6,
)


@cache
def spec() -> dict[str, Any]:
    """A whole profile; made when it is wanted, as it has keys."""
    return {key: value for key, value in full_document().items() if key != "apiVersion"}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for name, below in value.items():
            yield from places(below, (*path, name))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from places(below, (*path, at))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        lay_files(Path(name))
        yield Path(name)


@settings(deadline=None)
@given(data=st.data())
def test_whatever_stands_anywhere_is_read_or_refused_in_one_printable_line(folder: Path, data: Any):
    found: Any = copy.deepcopy(spec())
    holder = found
    *steps, last = data.draw(st.sampled_from(list(places(found))))
    for step in steps:
        holder = holder[step]
    holder[last] = data.draw(VALUES)
    said = ""
    try:
        read_profile_object(found, folder)
    except AiverifyError as error:
        said = error.message
    assert said.isprintable(), ascii(said)


NAMES = st.text("abz-*", min_size=1, max_size=6)
SCOPES = st.fixed_dictionaries(
    {},
    optional={
        "namespaces": st.lists(NAMES, max_size=3),
        "users": st.lists(st.sampled_from(["*", "alice", "system:anonymous", ""]), max_size=2),
        "groups": st.lists(
            st.sampled_from(["*", "sre", "system:authenticated", "system:serviceaccounts"]),
            max_size=2,
        ),
        "objects": st.lists(st.sampled_from(["*/*", "**", "*", "Pod/*", "*/web", "Pod/a*"])),
    },
)


@settings(deadline=None)
@given(
    scopes=SCOPES,
    namespace=st.text("abz-", max_size=6),
    name=st.text("abz-web", max_size=6),
    kind=st.sampled_from(["Pod", "Deployment"]),
)
def test_nobody_is_exempt_by_what_they_choose_unless_their_namespace_is(
    scopes: dict[str, Any], namespace: str, name: str, kind: str
):
    exemption = None
    with suppress(MalformedError):
        exemption = read_exemption(
            {"reason": "r", "expires": "2027-01-01", **scopes}, "exemptions[1]"
        )
    groups = ("system:authenticated", "system:serviceaccounts", "developers")
    user = "system:serviceaccount:kube-system:replicaset-controller"
    if exemption and exemption.covers(namespace, kind, name, user, groups):
        beginnings = [item.rstrip("*") for item in exemption.namespaces]
        assert any(beginning and namespace.startswith(beginning) for beginning in beginnings)


PATTERNS = st.lists(st.text("ab*", min_size=1, max_size=4), max_size=2).map(tuple)
MODES = st.builds(ModeRule, st.sampled_from(Mode), PATTERNS, PATTERNS)


@settings(deadline=None)
@given(one=MODES, other=MODES, namespace=st.text("ab", max_size=4), rule=st.text("ab", max_size=4))
def test_what_a_mode_includes_it_covers(one: ModeRule, other: ModeRule, namespace: str, rule: str):
    if one.includes(other) and other.covers(namespace, rule):
        assert one.covers(namespace, rule)


@settings(deadline=None)
@given(modes=st.lists(MODES, max_size=4), namespace=st.text("ab", max_size=4))
def test_only_a_mode_that_fits_lets_anything_in(modes: list[ModeRule], namespace: str):
    admission = Admission(tuple(modes))
    if not any(mode.covers(namespace, "a") for mode in modes):
        assert admission.mode(namespace, "a") is Mode.ENFORCE


@settings(deadline=None)
@given(st.text('.[]"*ab0-/ \\\n\u00e9', max_size=30))
def test_what_the_profile_takes_for_a_path_is_one_to_whoever_follows_it(text: str):
    if is_path(text):
        assert paths.parse(text)


@settings(deadline=None)
@given(
    host=st.sampled_from(["ghcr.io", "GHCR.io", "localhost", "r.example:5000", ""]),
    path=st.lists(st.text("ab9-", min_size=1, max_size=4), min_size=1, max_size=3),
    tag=st.sampled_from(["", ":1", ":latest", "@sha256:ab", ":1@sha256:ab"]),
)
def test_tags_and_spelling_do_not_change_where_an_image_comes_from(
    host: str, path: list[str], tag: str
):
    name = "/".join([host, *path] if host else path)
    found = repository_of(name + tag)
    assert found == repository_of(name) == repository_of(found)
    assert found.endswith("/".join(path))
    if host:
        assert found.startswith(f"{host.lower()}/")


def test_an_exemption_without_lists_is_never_read():
    with pytest.raises(MalformedError, match="is for everything"):
        read_exemption({"reason": "r", "expires": "2027-01-01"}, "exemptions[1]")
    assert not Exemption("r", datetime(2027, 1, 1, tzinfo=UTC)).covers("a", "Pod", "b", "c")
