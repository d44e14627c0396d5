"""How long a registry is waited for, where somebody has less time than a terminal."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from aiverify.core.reference import parse
from aiverify.errors import UndecidedError
from aiverify.registry.place import Patience, Place
from aiverify.registry.repository import open_repository
from aiverify.registry.retrying import Backoff
from tests.support.small_registry import Fault, running

QUICK = Place(plain_http=True, backoff=Backoff(attempts=1, pause=lambda _: None))


def test_a_registry_that_says_nothing_is_given_up_in_that_time():
    told = threading.Event()
    with running() as registry:
        registry.faults.append(Fault(".*", times=9, change=lambda _: told.wait(60)))
        place = replace(QUICK, patience=Patience(connect=5.0, idle=0.2, whole=5.0))
        with (
            open_repository(parse(f"{registry.host}/acme/x:1"), place) as repository,
            pytest.raises(UndecidedError, match=r"gave no answer within 0\.2 s"),
        ):
            repository.fetch("1")
        told.set()


def test_without_patience_it_is_waited_for_as_ever():
    told = threading.Event()
    with running() as registry:
        registry.manifests["acme/x", "1"] = ("application/json", b"{}")

        def late(_: object) -> None:
            threading.Timer(0.5, told.set).start()
            told.wait(60)

        registry.faults.append(Fault(".*", times=1, change=late))
        with open_repository(parse(f"{registry.host}/acme/x:1"), QUICK) as repository:
            assert repository.fetch("1").data == b"{}"
