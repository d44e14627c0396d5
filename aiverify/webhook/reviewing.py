"""AdmissionReview (`admission.k8s.io/v1`): the API server's question, and the answer to it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence

from aiverify.core import jsonvalue
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.webhook.decision import Decision
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation, User

API_VERSION = "admission.k8s.io/v1"
KIND = "AdmissionReview"

MAX_UID = 128
"""Characters of a uid; the API server's have 36."""

MAX_NAME = 253
"""Characters of a name (RFC 1123 subdomain), and of every other word but a user's."""

MAX_USER = 4096
"""Characters of a user's or group's name."""

MAX_GROUPS = 10_000

MAX_WARNING = 120
"""Characters of a warning: the API server cuts longer ones."""

MAX_WARNINGS = 32
"""Warnings of one answer; the API server keeps 4096 characters of them in all."""

MAX_MESSAGE = 16_384
"""Characters of a refusal's message."""

MAX_ANNOTATION = 4096
"""Characters of an annotation's value."""

MAX_ANNOTATIONS = 32

RETRY_SECONDS = 1
"""When a client may ask again that came when there was no room. Kubernetes' own do."""

_REASONS = {
    400: "BadRequest",
    403: "Forbidden",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
    503: "ServiceUnavailable",
    504: "Timeout",
}
"""What API clients go by (meta/v1, StatusReason)."""

_UID = re.compile("[!-~]+")
_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_NOT_KEY = re.compile("[^A-Za-z0-9_.-]+")
_WHERE = "the review"


def read_review(data: bytes) -> AdmissionRequest:
    """Read a review. How many bytes it may have is the server's matter.

    Raises:
        MalformedError: it is no JSON, or no request of the one version that is known.
    """
    review = jsonvalue.load_object(data, _WHERE)
    if review.get("apiVersion") != API_VERSION or review.get("kind") != KIND:
        said = f"{_shown(review.get('apiVersion'))}, {_shown(review.get('kind'))}"
        raise MalformedError(
            f"it is {said}, and not {API_VERSION}, {KIND}",
            hint="Register the webhook with admissionReviewVersions: [v1].",
        )
    request = _object(review, "request", "request")
    if request is None:
        raise MalformedError("the review has no request")
    operation = _operation(request)
    return AdmissionRequest(
        uid=_uid(request),
        kind=_kind(request),
        operation=operation,
        object=_target(request, operation),
        old=_object(request, "oldObject", "request.oldObject"),
        namespace=_text(request, "namespace", "request"),
        name=_text(request, "name", "request"),
        subresource=_text(request, "subResource", "request"),
        user=_user(request),
        dry_run=_flag(request, "dryRun"),
    )


def answer(uid: str, decision: Decision) -> dict[str, Json]:
    """The review that answers a request."""
    return _review(_response(uid, decision))


def answer_patch(uid: str, decision: Decision, patch: Sequence[Json]) -> dict[str, Json]:
    """The review that answers a request, and changes its object where it is allowed.

    `patch` is a JSON patch (RFC 6902); an empty one changes nothing and is left out.
    """
    response = _response(uid, decision)
    if decision.allowed and patch:
        response["patchType"] = "JSONPatch"
        response["patch"] = base64.b64encode(jsonvalue.canonical(list(patch))).decode("ascii")
    return _review(response)


def cut(text: str, limit: int) -> str:
    """A text on one line, safe to show, cut at a word if it has more than `limit` characters."""
    text = printable(" ".join(text.split()))
    if len(text) <= limit:
        return text
    head = text[: limit - 3]
    words, space, _ = head.rpartition(" ")
    return f"{(words if space and len(words) >= limit // 2 else head).rstrip()}..."


def _review(response: dict[str, Json]) -> dict[str, Json]:
    return {"apiVersion": API_VERSION, "kind": KIND, "response": response}


def _response(uid: str, decision: Decision) -> dict[str, Json]:
    response: dict[str, Json] = {"uid": uid, "allowed": decision.allowed}
    if not decision.allowed:
        response["status"] = _status(decision)
    warnings = _warnings(decision.warnings)
    if warnings:
        response["warnings"] = warnings
    annotations = _annotations(decision.annotations)
    if annotations:
        response["auditAnnotations"] = annotations
    return response


