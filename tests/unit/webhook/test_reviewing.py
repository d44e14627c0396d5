from __future__ import annotations

import base64
import json

import pytest

from aiverify.errors import MalformedError
from aiverify.webhook.decision import Decision
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation, User
from aiverify.webhook.reviewing import answer, answer_patch, read_review

POD = {"apiVersion": "v1", "kind": "Pod", "spec": {}}


def request(**members):
    asked = {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "kind": {"group": "apps", "version": "v1", "kind": "Deployment"},
        "operation": "CREATE",
        "object": POD,
        **members,
    }
    return {name: value for name, value in asked.items() if value is not ...}


def review(**members):
    whole = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request()}
    return json.dumps({**whole, **members}).encode()


def read(**members):
    return read_review(review(request=request(**members)))


def test_a_request_is_read_with_all_that_it_says():
    asked = read(
        operation="UPDATE",
        oldObject={"a": 1},
        namespace="prod",
        name="llama",
        subResource="ephemeralcontainers",
        userInfo={"username": "jane", "uid": "1", "groups": ["devs", "all"], "extra": {"a": ["b"]}},
        dryRun=True,
        options={"apiVersion": "meta.k8s.io/v1"},
    )

    assert asked == AdmissionRequest(
        "705ab4f5-6393-11e8-b7cc-42010a800002",
        GroupVersionKind("apps", "v1", "Deployment"),
        Operation.UPDATE,
        POD,
        {"a": 1},
        "prod",
        "llama",
        "ephemeralcontainers",
        User("jane", ("devs", "all")),
        dry_run=True,
    )


def test_what_is_deleted_has_an_old_object_alone():
    asked = read(operation="DELETE", object=None, oldObject=POD)

    assert (asked.object, asked.old) == (None, POD)


def test_the_core_group_is_empty():
    assert read(kind={"version": "v1", "kind": "Pod"}).kind == GroupVersionKind("", "v1", "Pod")


@pytest.mark.parametrize("version", ["admission.k8s.io/v1beta1", "v1", "", None, 1, ["x"]])
def test_another_version_is_refused(version):
    with pytest.raises(MalformedError, match=r"and not admission\.k8s\.io/v1, AdmissionReview"):
        read_review(review(apiVersion=version))


@pytest.mark.parametrize(
    "members",
    [
        {"uid": ...},
        {"uid": ""},
        {"uid": 1},
        {"uid": "a\nb"},
        {"uid": "a" * 200},
        {"kind": ...},
        {"kind": "Pod"},
        {"kind": {"kind": "Pod"}},
        {"kind": {"version": "v1"}},
        {"kind": {"version": "v1", "kind": ["Pod"]}},
        {"operation": ...},
        {"operation": "create"},
        {"operation": ["CREATE"]},
        {"operation": {"a": 1}},
        {"object": ...},
        {"object": None, "operation": "UPDATE"},
        {"object": [POD]},
        {"oldObject": "x"},
        {"namespace": 1},
        {"name": ["x"]},
        {"name": "x" * 300},
        {"subResource": {"a": 1}},
        {"userInfo": "jane"},
        {"userInfo": {"username": 1}},
        {"userInfo": {"groups": "devs"}},
        {"userInfo": {"groups": ["devs", 1]}},
        {"userInfo": {"groups": [None]}},
        {"dryRun": "false"},
        {"dryRun": 1},
    ],
)
def test_a_request_that_is_not_as_it_should_be_is_refused(members):
    with pytest.raises(MalformedError):
        read(**members)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"\xef\xbb\xbf" + review(),
        review() + b"{}",
        review()[:-1],
        review(request=None),
        review(request=[]),
        review().replace(b'"uid"', b'"uid": "a", "uid"'),
        review().replace(b'"spec": {}', b'"spec": ' + b"[" * 200 + b"]" * 200),
        review().replace(b'"spec": {}', b'"spec": NaN'),
        review().replace(b'"spec": {}', b'"spec": "\\ud800"'),
        b"[" * 100_000,
    ],
)
def test_what_is_no_strict_json_of_a_review_is_refused(data):
    with pytest.raises(MalformedError):
        read_review(data)


