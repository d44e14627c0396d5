"""What a Service is to a client: one address, and behind it whoever is ready.

A connection stays with whom it went to, as kube-proxy has it; only new ones go elsewhere.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 64 << 10


class Balancer:
    """It listens at `port` and leads to the ports in `ready`, by turns."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self.ready: tuple[int, ...] = ()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._turn = 0

    def serve(self) -> None:
        """Take connections, until it is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._lead, args=(client,), daemon=True).start()

    def close(self) -> None:
        """End every connection, and take no more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _lead(self, client: socket.socket) -> None:
        with client:
            ready = self.ready
            if not ready:
                return
            self._turn += 1
            try:
                server = socket.create_connection(("127.0.0.1", ready[self._turn % len(ready)]))
            except OSError:
                return
            with server:
                with self._lock:
                    self._open |= {client, server}
                back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                back.start()
                _copy(client, server)
                back.join()
                with self._lock:
                    self._open -= {client, server}


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Pass everything on, and then the end."""
    with suppress(OSError):
        while data := source.recv(PIECE):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def balancer() -> Iterator[Balancer]:
    """A balancer, while the context lasts."""
    found = Balancer()
    thread = threading.Thread(target=found.serve, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.close()
        thread.join()
