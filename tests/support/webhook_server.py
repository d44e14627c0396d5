"""A webhook's server in a thread, a judge that does as it is told, and clients over sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from aiverify.webhook.decision import Decision
from aiverify.webhook.request import AdmissionRequest
from aiverify.webhook.server.assembly import Assembly, tools_of
from aiverify.webhook.server.judges import Judges, Seat
from aiverify.webhook.server.reviews import Tools
from aiverify.webhook.server.settings import Settings, Tls
from tests.support.certificates import (
    Authority,
    Wish,
    authority_extensions,
    issued,
    key_of,
    key_usage,
)

HOST = "127.0.0.1"
UID = "705ab4f5-6393-11e8-b7cc-42010a800002"

SERVER_AUTH = x509.ExtendedKeyUsageOID.SERVER_AUTH
CLIENT_AUTH = x509.ExtendedKeyUsageOID.CLIENT_AUTH


def tls_authority(subject: str) -> Authority:
    """An authority whose certificate is good now."""
    return issued(Wish(subject, key_of(subject), authority_extensions()), None, **lifetime())


def lifetime(days: float = 1.0) -> dict[str, Any]:
    """From yesterday for so many days from now."""
    now = datetime.now(UTC)
    return {"start": now - timedelta(days=1), "end": now + timedelta(days=days)}


def tls_pair(
    authority: Authority, subject: str, *, usage: x509.ObjectIdentifier = SERVER_AUTH, **fields: Any
) -> tuple[bytes, bytes]:
    """A certificate for this machine or a client, and its key, in PEM."""
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost")] if usage == SERVER_AUTH else [x509.DNSName(f"{subject}.test")]
    )
    made = authority.issue(
        subject,
        (
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (key_usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([usage]), False),
            (names, False),
        ),
        **{**lifetime(), **fields},
    )
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.pem, key


def write_pair(directory: Path, pair: tuple[bytes, bytes]) -> Tls:
    """Put a server's certificate and key into a directory."""
    tls = Tls(directory / "tls.crt", directory / "tls.key")
    tls.certificate.write_bytes(pair[0])
    tls.key.write_bytes(pair[1])
    return tls


def review_body(uid: str = UID, **changes: Any) -> bytes:
    """An AdmissionReview of a pod, as the API server writes it."""
    request: dict[str, Any] = {
        "uid": uid,
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "name": "web",
        "namespace": "default",
        "operation": "CREATE",
        "userInfo": {"username": "ann", "groups": ["system:authenticated"]},
        "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {}},
        "oldObject": None,
        "dryRun": False,
    }
    request.update(changes)
    document = {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}
    return json.dumps(document).encode()


@dataclass
class ToldJudge:
    """Decides as it is told. `hold` keeps it from answering while it is not set.

    `knows` is what it has settled before.
    """

    say: Callable[[AdmissionRequest, float], Decision] = lambda _request, _seconds: Decision(True)
    hold: threading.Event = field(default_factory=threading.Event)
    began: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    seconds: list[float] = field(default_factory=list)
    knows: Decision | None = None

    def __post_init__(self) -> None:
        self.hold.set()

    def settled(self, request: AdmissionRequest) -> Decision | None:
        return self.knows

    def decide(self, request: AdmissionRequest, *, seconds: float) -> Decision:
        self.seconds.append(seconds)
        self.began.release()
        self.hold.wait(30)
        return self.say(request, seconds)


