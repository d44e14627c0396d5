from __future__ import annotations

import os

import pytest

from aiverify.registry.memory import MAX_LOCATION, slot

PLACE = "https://registry.example/v2/acme/x/blobs/uploads/1?state=2"


def test_a_place_is_remembered_until_it_is_forgotten(tmp_path):
    with slot(tmp_path, "upload") as first:
        assert first.location() == ""
        first.keep("https://registry.example/a/much/longer/place/than/the/one/that/follows?" * 3)
        first.keep(PLACE)
    with slot(tmp_path, "upload") as second:
        assert second.location() == PLACE
        second.forget()
    with slot(tmp_path, "upload") as third:
        assert third.location() == ""
    assert list(tmp_path.iterdir()) == []


def test_each_upload_has_its_own_place(tmp_path):
    with slot(tmp_path, "one") as one:
        one.keep(PLACE)
    with slot(tmp_path, "two") as two:
        assert two.location() == ""


def test_nothing_is_remembered_without_a_folder():
    with slot(None, "upload") as place:
        place.keep(PLACE)
        assert place.location() == ""
        place.forget()


def test_what_another_holds_is_left_to_it(tmp_path):
    with slot(tmp_path, "upload") as first, slot(tmp_path, "upload") as second:
        first.keep(PLACE)
        assert second.location() == ""
        second.keep("https://elsewhere.example/")
        second.forget()
        assert first.location() == PLACE


def test_only_the_owner_may_read_it(tmp_path):
    folder = tmp_path / "new" / "state"
    mask = os.umask(0)
    try:
        with slot(folder, "upload") as place:
            place.keep(PLACE)
    finally:
        os.umask(mask)

    [file] = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_file_that_others_could_read_is_theirs_no_more(tmp_path):
    with slot(tmp_path, "upload") as place:
        place.keep(PLACE)
    [file] = tmp_path.iterdir()
    file.chmod(0o644)

    with slot(tmp_path, "upload") as place:
        assert place.location() == PLACE
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("data", [PLACE.encode(), b"", b"\xff\n", b"x" * MAX_LOCATION + b"\n"])
def test_what_was_cut_off_or_is_no_place_is_nothing(tmp_path, data):
    with slot(tmp_path, "upload") as place:
        place.keep(PLACE)
    [file] = tmp_path.iterdir()
    file.write_bytes(data)

    with slot(tmp_path, "upload") as place:
        assert place.location() == ""


def test_a_place_that_cannot_be_written_down_is_not_kept(tmp_path):
    with slot(tmp_path, "upload") as place:
        place.keep("https://registry.example/\N{SNOWMAN}")
        assert place.location() == ""


def test_a_link_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    folder = tmp_path / "state"
    with slot(folder, "upload") as place:
        place.keep(PLACE)
    [file] = folder.iterdir()
    file.unlink()
    file.symlink_to(victim)

    with slot(folder, "upload") as place:
        place.keep(PLACE)
        place.forget()

    assert victim.read_text() == "mine"


def test_a_name_leads_nowhere_else(tmp_path):
    with slot(tmp_path / "state", "../../escape\0") as place:
        place.keep(PLACE)

    assert [child.name for child in tmp_path.iterdir()] == ["state"]
