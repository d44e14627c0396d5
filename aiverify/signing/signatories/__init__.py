"""Who signs: the holder of a key, of a certificate, or somebody by their identity."""

from __future__ import annotations

from aiverify.signing.signatories.certificate import CertificateSignatory as CertificateSignatory
from aiverify.signing.signatories.interface import Signatory as Signatory
from aiverify.signing.signatories.key import KeySignatory as KeySignatory
from aiverify.signing.signatories.keyless import KeylessSignatory as KeylessSignatory
from aiverify.signing.signatories.witnessing import NOBODY as NOBODY
from aiverify.signing.signatories.witnessing import Witnessing as Witnessing
