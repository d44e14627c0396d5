"""The timestamp authority (RFC 3161)."""

from __future__ import annotations

from pathlib import Path

from tests.support.services.keys import Authority
from tests.support.services.server import Server, free_port

PATH = "/api/v1/timestamp"


def timestamps(authority: Authority, folder: Path) -> Server:
    """An authority with a key in a file, which believes this machine's clock."""
    chain, key = authority.write(folder, "timestamps")
    port = free_port()
    return Server(
        "timestamp-server",
        "serve",
        "--scheme=http",
        "--host=127.0.0.1",
        f"--port={port}",
        "--timestamp-signer=file",
        f"--file-signer-key-path={key}",
        "--file-signer-passwd=",
        f"--certificate-chain-path={chain}",
        "--disable-ntp-monitoring",
        "--graceful-timeout=1s",
        port=port,
        health="/ping",
        folder=folder,
    )
