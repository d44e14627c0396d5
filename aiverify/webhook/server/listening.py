"""A port: takes connections, each with the certificate of the moment."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

from aiverify.core.names import printable
from aiverify.errors import UsageError
from aiverify.webhook.server.connection import Connection
from aiverify.webhook.server.exchange import Handler
from aiverify.webhook.server.rooms import Rooms

BACKLOG = 512
"""Connections that the system holds until they are taken."""

PAUSE = 0.05
"""Seconds to wait for what takes a moment, such as a file descriptor when there are none."""


def bind(host: str, port: int) -> socket.socket:
    """Open a port.

    Raises:
        UsageError: somebody else has it, or it is not ours to have.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setblocking(False)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        raise UsageError(
            f"{printable(host)} port {port} cannot be listened at: {error.strerror}",
            hint="Choose another with --host, --port and --metrics-port.",
        ) from error
    return listening


class Port:
    """Takes connections at a socket until it is closed.

    `context` gives what a connection is taken with, None for plain HTTP: each connection has
    the newest, and those that are there keep theirs.
    """

    def __init__(
        self,
        listening: socket.socket,
        handler: Handler,
        rooms: Rooms,
        context: Callable[[], ssl.SSLContext | None] = lambda: None,
        on_failed_handshake: Callable[[], None] = lambda: None,
    ) -> None:
        self.rooms = rooms
        self.number: int = listening.getsockname()[1]
        self._listening = listening
        self._handler = handler
        self._context = context
        self._on_failed = on_failed_handshake
        self._loop = asyncio.get_running_loop()
        self._greetings: set[asyncio.Task[None]] = set()
        self._open = True
        self._listen()

    async def close(self) -> None:
        """Take those that wait, and then no more; end the connections as they fall idle."""
        self._accept()
        self._open = False
        self._loop.remove_reader(self._listening)
        self._listening.close()
        if self._greetings:
            await asyncio.wait(self._greetings)
        # Requests that have arrived already are read, so that their connections are not idle.
        await asyncio.sleep(PAUSE)
        self.rooms.close()

    async def gone(self) -> None:
        """Wait until the last connection has ended."""
        while len(self.rooms):
            await asyncio.sleep(PAUSE)

    def _listen(self) -> None:
        if self._open:
            self._loop.add_reader(self._listening, self._accept)

    def _accept(self) -> None:
        """Take all that wait."""
        try:
            for _ in range(BACKLOG):
                self._greet(self._listening.accept()[0])
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # nobody waits any more, or who did has left
        except OSError:
            # There are no more descriptors, and whoever waits would be announced again and again.
            self._loop.remove_reader(self._listening)
            self._loop.call_later(PAUSE, self._listen)

    def _greet(self, client: socket.socket) -> None:
        client.setblocking(False)
        if not self.rooms.begin_handshake():
            client.close()
            return
        greeting = self._loop.create_task(self._shake_hands(client))
        self._greetings.add(greeting)
        greeting.add_done_callback(self._greetings.discard)

    async def _shake_hands(self, client: socket.socket) -> None:
        context, limits = self._context(), self.rooms.limits
        connection = Connection(self._handler, self.rooms)
        try:
            with contextlib.suppress(OSError):
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            await self._loop.connect_accepted_socket(
                lambda: connection,
                client,
                ssl=context,
                ssl_handshake_timeout=None if context is None else limits.handshake_seconds,
                ssl_shutdown_timeout=None if context is None else limits.close_seconds,
            )
        except (TimeoutError, OSError, EOFError):
            self._on_failed()
            client.close()
        finally:
            if not connection.entered:
                self.rooms.fail_handshake()
