"""The provenance of a training or fine-tuning run (SLSA provenance v1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.manifest import Manifest
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UsageError
from aiverify.files.extent import Extent, mode_of
from aiverify.files.progress import Progress
from aiverify.files.stream import digest_all
from aiverify.operations import clock
from aiverify.verify.base import own_signature
from aiverify.verify.target import open_target

BUILD_TYPE = "https://aiverify.dev/training/v1"
"""What `externalParameters` and `resolvedDependencies` of such a run mean: a page in the docs."""

_MAX_PARAMETERS = 4 << 20


@dataclass(frozen=True, slots=True)
class Run:
    """A training run in the words of a command line.

    `builder` is a URI of who ran it; `parameters` a JSON or YAML file; `bases` and `datasets`
    are targets that are hashed, each as `PATH` or `NAME=PATH`.
    """

    builder: str
    parameters: Path | None = None
    bases: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    invocation: str = ""


def provenance(run: Run, progress: Progress) -> dict[str, Json]:
    """The predicate: what went in, how, and who ran it.

    Raises:
        UsageError: nobody is named who ran it.
        InputError: a base, a dataset or the parameters cannot be read.
    """
    if "://" not in run.builder:
        raise UsageError(
            "provenance names who ran the training by a URI",
            hint="Give --builder, such as https://ci.example.com/training.",
        )
    metadata: dict[str, Json] = {"finishedOn": clock.rfc3339(clock.now())}
    if run.invocation:
        metadata["invocationId"] = run.invocation
    return {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": _parameters(run.parameters),
            "resolvedDependencies": [
                *(_dependency(item, "base", progress) for item in run.bases),
                *(_dependency(item, "dataset", progress) for item in run.datasets),
            ],
        },
        "runDetails": {"builder": {"id": run.builder}, "metadata": metadata},
    }


def _parameters(path: Path | None) -> Mapping[str, Json]:
    if path is None:
        return {}
    data, shown = Extent.of_named(path).read(_MAX_PARAMETERS), printable(str(path))
    if path.suffix in (".yaml", ".yml"):
        from aiverify.core import yamlvalue

        try:
            return yamlvalue.parse(data.decode("utf-8"), "it")
        except UnicodeError as error:
            raise MalformedError(f"{shown} is not valid UTF-8") from error
        except MalformedError as error:
            raise MalformedError(f"{shown}, {error.message}") from error
    return load_object(data, shown)


def _named(words: str) -> tuple[str, Path]:
    """`NAME=PATH`, or a path that may itself have the sign in it."""
    name, equals, place = words.partition("=")
    if not equals or mode_of(Path(words)) is not None:
        return "", Path(words)
    if not name or not place:
        raise UsageError(
            f"{printable(words)} is no path and no NAME=PATH",
            hint="Write it as --base llama=models/llama.",
        )
    return name, Path(place)


def _dependency(words: str, role: str, progress: Progress) -> dict[str, Json]:
    """A target as a resource: its name, its root digest, and what it was to the run.

    The digest is the one that a signature of it speaks of (OMS v1.0).
    """
    name, path = _named(words)
    target = open_target(path)
    manifest = Manifest.of(digest_all(target.tree(own_signature(target)).members, progress))
    shown = name or target.signed_name
    return {
        "name": shown,
        "digest": {manifest.root.algorithm: manifest.root.hex},
        "annotations": {"role": role},
    }