def _status(decision: Decision) -> dict[str, Json]:
    code = decision.code if decision.code >= 400 else 403
    status: dict[str, Json] = {
        "status": "Failure",
        "code": code,
        "reason": _REASONS.get(code, "Forbidden" if code < 500 else "InternalError"),
        "message": _message(decision.message),
    }
    if code == 429:
        status["details"] = {"retryAfterSeconds": RETRY_SECONDS}
    return status


def _message(text: str) -> str:
    lines = (printable(line.rstrip()) for line in text.splitlines())
    whole = "\n".join(lines) or "it was refused, and no reason was given"
    return whole if len(whole) <= MAX_MESSAGE else f"{whole[: MAX_MESSAGE - 3]}..."


def _warnings(warnings: Sequence[str]) -> list[Json]:
    kept = [text for text in (cut(warning, MAX_WARNING) for warning in warnings) if text]
    kept = list(dict.fromkeys(kept))
    if len(kept) <= MAX_WARNINGS:
        return [*kept]
    more = f"and {len(kept) - MAX_WARNINGS + 1} more warnings"
    return [*kept[: MAX_WARNINGS - 1], more]


def _annotations(annotations: Mapping[str, str]) -> dict[str, Json]:
    """Keys as labels have them, without a prefix: the API server puts the webhook's before."""
    kept: dict[str, Json] = {}
    for key, value in sorted(annotations.items())[:MAX_ANNOTATIONS]:
        name = key if _KEY.fullmatch(key) else _NOT_KEY.sub("-", key)[:63].strip("-_.")
        if name:
            kept.setdefault(name, cut(value, MAX_ANNOTATION))
    return kept


def _uid(request: Mapping[str, Json]) -> str:
    uid = request.get("uid")
    if not isinstance(uid, str) or not _UID.fullmatch(uid) or len(uid) > MAX_UID:
        raise MalformedError("request.uid is missing, or is none")
    return uid


def _kind(request: Mapping[str, Json]) -> GroupVersionKind:
    stated = _object(request, "kind", "request.kind")
    if stated is None:
        raise MalformedError("request.kind is missing")
    group = _text(stated, "group", "request.kind")
    version = _text(stated, "version", "request.kind")
    kind = _text(stated, "kind", "request.kind")
    if not version or not kind:
        raise MalformedError("request.kind has no version or no kind")
    return GroupVersionKind(group, version, kind)


def _operation(request: Mapping[str, Json]) -> Operation:
    stated = request.get("operation")
    if not isinstance(stated, str) or stated not in set(Operation):
        raise MalformedError(f"request.operation is {_shown(stated)}, which is no operation")
    return Operation(stated)


def _target(request: Mapping[str, Json], operation: Operation) -> Mapping[str, Json] | None:
    target = _object(request, "object", "request.object")
    if target is None and operation in (Operation.CREATE, Operation.UPDATE):
        raise MalformedError(f"request.object is missing, and the operation is {operation.value}")
    return target


def _user(request: Mapping[str, Json]) -> User:
    stated = _object(request, "userInfo", "request.userInfo")
    if stated is None:
        return User()
    groups = stated.get("groups")
    if groups is None:
        groups = []
    if not isinstance(groups, list) or len(groups) > MAX_GROUPS:
        raise MalformedError("request.userInfo.groups is no list of names")
    names = tuple(group for group in groups if isinstance(group, str) and len(group) <= MAX_USER)
    if len(names) != len(groups):
        raise MalformedError("request.userInfo.groups has what is no name")
    return User(_text(stated, "username", "request.userInfo", MAX_USER), names)


def _object(parent: Mapping[str, Json], name: str, where: str) -> Mapping[str, Json] | None:
    value = parent.get(name)
    if value is None or isinstance(value, Mapping):
        return value
    raise MalformedError(f"{where} must be an object, not {jsonvalue.kind(value)}")


def _text(parent: Mapping[str, Json], name: str, where: str, limit: int = MAX_NAME) -> str:
    value = parent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedError(f"{where}.{name} must be a string, not {jsonvalue.kind(value)}")
    if len(value) > limit:
        raise MalformedError(f"{where}.{name} has more than {limit} characters")
    return value


def _flag(parent: Mapping[str, Json], name: str) -> bool:
    value = parent.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise MalformedError(f"request.{name} must be a boolean, not {jsonvalue.kind(value)}")


def _shown(value: Json) -> str:
    return f"'{printable(value[:100])}'" if isinstance(value, str) else jsonvalue.kind(value)
