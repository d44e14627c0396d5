"""`aiverify webhook`: the admission webhook, what it would say, and how it is installed."""

from __future__ import annotations

from typing import ClassVar

import typer

from aiverify.cli.listing import Entry, Listing


class _Parts(Listing):
    ENTRIES: ClassVar[dict[str, Entry]] = {
        "serve": Entry("aiverify.cli.webhook.serve", "serve"),
        "review": Entry("aiverify.cli.webhook.review", "review"),
        "manifests": Entry("aiverify.cli.webhook.manifests", "manifests"),
    }


app = typer.Typer(
    cls=_Parts,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep the unverified out of a cluster.",
)
