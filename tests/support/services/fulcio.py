"""Fulcio, the authority that certifies whoever an issuer vouches for."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.services.issuer import AUDIENCE, Issuer
from tests.support.services.keys import Authority
from tests.support.services.server import Server, free_port


def fulcio(authority: Authority, issuer: Issuer, ct_log: Server, folder: Path) -> Server:
    """Fulcio with a file authority. The issuer has to answer when it starts."""
    chain, key = authority.write(folder, "fulcio")
    kinds = {issuer.url: "email", issuer.workflows_url: "github-workflow"}
    issuers = {
        url: {"IssuerURL": url, "ClientID": AUDIENCE, "Type": kind} for url, kind in kinds.items()
    }
    settings = folder / "fulcio.json"
    settings.write_text(json.dumps({"OIDCIssuers": issuers}))
    port = free_port()
    return Server(
        "fulcio",
        "serve",
        *("--host=127.0.0.1", f"--port={port}"),
        *("--grpc-host=127.0.0.1", f"--grpc-port={free_port()}"),
        # The whole machine shares the names of such sockets.
        f"--legacy-unix-domain-socket=@fulcio-{port}",
        "--metrics-port=0",
        "--ca=fileca",
        f"--fileca-cert={chain}",
        f"--fileca-key={key}",
        "--fileca-key-passwd=",
        "--fileca-watch=false",
        f"--config-path={settings}",
        f"--ct-log-url={ct_log.url}",
        port=port,
        health="/healthz",
        folder=folder,
    )
