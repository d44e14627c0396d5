"""Start registries: Debian's docker-registry, zot and olareg, each with its own ways.

docker-registry has no referrers API. zot 1.4 has one, and does not say `OCI-Subject`; olareg
keeps to version 1.1 of the distribution specification, and knows no users.
"""

from __future__ import annotations

import json
import os
import shutil
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import yaml

from tests.support.registries.registry import (
    Login,
    Registry,
    Tls,
    docker_config,
    loopback_tls,
)
from tests.support.registries.tokens import TokenServer
from tests.support.services.server import Server, free_port
from tests.support.services.tools import tool, why_not


@contextmanager
def docker_registry(
    folder: Path,
    *,
    tls: bool = False,
    users: Sequence[Login] = (),
    token_auth: TokenServer | None = None,
    relative: bool = False,
) -> Iterator[Registry]:
    """Debian's docker-registry: no referrers API.

    Args:
        folder: Where it keeps everything.
        tls: Whether it speaks TLS.
        users: Who may use it, by passwords. Empty: everybody.
        token_auth: A running server whose tokens it asks for, instead of passwords.
        relative: Whether it answers with relative locations.
    """
    program = shutil.which("docker-registry")
    if program is None:
        pytest.skip("no docker-registry: install Debian's package of that name")
    port, files = _prepare(folder, tls=tls)
    config: dict[str, object] = {
        "version": 0.1,
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(folder / "storage")},
            "delete": {"enabled": True},
            "maintenance": {"uploadpurging": {"enabled": False}},
        },
        # The secret signs the state of an upload, which has to live through a restart.
        "http": {
            "addr": f"127.0.0.1:{port}",
            "secret": "the same each time",
            "relativeurls": relative,
            **(
                {"tls": {"certificate": str(files.certificate), "key": str(files.key)}}
                if files
                else {}
            ),
        },
    }
    if token_auth:
        config["auth"] = {"token": token_auth.settings}
    elif users:
        passwords = _passwords(folder, users)
        config["auth"] = {"htpasswd": {"realm": "registry", "path": str(passwords)}}
    path = folder / "config.yml"
    path.write_text(yaml.safe_dump(config))
    known = tuple(token_auth.users if token_auth else users)
    with _running(Path(program), "serve", path, port=port, folder=folder, files=files) as server:
        yield _registry(folder, port, files, known, server)


@contextmanager
def zot(folder: Path, *, tls: bool = False, users: Sequence[Login] = ()) -> Iterator[Registry]:
    """zot 1.4: a referrers API, but no word of it in the answer to a manifest with a subject."""
    program = _built("zot")
    port, files = _prepare(folder, tls=tls)
    http: dict[str, object] = {"address": "127.0.0.1", "port": str(port), "realm": "registry"}
    if files:
        http["tls"] = {"cert": str(files.certificate), "key": str(files.key)}
    if users:
        http["auth"] = {"htpasswd": {"path": str(_passwords(folder, users))}, "failDelay": 0}
    config = {
        "distSpecVersion": "1.1.0",
        "storage": {"rootDirectory": str(folder / "storage"), "dedupe": False, "gc": False},
        "http": http,
        "log": {"level": "warn"},
    }
    path = folder / "config-zot.json"
    path.write_text(json.dumps(config))
    with _running(program, "serve", path, port=port, folder=folder, files=files) as server:
        yield _registry(folder, port, files, tuple(users), server)


@contextmanager
def olareg(folder: Path, *, tls: bool = False) -> Iterator[Registry]:
    """olareg: all of version 1.1, for everybody."""
    program = _built("olareg")
    port, files = _prepare(folder, tls=tls)
    words: list[str | Path] = ["serve", "--addr", "127.0.0.1", "--port", str(port)]
    words += ["--dir", folder / "storage", "--gc-frequency", "-1s", "--api-delete"]
    words += ["--api-blob-delete"]
    if files:
        words += ["--tls-cert", files.certificate, "--tls-key", files.key]
    with _running(program, *words, port=port, folder=folder, files=files) as server:
        yield _registry(folder, port, files, (), server)


def referrers_registry(
    folder: Path, *, tls: bool = False, users: Sequence[Login] = ()
) -> AbstractContextManager[Registry]:
    """A registry with the referrers API: olareg, or zot where users log in."""
    return zot(folder, tls=tls, users=users) if users else olareg(folder, tls=tls)


REGISTRIES: dict[str, Callable[..., AbstractContextManager[Registry]]] = {
    "docker-registry": docker_registry,
    "zot": zot,
    "olareg": olareg,
}
"""Every kind, by its name. All take `tls`; all but olareg take `users`."""


class _RegistryServer(Server):
    """Ready once it answers at /v2/, be it that one has to log in first."""

    def __init__(self, program: Path, *words: str | Path, port: int, folder: Path, ca: Path | None):
        super().__init__(program.name, *words, port=port, health="/v2/", folder=folder)
        self.url = f"{'https' if ca else 'http'}://127.0.0.1:{port}"
        self._health = f"{self.url}/v2/"
        self._command[0] = str(program)
        self._ca = ca

    def _answers(self) -> bool:
        context = ssl.create_default_context(cafile=self._ca) if self._ca else None
        # Proxies of the environment are not for loopback.
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        try:
            with opener.open(self._health, timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            with error:
                return error.code == 401
        except OSError:
            return False


@contextmanager
def _running(
    program: Path, *words: str | Path, port: int, folder: Path, files: Tls | None
) -> Iterator[Server]:
    ca = files.ca if files else None
    with _RegistryServer(program, *words, port=port, folder=folder, ca=ca) as server:
        yield server


def _built(name: str) -> Path:
    if not os.access(tool(name), os.X_OK):
        pytest.skip(why_not(name))
    return tool(name).resolve()


def _prepare(folder: Path, *, tls: bool) -> tuple[int, Tls | None]:
    (folder / "storage").mkdir(parents=True, exist_ok=True)
    return free_port(), loopback_tls(folder / "tls") if tls else None


def _passwords(folder: Path, users: Sequence[Login]) -> Path:
    path = folder / "htpasswd"
    path.write_text("".join(user.htpasswd for user in users))
    return path


def _registry(
    folder: Path, port: int, files: Tls | None, users: tuple[Login, ...], server: Server
) -> Registry:
    host = f"127.0.0.1:{port}"
    return Registry(
        host=host,
        config=docker_config(folder / "docker", host, users),
        storage=folder / "storage",
        ca=files.ca if files else None,
        users=users,
        server=server,
    )
