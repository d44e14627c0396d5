"""`aiverify policy input`."""

from __future__ import annotations

from aiverify.cli import terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import Output, Target, examples
from aiverify.cli.registries import Registries

EXAMPLES = examples(
    "aiverify policy input llama/", "aiverify policy input llama.tar -o llama-input.json"
)


@grouped
def input_(target: Target, reach: Registries, output: Output = None) -> None:
    """Print the document that rules see as `input`: JSON.

    Without a verification, nobody has signed and nothing is attested in it. A file that ends
    in .json is printed as rules see it: as it stands.
    """
    from aiverify.core.jsonvalue import pretty
    from aiverify.operations.policy import document_of

    place = reach.locate(target)
    terminal.refuse_input(output, place)
    terminal.deliver(pretty(document_of(place)), output)
