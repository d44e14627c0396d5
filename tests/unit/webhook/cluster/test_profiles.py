from __future__ import annotations

import threading
from pathlib import Path

import pytest

from aiverify.errors import AiverifyError, DeniedError, UndecidedError
from aiverify.verify.profile import read_profile
from aiverify.webhook.cluster.client import Client
from aiverify.webhook.cluster.profiles import Profiles, collection
from tests.support.api_server import Running, api_server
from tests.support.story import Story

COLLECTION = "/apis/aiverify.dev/v1/profiles"


@pytest.fixture
def running(tmp_path: Path):
    folder = tmp_path / "api"
    folder.mkdir()
    with api_server(folder) as found:
        yield found


@pytest.fixture
def mounted(tmp_path: Path, story: Story) -> Path:
    folder = tmp_path / "mounted"
    folder.mkdir()
    story.copy(story.public("release"), folder / "release.pub")
    (folder / "aiverify.yaml").write_text(
        "apiVersion: aiverify.dev/profile/v1\n"
        "trust: {signers: [{name: mounted, keys: [release.pub]}]}\n"
    )
    return folder


@pytest.fixture
def profiles(running: Running, mounted: Path, tmp_path: Path):
    client = Client(running.server)
    yield Profiles(client, mounted, tmp_path / "kept")
    client.close()


def put(running: Running, name: str = "aiverify", signer: str = "of the cluster") -> None:
    running.cluster.lists.add(COLLECTION)
    signers = [{"name": signer, "keys": [{"key": "release.pub"}]}]
    spec = {"trust": {"signers": signers}}
    running.cluster.put(f"{COLLECTION}/{name}", {"metadata": {"name": name}, "spec": spec})


def signer(profiles: Profiles) -> str:
    return read_profile(profiles.profile).trust.signers[0].name


def test_the_collection_is_the_one_of_the_definition():
    assert collection() == COLLECTION


def test_without_the_kind_the_mounted_profile_counts(profiles):
    profiles.step()

    assert signer(profiles) == "mounted"


def test_an_object_counts_with_the_files_that_are_mounted(running, profiles):
    put(running)

    profiles.step()

    assert signer(profiles) == "of the cluster"


def test_an_object_of_another_name_counts_for_nothing(running, profiles):
    put(running, "somebody-elses")

    profiles.step()

    assert signer(profiles) == "mounted"
    assert "metadata.name%3Daiverify" in running.cluster.asked[-1][1]


def test_an_object_that_is_deleted_gives_way_to_the_mounted_profile(running, profiles):
    put(running)
    profiles.step()
    running.cluster.objects.clear()

    profiles.step()

    assert signer(profiles) == "mounted"


def test_an_api_server_that_refuses_or_fails_leaves_the_object_in_force(running, profiles):
    put(running)
    profiles.step()

    running.cluster.denied.add(COLLECTION)
    with pytest.raises(DeniedError):
        profiles.step()
    running.cluster.raw[COLLECTION] = (200, b"{}")
    with pytest.raises(UndecidedError):
        profiles.step()

    assert signer(profiles) == "of the cluster"


def test_the_file_changes_with_what_the_object_says_and_with_nothing_else(running, profiles):
    put(running)
    profiles.step()
    before = profiles.profile.resolve()
    put(running)
    profiles.step()
    assert profiles.profile.resolve() == before

    put(running, signer="another")
    profiles.step()

    assert signer(profiles) == "another"


def test_a_key_that_changes_in_the_volume_changes_here(profiles, mounted):
    profiles.step()
    (mounted / "more.pub").write_text("x")

    profiles.step()

    assert (profiles.profile.parent / "more.pub").read_text() == "x"


def test_what_happens_to_the_object_is_followed(running, profiles):
    told: list[AiverifyError] = []
    put(running)
    profiles.step()
    running.cluster.events = [{"type": "MODIFIED", "object": {"metadata": {"name": "aiverify"}}}]
    stop = threading.Event()
    thread = threading.Thread(target=profiles.run, args=(stop, told.append))

    put(running, signer="another")
    thread.start()
    while signer(profiles) != "another":
        assert thread.is_alive()
    stop.set()
    thread.join()

    assert told == []
    assert profiles.problem == ""
