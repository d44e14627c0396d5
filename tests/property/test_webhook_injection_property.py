"""The injected container: added once, the same to the last member, and in its place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aiverify.webhook.extractors.interface import Found
from aiverify.webhook.mutating import targets
from aiverify.webhook.mutating.injection import NAME, SCRATCH
from aiverify.webhook.mutating.patching import mutate, verified_by_node, why_not
from aiverify.webhook.request import Operation
from tests.support.injected import (
    DOWNLOADS,
    INJECTION,
    applied,
    asked,
    claim,
    empty,
    helper,
    model_in,
    mount,
    on_node,
    order,
    ours,
    patched,
    pod,
    server,
)

VOLUMES = st.sampled_from([claim(), on_node("/data"), empty()])

MOUNTS = st.lists(
    st.builds(
        mount,
        st.sampled_from(["/models", "/models/llama", "/out", "/models//x", "/"]),
        st.sampled_from(["models", "other", SCRATCH]),
        readOnly=st.booleans(),
        subPath=st.sampled_from(["", "llama", "../x", "other"]),
    ),
    max_size=2,
)

HELPERS = st.builds(
    lambda name, mounts, policy: helper(name, *mounts, **policy),
    st.sampled_from(["a", "b", "c", NAME]),
    MOUNTS,
    st.sampled_from([{}, {}, {"restartPolicy": "Always"}]),
)

PODS = st.builds(
    lambda volume, init, beside: pod(
        server(), *beside, init=init, volumes=[volume, claim("other", "others")]
    ),
    VOLUMES,
    st.lists(HELPERS, max_size=4),
    st.lists(HELPERS.filter(lambda item: item["name"] != NAME), max_size=1),
)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)

GOOD = patched(pod(init=[helper("download", mount(readOnly=False)), helper("warm", mount())]))


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each member and item of a document is."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from paths(inner, (*path, key))


def parent(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


@settings(deadline=None)
@given(PODS)
def test_the_second_time_nothing_is_done(document: Any):
    patch, first = mutate(asked(document), DOWNLOADS)
    again, second = mutate(asked(applied(document, patch)), DOWNLOADS)
    assert first.allowed
    assert second.allowed
    assert again == []
    if patch:
        assert not second.warnings


@settings(deadline=None)
@given(PODS)
def test_what_gets_a_patch_is_verified_unless_it_is_used_before(document: Any):
    patch, decision = mutate(asked(document), DOWNLOADS)
    result = applied(document, patch)
    assume(patch)
    assert not decision.warnings
    assert order(result).count(NAME) == 1
    others = [item for item in document["spec"].get("initContainers", []) if item["name"] != NAME]
    assert [i for i in result["spec"]["initContainers"] if i["name"] != NAME] == others
    assert verified_by_node(result, model_in(result), DOWNLOADS)


@settings(deadline=None)
@given(PODS)
def test_what_was_not_injected_is_not_verified(document: Any):
    assert not verified_by_node(document, model_in(document), DOWNLOADS)


@settings(deadline=None)
@given(st.sampled_from(sorted(paths(ours(GOOD)), key=str)), JSON, st.sampled_from(["set", "lose"]))
def test_any_change_to_the_container_is_seen(path: tuple[Any, ...], value: Any, how: str):
    document = copy.deepcopy(GOOD)
    place = parent(ours(document), path)
    if how == "lose":
        del place[path[-1]]
    else:
        assume(type(value) is not type(place[path[-1]]) or value != place[path[-1]])
        place[path[-1]] = value
    assert not verified_by_node(document, model_in(GOOD), INJECTION)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=12) | st.sampled_from(["lifecycle", "envFrom"]), JSON)
def test_any_member_more_is_seen(name: str, value: Any):
    document = copy.deepcopy(GOOD)
    assume(name not in ours(document))
    ours(document)[name] = value
    assert not verified_by_node(document, model_in(GOOD), INJECTION)


@settings(deadline=None)
@given(st.permutations(range(3)))
def test_any_other_order_is_seen(permutation: list[int]):
    document = copy.deepcopy(GOOD)
    init = document["spec"]["initContainers"]
    document["spec"]["initContainers"] = [init[index] for index in permutation]
    good = permutation == [0, 1, 2]
    assert verified_by_node(document, model_in(GOOD), INJECTION) is good


@settings(deadline=None)
@given(
    st.sampled_from(sorted(paths(pod(init=[helper("a", mount())])["spec"]), key=str)),
    JSON,
    st.text(max_size=30) | st.text("0²x/", max_size=4).map("/spec/initContainers/{}/args/1".format),
    st.sampled_from(list(Operation)),
)
def test_no_pod_makes_it_raise(path: tuple[Any, ...], value: Any, where: str, how: Operation):
    document = patched(pod(init=[helper("a", mount())]))
    try:
        parent(document["spec"], path)[path[-1]] = value
    except IndexError:
        assume(False)
    found = Found("pvc://weights/llama", where)
    mutate(asked(document, how, old=document), INJECTION)
    why_not(document, found, INJECTION, old=document)
    for item in targets.references(document):
        why_not(document, item, DOWNLOADS)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["apiVersion", "kind", "metadata", "spec"]), JSON))
def test_no_document_makes_it_raise(document: dict[str, Any]):
    for made in (document, {**document, "apiVersion": "v1", "kind": "Pod"}):
        assert mutate(asked(made), INJECTION)[0] == []
        assert why_not(made, Found("pvc://weights/llama", "/spec/containers/0/args/1"), INJECTION)
