from __future__ import annotations

import copy
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.admission import CustomResource
from aiverify.errors import MalformedError
from aiverify.webhook.decision import Decision
from aiverify.webhook.extractors import paths, shell, table, uris
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation
from aiverify.webhook.reviewing import answer, read_review
from tests.support.admission_objects import at, container, found_in, pod

WORDS = st.sampled_from(
    [
        "spec", "template", "containers", "initContainers", "command", "args", "env", "volumes",
        "volumeMounts", "name", "value", "valueFrom", "image", "reference", "metadata", "mountPath",
        "annotations", "predictor", "model", "storageUri", "storageUris", "uri", "inference",
        "preset", "serveConfigV2", "emptyDir", "csi", "volumeAttributes", "graph", "children",
        "modelUri", "url", "adapters", "source", "hf", "subPath", "workingDir", "envFrom",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(
    [
        "vllm", "serve", "--model", "--model=a/b", "a/b", "$(X)", "sh", "-c", "/models", "../x",
        "MODEL_ID", "hf://a/b", "oci://", "'", '"', "export X=1; vllm serve $X", "--lora-modules",
        "{", '{"model": 1}', "a: [", "HF_HOME", "a b", "\x00", "\ud800", "-m",
        "storage-initializer",
    ]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | TEXTS | st.text(max_size=20)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=60,
)
KINDS = st.sampled_from([kind for one in table.EXTRACTORS for kind in one.kinds]) | st.just(
    GroupVersionKind("x.example", "v1", "X")
)
RESOURCES = (CustomResource("x.example", "X", (".spec.model", ".spec..uri"), "hf", ".spec.name"),)


@settings(max_examples=200)
@given(KINDS, st.dictionaries(WORDS, JSON, max_size=6))
def test_no_object_makes_it_raise_and_every_pointer_leads_to_something(kind, document):
    document = {"kind": kind.kind, **document}
    before = copy.deepcopy(document)
    request = AdmissionRequest("u", kind, Operation.CREATE, document)

    found = table.extract(request, RESOURCES)

    assert document == before
    assert len(found) == len(set(found))
    for item in found:
        at(document, item.where)


MOUNTS = [{"name": "v", "mountPath": f"/m{n}"} for n in range(256)]
SHAPES = {
    "options": lambda n: pod(container(args=["--port", "1"] * n)),
    "values": lambda n: pod(container(args=["vllm", "serve", "--lora-modules", *["x"] * n])),
    "names": lambda n: pod(container(args=["--model=a/b", *["--model-name=x"] * n])),
    "paths": lambda n: pod(container(args=["--model=/m1"] * n, volumeMounts=MOUNTS)),
    "caches": lambda n: pod(
        container(env=[{"name": "HF_HOME", "value": "/"}] * n, volumeMounts=MOUNTS)
    ),
    "variables": lambda n: pod(
        container(env=[{"name": f"A{i}", "value": f"$(A{i - 1})$(A{i - 1})"} for i in range(n)])
    ),
    "containers": lambda n: pod(*[{"args": ["x"], "volumeMounts": [MOUNTS[0]]}] * (n // 8)),
    "volumes": lambda n: pod(container(), volumes=[{"name": f"v{i}"} for i in range(n)]),
    "quotes": lambda n: pod(container(command=["sh", "-c", "a''" * n])),
    "assignments": lambda n: pod(container(command=["sh", "-c", "A=1 " * n])),
    "deep": lambda n: {"spec": [{"spec": [{"a": {}}] * 10}] * (n // 10)},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_as_much_takes_at_most_about_twice_as_many_steps(shape):
    small, large = (steps(SHAPES[shape](n)) for n in (1000, 2000))

    assert large < 2.6 * small


def steps(document):
    """How many functions are called, which does not depend on the machine."""
    count = 0

    def called(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        found_in(document)
    finally:
        sys.setprofile(before)
    return count


OWNERS = st.lists(st.sampled_from(["spec", "template", "jobs", "a/b", "c~d"]) | st.integers(0, 2))


def wrapped(spec, ways):
    for way in reversed(ways):
        spec = {way: spec} if isinstance(way, str) else [{}] * way + [spec]
    return {"kind": "Anything", "spec": {"x": spec}}


@given(OWNERS, st.sampled_from(["containers", "initContainers", "ephemeralContainers"]))
def test_a_planted_reference_is_found_in_any_owner(ways, holder):
    spec = {holder: [{}, container(command=["x", "--model", "planted/model"])]}
    document = wrapped(spec, ways)

    found = [item for item in found_in(document) if item.uri == "hf://planted/model"]

    assert len(found) == 1
    assert at(document, found[0].where) == "planted/model"


@given(st.lists(st.sampled_from(["--port", "1", "--x", "y=z", "--enable-lora", "q"]), max_size=6))
def test_no_arguments_around_it_hide_a_model(around):
    for words in ([*around, "--model=planted/model"], ["--model", "planted/model", *around]):
        document = pod(container(args=words))

        assert "hf://planted/model" in {item.uri for item in found_in(document)}


@given(st.text(max_size=60) | st.from_regex(r"[a-z0-9+]{1,6}://[!-~]{0,30}", fullmatch=True))
def test_one_spelling_is_the_spelling_of_itself(text):
    try:
        uri = uris.read(text)
    except uris.DoubtError:
        return

    again = uris.read(uri.text)
    assert again.text == uri.text
    assert again.revision == ""


@given(st.text(alphabet="ab/:@.-%?#\\ ", max_size=30))
def test_no_spelling_of_a_path_leads_upwards(text):
    for scheme in ("hf", "oci", "s3", "gs", "pvc", "file", "https"):
        found = uris.found(f"{scheme}://{text}", "")

        assert found.problem or ".." not in found.uri.partition("?")[0].split("/")


@given(st.text(alphabet="a'\"\\$(){}`;&|<>#= \n", max_size=60))
def test_no_script_makes_the_reader_of_shells_raise_anything_else(text):
    try:
        words = [word for words in shell.commands(text, {"a": "1"}) for word in words]
    except ValueError:
        return
    assert all(isinstance(word, str) for word in words)


@given(st.lists(st.text(alphabet="abc /-", min_size=1, max_size=8), min_size=1, max_size=6))
def test_a_shell_gives_back_words_that_were_quoted(words):
    text = " ".join("'" + word + "'" for word in words)

    assert list(shell.commands(text, {})) == [tuple(words)]


@given(st.text(max_size=30))
def test_a_pointer_leads_back(key):
    assert at({key: {"x": 1}}, paths.pointer(key, "x")) == 1


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_of_reviews_raise_anything_else(data):
    try:
        read_review(data)
    except MalformedError:
        return


@given(st.lists(st.text(), max_size=50), st.dictionaries(st.text(), st.text(), max_size=40))
def test_every_answer_is_within_its_bounds(warnings, annotations):
    response = answer("u", Decision(True, "", tuple(warnings), annotations))["response"]

    assert all(0 < len(text) <= 120 for text in response.get("warnings", []))
    assert all(0 < len(key) <= 63 for key in response.get("auditAnnotations", {}))
