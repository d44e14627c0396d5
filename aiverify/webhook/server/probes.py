"""The second port: whether the server lives and is ready, and its numbers. Nothing else."""

from __future__ import annotations

from collections.abc import Callable

from aiverify.webhook.server.exchange import Answer, Head, plain
from aiverify.webhook.server.measured import Measured
from aiverify.webhook.server.metrics import CONTENT_TYPE

PATHS = frozenset({"/healthz", "/livez", "/readyz", "/metrics"})
METHODS = "GET, HEAD"


class Probes:
    """Answers what asks how the server is.

    `unwell` says why it should be started anew, `unready` why it should get no requests;
    either gives nothing where there is no reason. `count` brings numbers up to date.
    """

    def __init__(
        self,
        measured: Measured,
        *,
        unwell: Callable[[], tuple[str, ...]],
        unready: Callable[[], tuple[str, ...]],
        count: Callable[[], None],
    ) -> None:
        self._measured = measured
        self._unwell = unwell
        self._unready = unready
        self._count = count

    def refuse(self, head: Head) -> Answer | None:
        """No body is ever read here."""
        if head.path not in PATHS:
            return plain(404, "there is nothing here")
        if head.method not in {"GET", "HEAD"}:
            return plain(405, "this is only to be read", allow=METHODS)
        if head.headers.get("content-length", "0") != "0" or "transfer-encoding" in head.headers:
            return plain(413, "no body is taken here")
        return None

    def instead(self, head: Head, begun: bytes, answer: Answer) -> Answer:
        """No body is ever begun."""
        del head, begun
        return answer

    def answer(self, head: Head, body: bytes) -> Answer:
        """Say how it is."""
        del body
        if head.path == "/metrics":
            self._count()
            unready = self._unready()
            self._measured.ready.set(0 if unready else 1)
            return Answer(200, self._measured.exposition(), CONTENT_TYPE)
        wrong = self._unready() if head.path == "/readyz" else self._unwell()
        return plain(503, "\n".join(wrong)) if wrong else plain(200, "ok")
