"""Bundle, describe, sign, verify and judge AI artifacts.

The public API, by what it is for:

    bundle_artifact(BundleRequest, Progress) -> Bundled      pack
    unpack_bundle(path, out, Progress)                       and give back
    inspect_target(path, base) -> Inspection                 what headers say
    sbom_document(path, Progress) -> dict                    CycloneDX 1.6
    sign_target(SignRequest, Signatory, Progress) -> Signed  OpenSSF Model Signing v1.0
    attest_target(AttestRequest, Signatory, Progress)        in-toto attestations
    verify_target(VerifyRequest, Progress) -> Report         the pipeline

Each name is imported when it is first used, so that `import aiverify` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aiverify.version import __version__ as __version__

if TYPE_CHECKING:
    from aiverify.core.report import Report, Verdict
    from aiverify.errors import AiverifyError
    from aiverify.files.progress import Progress, Silent
    from aiverify.operations.attest import AttestRequest, attest_target
    from aiverify.operations.bundle import BundleRequest, bundle_artifact
    from aiverify.operations.inspect import inspect_target
    from aiverify.operations.sbom import sbom_document
    from aiverify.operations.sign import SignRequest, sign_target
    from aiverify.operations.unpack import unpack_bundle
    from aiverify.operations.verify import VerifyRequest, Whom, verify_target
    from aiverify.signing.keys import open_signer, read_private, read_public
    from aiverify.signing.signatories import KeySignatory

__all__ = [
    "AiverifyError",
    "AttestRequest",
    "BundleRequest",
    "KeySignatory",
    "Progress",
    "Report",
    "SignRequest",
    "Silent",
    "Verdict",
    "VerifyRequest",
    "Whom",
    "attest_target",
    "bundle_artifact",
    "inspect_target",
    "open_signer",
    "read_private",
    "read_public",
    "sbom_document",
    "sign_target",
    "unpack_bundle",
    "verify_target",
]

_HOMES = {
    "AiverifyError": "errors",
    "AttestRequest": "operations.attest",
    "BundleRequest": "operations.bundle",
    "KeySignatory": "signing.signatories",
    "Progress": "files.progress",
    "Report": "core.report",
    "SignRequest": "operations.sign",
    "Silent": "files.progress",
    "Verdict": "core.report",
    "VerifyRequest": "operations.verify",
    "Whom": "operations.verify",
    "attest_target": "operations.attest",
    "bundle_artifact": "operations.bundle",
    "inspect_target": "operations.inspect",
    "open_signer": "signing.keys",
    "read_private": "signing.keys",
    "read_public": "signing.keys",
    "sbom_document": "operations.sbom",
    "sign_target": "operations.sign",
    "unpack_bundle": "operations.unpack",
    "verify_target": "operations.verify",
}


def __getattr__(name: str) -> Any:
    """Import a public name from where it is defined."""
    if name not in _HOMES:
        raise AttributeError(f"module 'aiverify' has no attribute {name!r}")
    return getattr(import_module(f"aiverify.{_HOMES[name]}"), name)
