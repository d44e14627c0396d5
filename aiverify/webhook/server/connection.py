"""One connection: HTTP/1.1 (RFC 9112) within bounds of size and time, one request at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from aiverify.webhook.server.bodies import Body, unfit
from aiverify.webhook.server.exchange import Answer, Coming, Handler, Head, headers_of, plain
from aiverify.webhook.server.peers import refusal
from aiverify.webhook.server.rooms import Rooms

if TYPE_CHECKING:
    import h11

DISCARDED = 8 << 20
"""Bytes that are still taken from a client that was answered before it had sent all."""

RETIRED = 10.0
"""Seconds for which a connection that is to end may still be idle."""


class Connection(asyncio.Protocol):
    """Speaks with one client.

    A request is read whole before it is answered, and the next one not before that. Reading
    stops while there is something to answer, so that nothing piles up.
    """

    def __init__(self, handler: Handler, rooms: Rooms) -> None:
        import h11

        self._h11 = h11
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=rooms.limits.head)
        self._handler = handler
        self._rooms = rooms
        self._limits = rooms.limits
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._head: Head | None = None
        self._body: Body | None = None
        self._served = self._discarded = 0
        self._refused = ""
        self._began = 0.0
        self.entered = False
        self._idle = self._leaving = self._stopped = self._clogged = self._last = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client is there, its handshake done."""
        self._transport = cast("asyncio.Transport", transport)
        self._refused = refusal(self._rooms.names(), transport.get_extra_info("peercert"))
        self._rooms.enter(self)
        self.entered = True
        self._wait(self._limits.head_seconds)
        self._idle = True

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone. A review that it asked for goes on, and is remembered."""
        del error
        self._rest()
        self._give_back()
        self._rooms.leave(self)

    def data_received(self, data: bytes) -> None:
        """The client sent something."""
        if self._leaving:
            self._discarded += len(data)
            if self._discarded > DISCARDED:
                self._transport.abort()
            return
        if self._idle:
            self._idle = False
            self._began = self._loop.time()
            self._wait(self._limits.head_seconds)
        self._http.receive_data(data)
        if self._task is None and not self._clogged:
            self._read()
        else:
            self._stop_reading()

    def eof_received(self) -> bool:
        """The client sends no more. Without TLS it may still wait for its answer."""
        if self._task is None:
            return False
        self._http.receive_data(b"")
        return self._transport.get_extra_info("ssl_object") is None

    def pause_writing(self) -> None:
        """The client does not take its answers."""
        self._clogged = True

    def resume_writing(self) -> None:
        """It does again."""
        self._clogged = False
        if self._task is None and not self._leaving and self._http.our_state is self._h11.DONE:
            self._go_on()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return self._idle

    def let_go(self) -> None:
        """End the connection, after the answer that is under way."""
        if self._idle:
            self._close()

    def retire(self) -> None:
        """End the connection with its next answer, or when it was idle for a while."""
        self._last = True
        if self._idle:
            self._wait(RETIRED)

    def drop(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def _read(self) -> None:
        h11 = self._h11
        try:
            while not self._leaving:
                event = self._http.next_event()
                if event is h11.NEED_DATA:
                    self._encourage()
                    return
                if event is h11.PAUSED:
                    return
                if isinstance(event, h11.Request):
                    self._start(event)
                elif isinstance(event, h11.Data):
                    self._take(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage):
                    self._finish()
                    return
                else:
                    self._close()
        except h11.RemoteProtocolError as error:
            known = error.error_status_hint in {431, 501}
            words = {431: "the headers are too large", 501: "this transfer coding is not known"}
            status = error.error_status_hint if known else 400
            self._reject(plain(status, words.get(status, "this is not HTTP/1.1")))

    def _start(self, event: h11.Request) -> None:
        path, _, query = event.target.decode("ascii", "replace").partition("?")
        headers = {name.decode("ascii"): value.decode("latin-1") for name, value in event.headers}
        method = event.method.decode("ascii")
        self._head = head = Head(method, path, query, headers, self._began, self._refused)
        answer = self._handler.refuse(head) or unfit(headers, self._limits.body)
        if answer is not None:
            self._reject(answer)
            return
        self._body = Body(self._rooms, headers)
        self._wait(self._limits.body_seconds)

    def _take(self, data: bytes) -> None:
        assert self._head is not None
        assert self._body is not None
        answer = self._body.add(data)
        if answer is not None:
            self._reject(self._handler.instead(self._head, self._body.begun, answer))

    def _encourage(self) -> None:
        # RFC 9110, section 10.1.1: the client waits to hear that its body is wanted.
        if self._http.they_are_waiting_for_100_continue:
            go_on = self._h11.InformationalResponse(status_code=100, headers=[])
            self._transport.write(self._http.send(go_on) or b"")

    def _finish(self) -> None:
        self._rest()
        assert self._head is not None
        assert self._body is not None
        try:
            answer = self._handler.answer(self._head, self._body.whole())
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            answer = self._failed(error)
        if isinstance(answer, Answer):
            self._reply(answer)
        else:
            self._task = self._loop.create_task(self._wait_for(answer))

    # Answering.

    async def _wait_for(self, coming: Coming) -> None:
        try:
            answer = await coming
        except Exception as error:  # noqa: BLE001 - as above
            answer = self._failed(error)
        self._task = None
        self._reply(answer)

    def _failed(self, error: Exception) -> Answer:
        self._rooms.trouble(error)
        return plain(500, "the webhook failed on its own")

    def _reply(self, answer: Answer) -> None:
        self._give_back()
        if self._transport.is_closing():
            return
        self._served += 1
        enough = self._served >= self._limits.per_connection
        self._send(answer, last=self._last or enough or self._rooms.closing)

    def _reject(self, answer: Answer) -> None:
        """Answer before all was read. The rest is not looked at."""
        h11 = self._h11
        self._give_back()
        self._rooms.refused(answer.status)
        if self._http.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self._send(answer, last=True)
        else:
            self._close()

    def _send(self, answer: Answer, *, last: bool) -> None:
        """Send an answer in one piece: two would wait for each other (RFC 1122, 4.2.3.2)."""
        h11 = self._h11
        last = last or answer.close
        headers = headers_of(answer, last=last)
        http = self._http
        pieces: list[bytes | None] = [
            http.send(h11.Response(status_code=answer.status, headers=headers)),
            None if self._is_head() else http.send(h11.Data(data=answer.body)),
            http.send(h11.EndOfMessage()),
        ]
        self._transport.write(b"".join(piece for piece in pieces if piece))
        if last or http.our_state is not h11.DONE or http.their_state is not h11.DONE:
            self._leave()
        elif not self._clogged:
            self._go_on()
        else:
            self._wait(self._limits.idle_seconds)

    def _is_head(self) -> bool:
        return self._head is not None and self._head.method == "HEAD"

    def _go_on(self) -> None:
        """Take the next request, which may have come already."""
        self._http.start_next_cycle()
        self._head = None
        waiting, _ = self._http.trailing_data
        self._idle = not waiting
        self._began = self._loop.time()
        self._wait(self._limits.head_seconds if waiting else self._limits.idle_seconds)
        if self._stopped:
            self._stopped = False
            self._transport.resume_reading()
        if waiting:
            # Not at once: a client that sends many requests at a time would keep all others out.
            self._loop.call_soon(self._read_if_free)
        elif self._rooms.closed:
            self._close()

    def _read_if_free(self) -> None:
        if self._task is None and not self._transport.is_closing():
            self._read()

    # Bounds.

    def _stop_reading(self) -> None:
        if not self._stopped:
            self._stopped = True
            self._transport.pause_reading()

    def _wait(self, seconds: float) -> None:
        self._rest()
        self._timer = self._loop.call_later(seconds, self._expire)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        if self._leaving or self._idle or self._clogged:
            self._close()
        else:
            self._reject(plain(408, "the request took too long"))

    def _give_back(self) -> None:
        if self._body is not None:
            self._body.let_go()
            self._body = None

    def _leave(self) -> None:
        """Close once the client had time to read: what it still sends would reset the rest."""
        self._idle = False
        if self._http.their_state in {self._h11.DONE, self._h11.MUST_CLOSE, self._h11.CLOSED}:
            self._close()
            return
        self._leaving = True
        self._wait(self._limits.close_seconds)

    def _close(self) -> None:
        self._leaving, self._idle = True, False
        self._rest()
        self._transport.close()
        # One that never reads would keep it open for what is still to be sent.
        self._timer = self._loop.call_later(self._limits.close_seconds, self.drop)
