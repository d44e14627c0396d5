"""What every reader of a configuration has in common: it tells what a loader is made to do."""

from __future__ import annotations

from aiverify.core.fields import Fields
from aiverify.formats.found import Found
from aiverify.formats.json_object import JsonObject
from aiverify.formats.loading import document


class Configuration(JsonObject):
    """A reader whose files are objects that a loader obeys."""

    def judge(self, fields: Fields, found: Found) -> None:
        """All members by which a loader runs, imports or reads what it should not."""
        document.judge(fields.members, found)
