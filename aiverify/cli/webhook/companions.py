"""What runs beside the server in a cluster: its own certificates, and the profile as an object."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from aiverify.cli.options import a_flag, a_path, a_text
from aiverify.errors import UsageError

if TYPE_CHECKING:
    from aiverify.webhook.cluster.certificates import Keeper
    from aiverify.webhook.cluster.client import Client
    from aiverify.webhook.cluster.profiles import Profiles


@dataclass(frozen=True, slots=True)
class ClusterWords:
    """What a command line says of the cluster that the server is part of."""

    self_signed: Annotated[
        bool, a_flag("Make the certificate, and have the API server believe it.", "--self-signed")
    ] = False
    namespace: Annotated[
        str, a_text("The namespace of the Service and the Secret.", metavar="NAME")
    ] = ""
    service: Annotated[str, a_text("The Service by which the API server asks.", metavar="NAME")] = (
        ""
    )
    secret: Annotated[
        str, a_text("The Secret in which the certificates are kept.", metavar="NAME")
    ] = ""
    validating: Annotated[str, a_text("The validating webhook configuration.", metavar="NAME")] = ""
    mutating: Annotated[str, a_text("The mutating webhook configuration.", metavar="NAME")] = ""
    watch_profile: Annotated[
        bool, a_flag("Follow the profile that is an object of the cluster.", "--watch-profile")
    ] = False
    kubeconfig: Annotated[
        Path | None, a_path("How to reach the API server from outside of its pods.")
    ] = None

    def keeper(self, certificate: Path, key: Path, scratch: Path) -> Keeper | None:
        """What keeps the certificate, where the server makes it itself.

        Raises:
            UsageError: a word is missing, or has no meaning.
            InputError: it is not known where the API server is.
        """
        needed = {
            "--namespace": self.namespace,
            "--service": self.service,
            "--secret": self.secret,
            "--validating": self.validating,
        }
        if not self.self_signed:
            given = {**needed, "--mutating": self.mutating}
            for option, value in given.items():
                if value:
                    raise UsageError(f"{option} is for --self-signed", hint="Give that too.")
            return None
        for option, value in needed.items():
            if not value:
                raise UsageError(f"--self-signed needs {option}", hint="Give that too.")
        from aiverify.webhook.cluster.certificates import (
            CERTIFICATE,
            KEY,
            Keeper,
            Place,
            service_names,
        )

        if (certificate.name, key.name) != (CERTIFICATE, KEY) or certificate.parent != key.parent:
            raise UsageError(
                f"with --self-signed the files are {CERTIFICATE} and {KEY} of one directory",
                hint="Name them so with --tls-cert and --tls-key.",
            )
        names = service_names(self.service, self.namespace)
        place = Place(self.namespace, self.secret, names, self.validating, self.mutating)
        return Keeper(self._client(scratch), place, certificate.parent)

    def profiles(self, mounted: Path, scratch: Path) -> Profiles | None:
        """What follows the profile, where that may be an object of the cluster."""
        if not self.watch_profile:
            return None
        from aiverify.webhook.cluster.profiles import FILE, Profiles

        if mounted.name != FILE:
            raise UsageError(
                f"with --watch-profile the mounted profile is called {FILE}",
                hint="Rename it.",
            )
        return Profiles(self._client(scratch), mounted.parent, scratch)

    def _client(self, scratch: Path) -> Client:
        """A client of its own for each, since each is for one thread."""
        from aiverify.webhook.cluster.client import Client
        from aiverify.webhook.cluster.place import in_cluster, kubeconfig

        if self.kubeconfig is not None:
            return Client(kubeconfig(self.kubeconfig, scratch))
        return Client(in_cluster(os.environ))
