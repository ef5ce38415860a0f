"""A mail server in its own process that accepts every mail and discards it, so that its work is not measured."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Sink(asyncio.Protocol):
    """The part of SMTP that a correct sender needs."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.pending, self.in_body = b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while (end := b"\r\n.\r\n" if self.in_body else b"\r\n") in self.pending:
            taken, _end, self.pending = self.pending.partition(end)
            self.transport.write(b"250 OK\r\n" if self.in_body else self.answer(taken[:4].upper()))
            self.in_body = not self.in_body and taken[:4].upper() == b"DATA"

    def answer(self, verb: bytes) -> bytes:
        return {b"EHLO": b"250 sink\r\n", b"DATA": b"354 Go on\r\n"}.get(verb, b"250 OK\r\n")


@contextmanager
def smtp_process() -> Iterator[int]:
    """Run the server in its own process; yield its port."""
    spawn = multiprocessing.get_context("spawn")
    ports: Any = spawn.Queue()
    process = spawn.Process(target=_serve, args=(ports,), daemon=True)
    process.start()
    try:
        yield ports.get(timeout=30)
    finally:
        process.terminate()


def _serve(ports: Any) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())
