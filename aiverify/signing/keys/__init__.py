"""Keys: what they are called, where they lie, and what they sign."""

from __future__ import annotations

from aiverify.signing.keys.interface import AskPassword as AskPassword
from aiverify.signing.keys.interface import Signer as Signer
from aiverify.signing.keys.pem import parse_private as parse_private
from aiverify.signing.keys.pem import read_private as read_private
from aiverify.signing.keys.pem import read_public as read_public
from aiverify.signing.keys.private import PrivateKey as PrivateKey
from aiverify.signing.keys.private import generate as generate
from aiverify.signing.keys.public import ALGORITHMS as ALGORITHMS
from aiverify.signing.keys.public import CURVES as CURVES
from aiverify.signing.keys.public import PublicKey as PublicKey
from aiverify.signing.keys.public import parse_public as parse_public
from aiverify.signing.keys.uri import ENV as ENV
from aiverify.signing.keys.uri import is_remote as is_remote
from aiverify.signing.keys.uri import open_public as open_public
from aiverify.signing.keys.uri import open_signer as open_signer
from aiverify.signing.keys.verifying import is_signed_by as is_signed_by
from aiverify.signing.keys.verifying import is_signed_by_digest as is_signed_by_digest
