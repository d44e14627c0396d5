"""What is injected: the container, to the last member, and what it carries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, canonical
from aiverify.core.names import printable
from aiverify.errors import AiverifyError, UsageError
from aiverify.webhook.mutating import carrying

bundled = carrying.bundled

NAME = "aiverify-verify"
"""The container's name, which is no other's."""

SCRATCH = "aiverify-scratch"
"""The name of the volume that it may write to, which nobody else mounts."""

CARRIED = "AIVERIFY_CARRIED"
"""The variable that has the profile and the files which it names."""

VOLUMES = "/aiverify/volumes"
"""Where it mounts what it verifies, each volume below by its number."""

TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 - a path, and no secret
"""Where the API server mounts a token into every container, whoever asked for it."""

_WRITABLE = "/tmp"  # noqa: S108 - the one place in the container where it may write

MODULE = "aiverify.webhook.mutating.running"

_IMAGE = re.compile(r"[a-z0-9][A-Za-z0-9._:/-]{0,400}@sha256:[0-9a-f]{64}")
_PULLS = ("IfNotPresent", "Always")


@dataclass(frozen=True, slots=True)
class Mounted:
    """A volume of the pod, and the paths in it that are verified, relative to its root."""

    volume: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Injection:
    """How volumes are verified on the node.

    `image` has aiverify in it and is named by digest; `carried` is what `carrying.bundled`
    makes of a profile. `pull` is `Always` in clusters whose API server makes it so for all.
    `user` is the number it runs as, `millicores` and `mebibytes` are its limits. `downloads`
    says that what an init container downloads is verified as well, and needs no summary.

    Raises:
        UsageError: the image has no digest, or a number is none that it can run with.
    """

    image: str
    carried: str
    pull: str = "IfNotPresent"
    user: int = 65532
    millicores: int = 2000
    mebibytes: int = 1024
    downloads: bool = False

    def __post_init__(self) -> None:
        if not _IMAGE.fullmatch(self.image):
            raise UsageError(
                f"the image {printable(self.image[:200])} is not named by digest",
                hint="Write it as registry/name@sha256:..., so that nobody can move it.",
            )
        if self.pull not in _PULLS:
            raise UsageError(f"an image is pulled {' or '.join(_PULLS)}")
        if min(self.user, self.millicores, self.mebibytes) < 1:
            raise UsageError("the injected container runs as a user above 0, and within limits")

    @property
    def digest(self) -> str:
        """The digest of the profile and the files that it names, `sha256:<hex>`."""
        return str(Digest.of(self.carried.encode()))


def container(injection: Injection, mounted: Sequence[Mounted]) -> dict[str, Json]:
    """The container that verifies these volumes, as the API server gives it back."""
    paths = [
        f"{VOLUMES}/{number}/{path}".rstrip("/")
        for number, item in enumerate(mounted)
        for path in item.paths
    ]
    return {
        "name": NAME,
        "image": injection.image,
        "command": ["python", "-I", "-m", MODULE],
        "args": [injection.digest, *map(literal, paths)],
        "env": [
            {"name": CARRIED, "value": literal(injection.carried)},
            {"name": "HOME", "value": _WRITABLE},
        ],
        "imagePullPolicy": injection.pull,
        "resources": _resources(injection),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "runAsGroup": injection.user,
            "runAsNonRoot": True,
            "runAsUser": injection.user,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            *(
                {"mountPath": f"{VOLUMES}/{number}", "name": item.volume, "readOnly": True}
                for number, item in enumerate(mounted)
            ),
            {"mountPath": _WRITABLE, "name": SCRATCH},
        ],
    }


def scratch() -> dict[str, Json]:
    """The volume that it may write to: in memory, small, and gone with the pod."""
    return {"name": SCRATCH, "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}


def literal(text: str) -> str:
    """A text that a kubelet takes as it is: `$(NAME)` would be a variable's value."""
    return text.replace("$", "$$")


def is_ours(found: Json, expected: Mapping[str, Json]) -> bool:
    """Whether a container is exactly the one expected.

    One mount more is allowed: that of a token, which the API server adds itself, read-only and
    at a path where the container has nothing.
    """
    if not isinstance(found, Mapping):
        return False
    mounts = found.get("volumeMounts")
    plain = dict(found)
    if isinstance(mounts, list) and mounts and _is_token(mounts[-1]):
        plain["volumeMounts"] = mounts[:-1]
    return _same(plain, dict(expected))


def _same(one: Json, other: Json) -> bool:
    """Equality that tells true from 1, and that nothing hostile can make fail."""
    try:
        return canonical(one) == canonical(other)
    except (AiverifyError, TypeError, ValueError, RecursionError):
        return False


def _is_token(mount: Json) -> bool:
    return (
        isinstance(mount, Mapping)
        and set(mount) == {"name", "mountPath", "readOnly"}
        and mount["mountPath"] == TOKEN
        and mount["readOnly"] is True
        and isinstance(mount["name"], str)
    )


def _resources(injection: Injection) -> dict[str, Json]:
    """Requests and limits, in the spelling that the API server has for them."""
    cores, rest = divmod(injection.millicores, 1000)
    gibibytes, more = divmod(injection.mebibytes, 1024)
    return {
        "limits": {
            "cpu": f"{injection.millicores}m" if rest else str(cores),
            "ephemeral-storage": "128Mi",
            "memory": f"{injection.mebibytes}Mi" if more else f"{gibibytes}Gi",
        },
        "requests": {
            "cpu": f"{min(100, injection.millicores)}m",
            "ephemeral-storage": "16Mi",
            "memory": f"{min(256, injection.mebibytes)}Mi",
        },
    }
