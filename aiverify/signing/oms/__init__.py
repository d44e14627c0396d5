"""OpenSSF Model Signing v1.0: the statement that lists an artifact's files, written and read."""

from __future__ import annotations

from aiverify.signing.oms.build import build as build
from aiverify.signing.oms.predicate import LEGACY as LEGACY
from aiverify.signing.oms.predicate import LISTINGS as LISTINGS
from aiverify.signing.oms.predicate import PREDICATE as PREDICATE
from aiverify.signing.oms.predicate import SignedManifest as SignedManifest
from aiverify.signing.oms.read import read as read
