"""Package URLs of models on the Hugging Face Hub (purl-spec, type `huggingface`)."""

from __future__ import annotations

import re

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w-]*/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REVISION = re.compile(r"[\w][\w./-]{0,199}", re.ASCII)


def of_base(name: str, revision: str) -> str:
    """The purl of a base model, or empty when its name is a path or no `namespace/name`."""
    if not _REPOSITORY.fullmatch(name):
        return ""
    return _purl(name, revision if _REVISION.fullmatch(revision) else "")


def of_artifact(name: str, version: str) -> str:
    """The purl of an artifact, or empty.

    Any artifact may be called `namespace/name`; only with a commit for a version does it
    say that it is a copy of that repository.
    """
    if not _REPOSITORY.fullmatch(name) or not _COMMIT.fullmatch(version):
        return ""
    return _purl(name, version)


def _purl(repository: str, revision: str) -> str:
    from packageurl import PackageURL

    namespace, _, name = repository.partition("/")
    return PackageURL("huggingface", namespace, name, revision or None).to_string()
