"""All of a Sigstore's services together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

from tests.support.sigstore import trust
from tests.support.sigstore.ctlog import CtLog
from tests.support.sigstore.fulcio import Fulcio
from tests.support.sigstore.issuer import ACTIONS, PEOPLE, Issuer
from tests.support.sigstore.keys import Public, spki_id
from tests.support.sigstore.rekor import Rekor
from tests.support.sigstore.rekor_v1 import RekorV1
from tests.support.sigstore.site import Json, Site
from tests.support.sigstore.trust import ALWAYS, Period
from tests.support.sigstore.tsa import Tsa


class LocalSigstore:
    """An issuer, Fulcio, Rekor and a timestamp authority, while the context lasts.

    Each service has switches that `having` sets for a while, as in
    `with sigstore.rekor.having(fault=Fault.PROOF):`, and `out_of_reach` for refused connections.
    """

    def __init__(self, log_key: str = "ed25519") -> None:
        """Services with new keys. The log's is `ed25519` or `p256`."""
        self.ctlog = CtLog()
        self.issuer = Issuer()
        self.fulcio = Fulcio(self.issuer, self.ctlog)
        self.rekor = Rekor(log_key)
        self.rekor_v1 = RekorV1()
        self.tsa = Tsa()
        self._sites: tuple[Site, ...] = (
            self.issuer,
            self.fulcio,
            self.rekor,
            self.rekor_v1,
            self.tsa,
        )

    def __enter__(self) -> Self:
        for site in self._sites:
            site.start()
        return self

    def __exit__(self, *_: object) -> None:
        for site in self._sites:
            site.stop()

    @property
    def oidc_url(self) -> str:
        """The issuer of people's tokens."""
        return self.issuer.realm_url(PEOPLE)

    @property
    def actions_url(self) -> str:
        """The issuer of workflows' tokens."""
        return self.issuer.realm_url(ACTIONS)

    @property
    def fulcio_url(self) -> str:
        """The certificate authority, without a path."""
        return self.fulcio.url

    @property
    def rekor_url(self) -> str:
        """The log of version 2, without a path."""
        return self.rekor.url

    @property
    def tsa_url(self) -> str:
        """The timestamp authority, with its path."""
        return self.tsa.timestamp_url

    @property
    def log_key(self) -> Public:
        """The key of the log of version 2."""
        return self.rekor.log.public_key

    @property
    def asked(self) -> list[str]:
        """Every request since the start, service by service, as `POST /path`."""
        return [each for site in self._sites for each in site.asked]

    def token(self, subject: str = "alice@example.com", **words: Any) -> str:
        """An identity token: see `Issuer.token`."""
        return self.issuer.token(subject, **words)

    def workflow_token(self, repository: str = "acme/model", **words: Any) -> str:
        """An identity token of a workflow: see `Issuer.workflow_token`."""
        return self.issuer.workflow_token(repository, **words)

    def trusted_root(
        self,
        *,
        log: Period = ALWAYS,
        log_v1: Period = ALWAYS,
        ctlog: Period = ALWAYS,
        fulcio: Period = ALWAYS,
        tsa: Period = ALWAYS,
    ) -> Json:
        """What is trusted, and for how long."""
        v1 = self.rekor_v1
        ct_key = self.ctlog.key.public_key()
        return {
            "mediaType": trust.ROOT,
            "tlogs": [
                trust.log(self.rekor_url, self.log_key, self.rekor.log_id, log),
                trust.log(v1.url, v1.log.public_key, v1.log_id, log_v1),
            ],
            "certificateAuthorities": [
                trust.certificates(self.fulcio_url, self.fulcio.authority.chain, fulcio)
            ],
            "ctlogs": [trust.log(f"{self.fulcio_url}/ct", ct_key, spki_id(ct_key), ctlog)],
            "timestampAuthorities": [trust.certificates(self.tsa_url, self.tsa.chain, tsa)],
        }

    def signing_config(self, rekor_version: int = 2) -> Json:
        """Where to sign, with the log of either version."""
        log_url = self.rekor_url if rekor_version == 2 else self.rekor_v1.url
        return {
            "mediaType": trust.SIGNING,
            "caUrls": [trust.service(self.fulcio_url)],
            "oidcUrls": [trust.service(self.oidc_url)],
            "rekorTlogUrls": [trust.service(log_url, rekor_version)],
            "rekorTlogConfig": {"selector": "ANY"},
            "tsaUrls": [trust.service(self.tsa_url)],
            "tsaConfig": {"selector": "ANY"},
        }

    def trust_config(self, *, rekor_version: int = 2, **periods: Period) -> Json:
        """Both in one. `periods` are those of `trusted_root`."""
        return {
            "mediaType": trust.CONFIG,
            "trustedRoot": self.trusted_root(**periods),
            "signingConfig": self.signing_config(rekor_version),
        }

    def write_trust_config(self, path: Path, **words: Any) -> Path:
        """Write the trust configuration to a file, and say which. `words` are its own."""
        path.write_text(json.dumps(self.trust_config(**words)))
        return path
