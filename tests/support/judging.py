"""A court: a registry with signed models, a profile, and a judge who goes by it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiverify.registry.place import Patience, Place
from aiverify.registry.retrying import Backoff
from aiverify.webhook.caching.caches import Caches
from aiverify.webhook.decision import Decision
from aiverify.webhook.judging.judge import Judge
from aiverify.webhook.judging.loading import Loaded, load
from aiverify.webhook.mutating.injection import Injection
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation, User
from tests.support.desk import PROFILE
from tests.support.registry_stage import Liar
from tests.support.small_registry import running
from tests.support.story import Story

SECONDS = 60.0
COMMIT = "0123456789abcdef0123456789abcdef01234567"
HUB_MODEL = "hf://acme/llama"


@dataclass
class Clock:
    """A clock that goes when it is told to. It begins at the present, for what is signed now."""

    now_ns: int = field(default_factory=time.time_ns)

    def __call__(self) -> int:
        return self.now_ns

    def advance(self, length: timedelta) -> None:
        """Let time pass."""
        self.now_ns += int(length.total_seconds() * 10**9)


@dataclass
class Court:
    """A desk with a profile, a registry, and a judge for each version of the profile."""

    place: Path
    story: Story
    liar: Liar
    clock: Clock = field(default_factory=Clock)
    caches: Caches = field(default_factory=Caches)
    failures: list[Exception] = field(default_factory=list)
    injection: Injection | None = None
    _loaded: Loaded | None = None

    @property
    def profile(self) -> Path:
        """The profile's file."""
        return self.place / "aiverify.yaml"

    @property
    def reach(self) -> Place:
        """How the registry is reached. Nobody waits long."""
        quick = Backoff(attempts=1, pause=lambda _: None)
        return Place(plain_http=True, backoff=quick, patience=Patience(2.0, 2.0, 4.0))

    def rule(self, admission: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Write a profile that trusts `release`, and `verifier` for summaries; sit by it."""
        value: dict[str, Any] = {
            "apiVersion": PROFILE,
            "trust": {"signers": [{"name": "release", "keys": ["release.pub"]}]},
            "summaries": {"signers": [{"name": "second", "keys": ["second.pub"]}]},
            **more,
        }
        if admission:
            value["admission"] = admission
        self.profile.write_text(json.dumps(value))
        self.rise()

    def rise(self) -> None:
        """Let go of the judge; the next question has a new one."""
        if self._loaded is not None:
            self._loaded.close()
        self._loaded = None

    @property
    def loaded(self) -> Loaded:
        """What the judge goes by."""
        if self._loaded is None:
            self._loaded = load(self.profile, place=self.reach)
        return self._loaded

    @property
    def judge(self) -> Judge:
        """A judge. What was found out before is known to each."""
        return Judge(
            self.loaded,
            self.caches,
            place=self.reach,
            clock=self.clock,
            injection=self.injection,
            failed=self.failures.append,
        )

    def put(self, bundle: Path, tag: str = "1") -> str:
        """Put a bundle into the registry, and say its reference by digest."""
        return f"{self.liar.registry.host}/{self.liar.name}@{self.liar.put(bundle, tag)}"

    def tagged(self, tag: str = "1") -> str:
        """The reference by a tag."""
        return f"{self.liar.registry.host}/{self.liar.name}:{tag}"

    def decide(self, request: AdmissionRequest, seconds: float = SECONDS) -> Decision:
        """The decision on a request. Nothing unexpected may have happened."""
        decision = self.judge.decide(request, seconds=seconds)
        assert not self.failures, self.failures
        return decision

    def admits(self, request: AdmissionRequest) -> Decision:
        """The decision, which has to admit."""
        decision = self.decide(request)
        assert decision.allowed, decision.message
        return decision

    def refuses(self, request: AdmissionRequest, *rules: str) -> Decision:
        """The decision, which has to refuse for these rules, in any order."""
        decision = self.decide(request)
        assert not decision.allowed
        assert sorted(rules_of(decision)) == sorted(rules), decision.message
        return decision


@contextmanager
def court(place: Path, story: Story) -> Iterator[Court]:
    """A court with the story's keys at hand, and a profile without policies."""
    for owner in ("release", "second", "stranger"):
        story.copy(story.public(owner), place / f"{owner}.pub")
    with running() as registry:
        made = Court(place, story, Liar(registry))
        made.rule()
        try:
            yield made
        finally:
            made.rise()


def rules_of(decision: Decision) -> list[str]:
    """The rules of the findings that weigh as errors, each once."""
    found = (item for judged in decision.judged for item in judged.findings)
    return list(dict.fromkeys(item.rule for item in found if item.severity == "error"))


def pod(*references: str, **metadata: Any) -> dict[str, Any]:
    """A pod that mounts images with models and says nothing else of them."""
    volumes = [
        {"name": f"m{at}", "image": {"reference": reference}}
        for at, reference in enumerate(references)
    ]
    mounts = [{"name": item["name"], "mountPath": f"/models/{item['name']}"} for item in volumes]
    container = {"name": "server", "image": "registry.example/server:1", "volumeMounts": mounts}
    spec = {"containers": [container], "volumes": volumes}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", **metadata}, "spec": spec}


def serving(uri: str, **env: str) -> dict[str, Any]:
    """An InferenceService whose model lies at a URI."""
    variables = [{"name": name, "value": value} for name, value in env.items()]
    model = {"modelFormat": {"name": "huggingface"}, "storageUri": uri, "env": variables}
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "llama"},
        "spec": {"predictor": {"model": model}},
    }


def request(
    document: Mapping[str, Any] | None,
    *,
    old: Mapping[str, Any] | None = None,
    operation: Operation | None = None,
    namespace: str = "serving",
    user: str = "alice",
    groups: Sequence[str] = (),
    name: str | None = None,
    subresource: str = "",
    dry_run: bool = False,
) -> AdmissionRequest:
    """What the API server asks about a document."""
    shown = document or old or {}
    group, slash, version = str(shown.get("apiVersion", "v1")).partition("/")
    kind = GroupVersionKind(group if slash else "", version if slash else group, shown["kind"])
    doing = operation or (Operation.UPDATE if old and document else Operation.CREATE)
    called = shown.get("metadata", {}).get("name", "") if name is None else name
    return AdmissionRequest(
        "0d2a",
        kind,
        doing,
        document,
        old,
        namespace,
        called,
        subresource,
        User(user, tuple(groups)),
        dry_run,
    )