def test_an_answer_that_allows_echoes_the_uid_and_says_no_more_than_it_must():
    assert answer("u-1", Decision(allowed=True)) == {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "response": {"uid": "u-1", "allowed": True},
    }


def test_an_answer_that_refuses_says_why():
    response = answer("u-1", Decision(allowed=False, message="no signature\nSign it."))["response"]

    assert response["status"] == {
        "status": "Failure",
        "code": 403,
        "reason": "Forbidden",
        "message": "no signature\nSign it.",
    }


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        (200, 403, "Forbidden"),
        (400, 400, "BadRequest"),
        (418, 418, "Forbidden"),
        (429, 429, "TooManyRequests"),
        (500, 500, "InternalError"),
        (503, 503, "ServiceUnavailable"),
        (504, 504, "Timeout"),
    ],
)
def test_a_refusal_has_a_code_that_is_none_of_success(code, said, reason):
    status = answer("u", Decision(allowed=False, code=code))["response"]["status"]

    assert (status["code"], status["reason"]) == (said, reason)
    assert status["message"]


def test_who_is_turned_away_is_told_when_to_come_again():
    status = answer("u", Decision(allowed=False, code=429))["response"]["status"]

    assert status["details"] == {"retryAfterSeconds": 1}


def test_warnings_are_cut_at_a_word_and_each_is_said_once():
    long = "the artifact is refused because " + "word " * 40

    response = answer("u", Decision(allowed=True, warnings=(long, "short", "short", "  ")))[
        "response"
    ]

    first, second = response["warnings"]
    assert len(first) <= 120
    assert first.endswith("word...")
    assert second == "short"


def test_a_warning_without_a_space_is_cut_all_the_same():
    [warning] = answer("u", Decision(allowed=True, warnings=("x" * 500,)))["response"]["warnings"]

    assert warning == "x" * 117 + "..."


def test_too_many_warnings_are_counted():
    warnings = tuple(f"warning {n}" for n in range(100))

    said = answer("u", Decision(allowed=True, warnings=warnings))["response"]["warnings"]

    assert len(said) == 32
    assert said[-1] == "and 69 more warnings"


def test_what_an_attacker_wrote_cannot_break_a_line_or_move_a_cursor():
    decision = Decision(
        allowed=False, message="a\x1b[2Jb", warnings=("a\nb\x1bc",), annotations={"k": "\u202ex"}
    )

    response = answer("u", decision)["response"]

    assert response["status"]["message"] == "a\\x1b[2Jb"
    assert response["warnings"] == ["a b\\x1bc"]
    assert response["auditAnnotations"] == {"k": "\\u202ex"}


def test_annotations_have_keys_that_the_api_server_takes_and_values_that_end():
    decision = Decision(
        allowed=True,
        annotations={"verdict": "allow", "a/b c": "x", "": "y", "///": "z", "long": "v" * 9000},
    )

    said = answer("u", decision)["response"]["auditAnnotations"]

    assert set(said) == {"verdict", "a-b-c", "long"}
    assert len(said["long"]) == 4096


def test_a_patch_is_given_as_base64_of_json():
    patch = [{"op": "add", "path": "/spec/initContainers", "value": []}]

    response = answer_patch("u", Decision(allowed=True), patch)["response"]

    assert response["patchType"] == "JSONPatch"
    assert json.loads(base64.b64decode(response["patch"], validate=True)) == patch


def test_nothing_is_patched_in_what_is_refused_or_as_it_should_be():
    patch = [{"op": "remove", "path": "/spec"}]

    assert "patch" not in answer_patch("u", Decision(allowed=False), patch)["response"]
    assert "patch" not in answer_patch("u", Decision(allowed=True), [])["response"]


def test_a_long_message_ends():
    status = answer("u", Decision(allowed=False, message="x" * 100_000))["response"]["status"]

    assert len(status["message"]) == 16_384
