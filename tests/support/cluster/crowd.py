"""Pods for a load: many models, each in a registry on loopback, and who is right about them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.cluster.load import Asked
from tests.support.cluster.objects import Object, image_volume, made, mounted, pod_spec
from tests.support.cluster.shelf import other_model
from tests.support.desk import Desk
from tests.support.registries.running import docker_registry
from tests.support.registry_stage import registry_desk
from tests.support.small_registry import running

BAD_EVERY = 4
"""Of so many pods one is to be refused."""


@dataclass(frozen=True)
class Crowd:
    """A registry with signed models and with unsigned ones; `profile` knows who signed."""

    desk: Desk
    host: str
    profile: Path
    good: tuple[str, ...]
    bad: tuple[str, ...]

    def pods(self, count: int, prefix: str) -> list[Object]:
        """Pods by turns over all models, of which some are unsigned and say so by their names."""
        return [
            self._pod(f"{prefix}-{number}", number, is_good=bool(number % BAD_EVERY))
            for number in range(count)
        ]

    def first_sights(self, models: Sequence[int], prefix: str) -> list[Object]:
        """One pod for each of these signed models."""
        return [self._pod(f"{prefix}-{number}", number, is_good=True) for number in models]

    def _pod(self, name: str, number: int, *, is_good: bool) -> Object:
        models = self.good if is_good else self.bad
        volume = image_volume(models[number % len(models)])
        word = "good" if is_good else "bad"
        spec = pod_spec(mounted("--model", "/models"), volumes=[volume])
        return made("Pod", f"{name}-{word}", spec=spec)


def is_right(asked: Asked) -> bool:
    """Whether a pod was answered as it should be."""
    if asked.name.endswith("-good"):
        return asked.admitted
    return asked.answer.status == 403 and "AIV-SIGNATURE-NONE" in asked.answer.message


@contextmanager
def crowd(folder: Path, good: int, bad: int) -> Iterator[Crowd]:
    """So many models in a registry, while the context lasts: a real one where there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    desk = registry_desk(folder)
    desk.key("release")
    with _host(folder / "registry") as host:
        names = [f"{host}/acme/model-{number}:1" for number in range(good + bad)]
        for number, name in enumerate(names):
            desk.model(f"model-{number}", other_model(number))
            desk.do(f"bundle model model-{number} -o {number}.tar --name model-{number}")
            if number < good:
                desk.do(f"sign {number}.tar --key release.key")
            desk.do(f"push {number}.tar {name} --plain-http")
        profile = desk.profile(
            {"signers": [{"name": "release", "keys": ["release.pub"]}]},
            policies=["aiverify:no_pickled_weights", "aiverify:no_trust_remote_code"],
        )
        yield Crowd(desk, host, profile, tuple(names[:good]), tuple(names[good:]))


@contextmanager
def _host(folder: Path) -> Iterator[str]:
    if shutil.which("docker-registry"):
        with docker_registry(folder) as registry:
            yield registry.host
    else:
        with running() as small:
            yield small.host
