"""Words that several commands of `aiverify policy` share."""

from __future__ import annotations

from typing import Annotated

import typer

Suites = Annotated[
    list[str],
    typer.Argument(
        metavar="POLICY",
        help="Directories, files, aiverify:RULE, aiverify:@COLLECTION or aiverify:*.",
        show_default=False,
    ),
]