@dataclass
class Running:
    """A server that runs. `said` is what it told."""

    settings: Settings
    judge: ToldJudge
    made: Callable[[], Seat] | None = None
    said: list[str] = field(default_factory=list)
    server: Assembly = field(init=False)
    loop: asyncio.AbstractEventLoop = field(init=False)
    hurry: asyncio.Event = field(init=False)
    links: list[ssl.SSLSocket] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.server.port.number

    @property
    def probes(self) -> int:
        return self.server.probes.number

    def look(self) -> None:
        """Have it look for new versions, and wait until it has."""
        self.server.look()

    def connect(self, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """A connection with TLS."""
        plain = socket.create_connection((HOST, self.port), timeout=30)
        try:
            link = (context or trusting()).wrap_socket(plain, server_hostname="localhost")
        except BaseException:
            plain.close()
            raise
        self.links.append(link)
        return link

    def serves(self, context: ssl.SSLContext) -> bool:
        """Whether a client that shows itself so gets an answer."""
        try:
            with self.connect(context) as link:
                link.sendall(request_bytes(review_body()))
                return read_reply(link).status == 200
        except (ssl.SSLError, ConnectionError):
            return False

    def ask(
        self,
        body: bytes | None = None,
        path: str = "/validate?timeout=10s",
        method: str = "POST",
        kind: str = "application/json",
        connection: ssl.SSLSocket | None = None,
    ) -> Reply:
        """One request, on a connection of its own unless there is one."""
        sent = review_body() if body is None else body
        link = connection or self.connect()
        link.sendall(request_bytes(sent, path, method, kind))
        reply = read_reply(link)
        if connection is None:
            link.close()
        return reply

    def probe(self, path: str) -> Reply:
        """Ask the second port."""
        with socket.create_connection((HOST, self.probes), timeout=30) as link:
            link.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            return read_reply(link)

    def metric(self, name: str) -> float:
        """A number from /metrics, by its name with its labels as they are printed."""
        lines = self.probe("/metrics").body.decode().splitlines()
        found = [line.rpartition(" ")[2] for line in lines if line.rpartition(" ")[0] == name]
        return float(found[0]) if found else 0.0


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    raw: bytes

    @property
    def response(self) -> dict[str, Any]:
        """The `response` of an AdmissionReview."""
        found: dict[str, Any] = json.loads(self.body)["response"]
        return found


def request_bytes(
    body: bytes, path: str = "/validate", method: str = "POST", kind: str = "application/json"
) -> bytes:
    """A request, whole."""
    head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def read_reply(link: socket.socket) -> Reply:
    """One response with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = link.recv(65536)
        if not more:
            return Reply(0, {}, b"", data)
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    while len(body) < int(headers.get("content-length", "0")):
        more = link.recv(65536)
        if not more:
            break
        body += more
    return Reply(int(first.split()[1]), headers, body, data)


def drained(link: socket.socket) -> bytes:
    """All that comes until the other side ends the connection."""
    data = b""
    try:
        while more := link.recv(65536):
            data += more
    except (ConnectionError, ssl.SSLError):
        pass
    return data


def trusting(
    authority: Authority | None = None, client: tuple[Path, Path] | None = None
) -> ssl.SSLContext:
    """How a client knows the server, by its authority or not at all, and shows itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if authority is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(cadata=authority.pem.decode())
    if client is not None:
        context.load_cert_chain(*client)
    return context


@contextmanager
def running(
    settings: Settings,
    judge: ToldJudge | None = None,
    make: Callable[[], Seat] | None = None,
    *,
    closes: bool = True,
    **companions: Any,
) -> Iterator[Running]:
    """A server while the block lasts, which must end when told to; or the block has it end."""
    told = judge or ToldJudge()
    state = Running(settings, told, make)
    ready, stop = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    async def run() -> None:
        state.loop, state.hurry = asyncio.get_running_loop(), asyncio.Event()
        seat = make or (lambda: Seat(told, "sha256:told"))
        state.server = Assembly(
            settings, state.said.append, make=seat, tools=told_tools, **companions
        )
        state.server.open()
        ready.set()
        await asyncio.to_thread(stop.wait)
        told.hold.set()
        if closes:
            await state.server.close(state.hurry)

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - the test's thread raises it
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait(30)
    try:
        if not failed:
            yield state
    finally:
        for link in state.links:
            link.close()
        stop.set()
        thread.join(60)
    if failed:
        raise failed[0]
    assert not thread.is_alive()


def told_tools(judges: Judges) -> Tools:
    """What judges by whoever sits there, for both endpoints."""

    tools = tools_of(judges, mutating=False)
    decide = tools.decide["validate"]
    return replace(tools, decide={"validate": decide, "mutate": decide})


def quick(directory: Path, **changes: Any) -> Settings:
    """Settings of a server that tests can wait for: it looks at no files unless told to."""
    profile = directory / "aiverify.yaml"
    if not profile.exists():
        profile.write_text("apiVersion: aiverify.dev/profile/v1\n")
    given = Settings(
        profile,
        changes.pop("tls", None) or write_pair(directory, tls_pair(tls_authority("CA"), "server")),
        HOST,
        0,
        metrics_port=0,
        look_every=3600,
        linger=0,
        drain=5,
    )
    return replace(given, **changes)
