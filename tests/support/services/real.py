"""A whole Sigstore of the real services, on loopback, as long as a test run."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from cryptography.hazmat.primitives.asymmetric import ed25519

from tests.support.services import trust
from tests.support.services.ct_log import ct_log
from tests.support.services.fulcio import fulcio
from tests.support.services.issuer import Issuer
from tests.support.services.keys import (
    Key,
    code_signing_authority,
    log_id,
    new_key,
    root_authority,
    timestamper,
)
from tests.support.services.rekor import ORIGIN, log_something, rekor
from tests.support.services.timestamps import PATH, timestamps


class RealSigstore:
    """Issuer, CT log, Fulcio, Rekor v2 and timestamp authority. They run while inside.

    There can be one at a time on a machine: the timestamp authority insists on a port of its own
    for its metrics, 2112.

    Attributes:
        issuer: Who vouches for identities.
        ct_log: Where Fulcio's certificates are logged.
        fulcio: The authority of signers.
        rekor: The log of signatures. A test may stop it, and has to start it again.
        timestamps: The timestamp authority; likewise.
        trusted_root_path: What verifiers trust, JSON.
        signing_config_path: Where signers ask, JSON.
        trust_config_path: Both in one, as sigstore-python and model_signing read it.
        timestamps_url: Where timestamps are asked for.

    Args:
        folder: Where keys, logs and configurations are written.
        log_key: Rekor's own key; Ed25519 by default, as the public log has.
    """

    def __init__(self, folder: Path, log_key: Key | None = None) -> None:
        root = root_authority("root")
        signers, stamper = code_signing_authority(root), timestamper(root)
        ct_key, rekor_key = new_key(), log_key or ed25519.Ed25519PrivateKey.generate()
        self.issuer = Issuer()
        self.ct_log = ct_log(ct_key, root, folder)
        self.fulcio = fulcio(signers, self.issuer, self.ct_log, folder)
        self.rekor = rekor(rekor_key, folder)
        self.timestamps = timestamps(stamper, folder)
        self.timestamps_url = self.timestamps.url + PATH
        self._folder = folder
        self._stack = ExitStack()

        trusted_root = {
            "mediaType": trust.TRUSTED_ROOT,
            "tlogs": [trust.log(self.rekor.url, rekor_key, log_id(rekor_key, ORIGIN))],
            "certificateAuthorities": [trust.authority(self.fulcio.url, signers.chain)],
            "ctlogs": [trust.log(self.ct_log.url, ct_key, log_id(ct_key, self.ct_log.url))],
            "timestampAuthorities": [trust.authority(self.timestamps.url, stamper.chain)],
        }
        both = {
            "mediaType": trust.TRUST_CONFIG,
            "trustedRoot": trusted_root,
            "signingConfig": self._signing_config(log=True, timestamps=True),
        }
        self.trusted_root_path = _write(folder / "trusted_root.json", trusted_root)
        self.signing_config_path = self.signing_config(log=True, timestamps=True)
        self.trust_config_path = _write(folder / "trust_config.json", both)

    def __enter__(self) -> RealSigstore:
        with self._stack:
            self._stack.enter_context(self.issuer)
            for service in (self.ct_log, self.rekor, self.timestamps, self.fulcio):
                self._stack.enter_context(service)
            log_something(self.rekor.url)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def token(self, email: str, *, lifetime: int = 600, audience: str = "sigstore") -> str:
        """A token of the issuer's; see `Issuer.token`."""
        return self.issuer.token(email, lifetime=lifetime, audience=audience)

    def signing_config(self, *, log: bool, timestamps: bool) -> Path:
        """A signing configuration with the log or the timestamp authority left out."""
        name = f"signing_config.{log:d}{timestamps:d}.json"
        return _write(self._folder / name, self._signing_config(log=log, timestamps=timestamps))

    def _signing_config(self, *, log: bool, timestamps: bool) -> dict[str, object]:
        return trust.signing_config(
            self.fulcio.url,
            self.issuer.url,
            [self.rekor.url] if log else [],
            [self.timestamps_url] if timestamps else [],
        )


def _write(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path
