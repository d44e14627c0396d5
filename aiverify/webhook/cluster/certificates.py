"""Certificates of the webhook's own making, which its replicas share and the API server believes.

They lie in a Secret. Each replica reads it every few seconds, takes the step of the rotation that
is due, writes the bundle of authorities into the webhook configurations, and puts the certificate
where the server finds it. Whichever replica comes second finds that the object has changed and
begins anew, so that no two of them ever serve certificates of which the API server believes one.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from aiverify.core.jsonvalue import Json
from aiverify.errors import AiverifyError, UndecidedError
from aiverify.webhook.cluster import rotation
from aiverify.webhook.cluster.client import Api, ConflictError, Document, MissingError
from aiverify.webhook.cluster.files import write_together
from aiverify.webhook.cluster.minting import Pair
from aiverify.webhook.cluster.rotation import Timing

CERTIFICATE, KEY = "tls.crt", "tls.key"
"""The files' names in the directory."""

SETTLED, AWAITED, UNSETTLED = 15.0, 3.0, 1.0
"""Seconds between two looks: while all agree, while a configuration is not there that will fail
every request until it has its bundle, and while this replica is not ready."""

_TURNS = 8
"""Times that a change is tried anew because somebody else was quicker."""

_REGISTRATION = "/apis/admissionregistration.k8s.io/v1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the certificates are kept and believed.

    `secret` is the Secret's name in `namespace`; `names` are those that the certificate is for;
    `validating` and `mutating` are names of webhook configurations, the latter may be empty.
    """

    namespace: str
    secret: str
    names: tuple[str, ...]
    validating: str
    mutating: str = ""

    @property
    def secret_path(self) -> str:
        """The Secret in the API."""
        return f"/api/v1/namespaces/{self.namespace}/secrets/{self.secret}"

    @property
    def configurations(self) -> tuple[str, ...]:
        """The webhook configurations in the API."""
        kinds = {"validating": self.validating, "mutating": self.mutating}
        return tuple(
            f"{_REGISTRATION}/{kind}webhookconfigurations/{name}"
            for kind, name in kinds.items()
            if name
        )


class Keeper:
    """Keeps the certificates of one replica, in files of `directory`."""

    def __init__(
        self,
        api: Api,
        place: Place,
        directory: Path,
        timing: Timing | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._api = api
        self._place = place
        self._directory = directory
        self._timing = timing or Timing()
        self._clock = clock
        self._served: Pair | None = None
        self._problem = "no certificate was made yet"
        self._all_there = False

    @property
    def problem(self) -> str:
        """Why this replica is not ready, or empty: the API server believes what it serves.

        An API server that is out of reach changes nothing of that.
        """
        if self._served and not self._served.serves(self._place.names, self._clock()):
            return "the certificate has expired"
        return self._problem

    @property
    def has_certificate(self) -> bool:
        """Whether there is one to serve, good or not."""
        return (self._directory / CERTIFICATE).is_file()

    def step(self) -> None:
        """Look, do what is due, and put the certificate into its files.

        Raises:
            UndecidedError: the API server is out of reach, or others are always quicker.
            MissingError: there is no such Secret.
            DeniedError: the service account may not.
            OutputError: the files cannot be written.
        """
        try:
            self._serve(self._settled())
        except AiverifyError as error:
            if self._served is None:
                self._problem = error.message
            raise

    def run(self, stop: Event, tell: Callable[[AiverifyError], object]) -> None:
        """Step until `stop` is set. What goes wrong is told, and tried anew."""
        while not stop.is_set():
            try:
                self.step()
            except AiverifyError as error:
                tell(error)
            stop.wait(self._pause())

    def _pause(self) -> float:
        if self.problem:
            return UNSETTLED
        return SETTLED if self._all_there else AWAITED

    def _settled(self) -> Pair:
        """The pair to serve, once every configuration carries its authority."""
        for _ in range(_TURNS):
            try:
                return self._turn()
            except ConflictError:
                continue
        raise UndecidedError("the webhook's certificates change faster than they can be read")

    def _turn(self) -> Pair:
        # Configurations are read before the Secret, and written on condition that they are still
        # what was read: what somebody wrote there in between came of a Secret that is read here,
        # or is a conflict. So nobody ever puts an older bundle in the place of a newer one.
        configurations = self._configurations()
        self._compare(configurations)
        secret = self._api.get(self._place.secret_path)
        held = rotation.read(secret)
        published = all(
            carried == held.bundle
            for found in configurations.values()
            for carried in _bundles(found)
        )
        due = rotation.advance(
            held, self._place.names, self._clock(), self._timing, published=published
        )
        if due != held:
            # The object names the version that was read: a change in between is a conflict.
            self._api.replace(self._place.secret_path, {**secret, "data": rotation.written(due)})
        for path, found in configurations.items():
            self._publish(path, found, due.bundle)
        assert due.current
        return due.current

    def _configurations(self) -> dict[str, Document]:
        """Those that are there. Of one that is not, nobody believes anything else."""
        found: dict[str, Document] = {}
        for path in self._place.configurations:
            with contextlib.suppress(MissingError):
                found[path] = self._api.get(path)
        self._all_there = len(found) == len(self._place.configurations)
        return found

    def _compare(self, configurations: Mapping[str, Document]) -> None:
        """See whether what is served now is believed."""
        if self._served is None:
            return
        self._problem = ""
        for path, found in configurations.items():
            if not all(self._served.authority in carried for carried in _bundles(found)):
                name = path.rpartition("/")[2]
                self._problem = f"{name} does not carry the authority of the certificate"

    def _publish(self, path: str, found: Document, bundle: str) -> None:
        """Have a configuration carry the bundle, in each of its webhooks."""
        encoded = base64.b64encode(bundle.encode()).decode()
        operations: list[Document] = [
            {"op": "add", "path": f"/webhooks/{index}/clientConfig/caBundle", "value": encoded}
            for index, carried in enumerate(_bundles(found))
            if carried != bundle
        ]
        if operations:
            version = _metadata(found).get("resourceVersion")
            # Written over with what it is, it makes the API server refuse where it has changed.
            still: Document = {
                "op": "replace",
                "path": "/metadata/resourceVersion",
                "value": version,
            }
            self._api.patch(path, [still, *operations])

    def _serve(self, pair: Pair) -> None:
        """Write the files, from which the server takes them within moments."""
        files = {CERTIFICATE: pair.certificate, KEY: pair.key}
        write_together(self._directory, {name: text.encode() for name, text in files.items()})
        self._served, self._problem = pair, ""


def service_names(service: str, namespace: str) -> tuple[str, ...]:
    """The names of a Service: the first is the one by which an API server asks it."""
    name = f"{service}.{namespace}.svc"
    return (name, f"{name}.cluster.local")


def _bundles(configuration: Mapping[str, Json]) -> Sequence[str]:
    webhooks = configuration.get("webhooks")
    return [_bundle(item) for item in webhooks] if isinstance(webhooks, list) else []


def _bundle(webhook: Json) -> str:
    client = webhook.get("clientConfig") if isinstance(webhook, Mapping) else None
    value = client.get("caBundle") if isinstance(client, Mapping) else None
    try:
        return base64.b64decode(value if isinstance(value, str) else "", validate=True).decode()
    except (ValueError, binascii.Error):
        return ""


def _metadata(document: Mapping[str, Json]) -> Mapping[str, Json]:
    found = document.get("metadata")
    return found if isinstance(found, Mapping) else {}
