"""Whose credentials are whose: the files in which they may be, in their order.

The order is that of containers-auth.json(5), with the variables that docker and podman have
for where their files are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiverify.core.names import printable
from aiverify.errors import InputError
from aiverify.files.extent import mode_of
from aiverify.registry.credentials import auth_file, helper
from aiverify.registry.interface import Credential

NAMED = "REGISTRY_AUTH_FILE"
"""The variable that names a file, which then must be there."""

_AUTH_FILE = Path("containers", "auth.json")


@dataclass(frozen=True, slots=True)
class _Place:
    """A file that may be there. The old form is one of entries alone."""

    path: Path
    old_form: bool = False


def found_for(host: str, repository: str) -> Credential | None:
    """The credential that this user has for a repository, as `find`."""
    try:
        home = Path.home()
    except RuntimeError:  # somebody without a name or a home, as in many a container
        home = Path(os.devnull)
    return find(host, repository, os.environ, home)


def find(
    host: str, repository: str, environment: Mapping[str, str], home: Path
) -> Credential | None:
    """The credential for a repository: that of the first file that has one, or None.

    `host` has its port if it is not the scheme's own. A helper that a file names is run, with
    this environment.

    Raises:
        InputError: a file that must be there is missing, one cannot be read, or a helper fails.
        MalformedError: a file is not what it should be. Nothing secret is in the message.
    """
    for place in _places(environment, home):
        if mode_of(place.path) is None:
            continue
        file = auth_file.read(place.path, old_form=place.old_form)
        found = _found_in(file, host, repository, environment)
        if found is not None:
            return found
    return None


def _found_in(
    file: auth_file.AuthFile, host: str, repository: str, environment: Mapping[str, str]
) -> Credential | None:
    # A helper that is named for a host stands in place of what the file holds for it. One that is
    # named for all hosts is asked where the file holds nothing: a login leaves an empty entry.
    own = file.helper_for(host)
    if own is not None and own.name:
        return helper.ask(own, environment)
    found = file.entry_for(host, repository)
    if found is not None or own is not None:
        return found
    store = file.store_for(host)
    return helper.ask(store, environment) if store is not None else None


def _places(environment: Mapping[str, str], home: Path) -> Iterator[_Place]:
    if named := environment.get(NAMED):
        if mode_of(Path(named)) is None:
            raise InputError(
                f"{printable(named)} does not exist",
                hint=f"The variable {NAMED} names it: log in, or unset the variable.",
            )
        yield _Place(Path(named))
    if runtime := _folder(environment, "XDG_RUNTIME_DIR"):
        yield _Place(runtime / _AUTH_FILE)
    yield _Place((_folder(environment, "XDG_CONFIG_HOME") or home / ".config") / _AUTH_FILE)
    docker = environment.get("DOCKER_CONFIG")
    yield _Place((Path(docker) if docker else home / ".docker") / "config.json")
    yield _Place(home / ".dockercfg", old_form=True)


def _folder(environment: Mapping[str, str], name: str) -> Path | None:
    # XDG Base Directory Specification: a relative path counts as none.
    path = Path(environment.get(name, ""))
    return path if path.is_absolute() else None
