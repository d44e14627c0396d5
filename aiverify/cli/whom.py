"""The options that say whom to trust, and in which profile that is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from aiverify.cli.options import TrustConfig, a_flag, a_path, a_text
from aiverify.errors import UsageError

if TYPE_CHECKING:
    from aiverify.operations.verify import Whom

Keys = Annotated[
    list[str] | None,
    a_text(
        "A trusted public key: a PEM file, env://NAME, or a key of a service. May be repeated.",
        metavar="KEY",
    ),
]
Roots = Annotated[
    list[Path] | None,
    a_path("Trusted roots of certificates, in PEM. May be repeated.", "--cert-chain"),
]
Identity = Annotated[
    str | None,
    a_text("Whose certificate: an address or URI, exactly.", metavar="NAME"),
]
IdentityPattern = Annotated[
    str | None,
    a_text("The same with wildcards: * within a part, ** for anything.", metavar="PATTERN"),
]
Issuer = Annotated[
    str | None,
    a_text("Who vouches for the identity, to Sigstore.", metavar="URL"),
]
Offline = Annotated[
    bool,
    a_flag("Use the public Sigstore's keys as last seen.", "--offline"),
]
Profile = Annotated[
    Path | None,
    a_path("Trust, requirements and policies, in one file."),
]


@dataclass(frozen=True, slots=True)
class WhomWords:
    """What a command line says of whom to trust."""

    key: Keys = None
    cert_chain: Roots = None
    identity: Identity = None
    identity_pattern: IdentityPattern = None
    issuer: Issuer = None
    profile: Profile = None
    trust_config: TrustConfig = None
    offline: Offline = False

    def whom(self, *, keys: bool) -> Whom:
        """The same without the profile; without keys, where the one given is to sign."""
        from aiverify.operations.verify import Whom

        if self.identity and self.identity_pattern:
            raise UsageError("an identity is given exactly or by a pattern, not both")
        return Whom(
            tuple(self.key or ()) if keys else (),
            tuple(self.cert_chain or ()),
            self.identity or self.identity_pattern or "",
            bool(self.identity_pattern),
            self.issuer or "",
        )
