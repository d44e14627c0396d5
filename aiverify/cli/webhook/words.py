"""Options that more than one of the webhook's commands has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli.options import a_flag

Profile = Annotated[
    Path, typer.Option(metavar="FILE", help="Whom and what to trust.", readable=False)
]
InjectDownloads = Annotated[
    bool,
    a_flag("Also have pods verify what their init containers download.", "--inject-downloads"),
]
PROFILE = Path("aiverify.yaml")
"""Where the profile is looked for when nobody names another."""
