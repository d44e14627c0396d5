"""The certificate transparency log: tesseract, of the Static CT API."""

from __future__ import annotations

from pathlib import Path

from tests.support.services.keys import Authority, Key, pem, write_key
from tests.support.services.server import Server, free_port


def ct_log(key: Key, roots: Authority, folder: Path) -> Server:
    """A log that takes what an authority's root certifies."""
    accepted = folder / "ct-roots.pem"
    accepted.write_bytes(pem(roots.chain[-1:]))
    port = free_port()
    return Server(
        "tesseract",
        f"--http_endpoint=127.0.0.1:{port}",
        # It refuses requests whose host does not begin with its origin, which has no port.
        "--origin=localhost",
        f"--storage_dir={folder / 'ct-log'}",
        f"--private_key={write_key(key, folder / 'ct-log.key')}",
        f"--roots_pem_file={accepted}",
        "--checkpoint_interval=200ms",
        "--batch_max_age=50ms",
        "--logtostderr",
        port=port,
        health="/healthz",
        folder=folder,
    )
