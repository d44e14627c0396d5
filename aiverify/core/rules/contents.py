"""Rules about any file, whatever its format."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

MALFORMED = Rule(
    "AIV-FORMAT-MALFORMED",
    "A file breaks the rules of its format",
    Severity.ERROR,
    "The header is truncated, contradicts itself or the file's size, or is ambiguous.",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-1286",
)
UNREAD = Rule(
    "AIV-CONTENT-UNREAD",
    "A file that nobody looked into",
    Severity.WARNING,
    "No reader knows this content, so nothing is known of it. Unread is not clean.",
    "Remove the file, or accept it in the profile with contents.unread: warn.",
    "CWE-693",
)
UNFETCHED = Rule(
    "AIV-CONTENT-UNFETCHED",
    "Files in a registry that nobody looked into",
    Severity.WARNING,
    "The artifact was verified where it is, without its bytes, and nobody who is trusted to sign "
    "it attests what is in them. Unread is not clean.",
    "Sign the bundle with aiverify, which attests what is in it; pull it, which looks at every "
    "byte; or accept it in the profile with contents.unread: warn.",
    "CWE-693",
)
SHARDS = Rule(
    "AIV-CONTENT-SHARDS",
    "A shard index and its shards disagree",
    Severity.ERROR,
    "The index names a shard or tensor that is not there, or a shard is not in the index.",
    "Fetch the missing shard, or write the index again.",
    "CWE-345",
)

RULES: tuple[Rule, ...] = (MALFORMED, UNREAD, UNFETCHED, SHARDS)
