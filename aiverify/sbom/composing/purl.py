"""Package URLs (purl-spec): of models on the Hugging Face Hub, and of packages."""

from __future__ import annotations

import re

from aiverify.core.distribution import normalised

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w-]*/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REVISION = re.compile(r"[\w][\w./-]{0,199}", re.ASCII)
_MODULE = re.compile(r"[\w.~/-]{1,500}", re.ASCII)


def of_base(name: str, revision: str) -> str:
    """The purl of a base model, or empty when its name is a path or no `namespace/name`."""
    if not _REPOSITORY.fullmatch(name):
        return ""
    return _huggingface(name, revision if _REVISION.fullmatch(revision) else "")


def of_artifact(name: str, version: str, *, by_its_card: bool) -> str:
    """The purl of an artifact, or empty.

    Anything may be called `namespace/name`. It is a repository where its card calls it so, for
    cards are the Hub's; or where its version is a commit.
    """
    is_commit = _COMMIT.fullmatch(version) is not None
    if not _REPOSITORY.fullmatch(name) or not (is_commit or by_its_card):
        return ""
    return _huggingface(name, version if is_commit else "")


def of_python(name: str, version: str, index: str = "") -> str:
    """The purl of a distribution, whose name is written as PyPI writes it (PEP 503).

    `index` is the address of the index that has it, where that is not PyPI.
    """
    from packageurl import PackageURL

    elsewhere = {"repository_url": index} if index else None
    return PackageURL("pypi", None, normalised(name), version, elsewhere).to_string()


def of_conda(name: str, version: str, channel: str) -> str:
    """The purl of a package of Conda's."""
    from packageurl import PackageURL

    known = {"channel": channel} if channel else None
    return PackageURL("conda", None, name.lower(), version, known).to_string()


def of_go(path: str, version: str) -> str:
    """The purl of a Go module, or empty when the path is a folder and no module's."""
    from packageurl import PackageURL

    if not _MODULE.fullmatch(path) or path.startswith((".", "/")):
        return ""
    namespace, _, name = path.rpartition("/")
    return PackageURL("golang", namespace or None, name, version or None).to_string()


def _huggingface(repository: str, revision: str) -> str:
    from packageurl import PackageURL

    namespace, _, name = repository.partition("/")
    return PackageURL("huggingface", namespace, name, revision or None).to_string()
