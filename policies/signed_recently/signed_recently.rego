# METADATA
# title: Signed not too long ago
# description: >-
#   A trusted log or timestamp authority saw a signature for the first time at most
#   data.config.signatures.max_age_days days ago (without it: 365). A signature without such a time
#   has no age. An old signature can be stamped anew; this says that somebody still stands by it.
# custom:
#   severity: error
#   collections: [release]
#   since: "2026-11-26"
package aiverify.signed_recently

import data.aiverify.lib
import data.aiverify.times

default days := 365

days := data.config.signatures.max_age_days

recent contains index if {
	is_limit
	some index, signature in lib.list_at(["signatures"])
	times.is_within(lib.member(signature, "time"), days)
}

is_limit if {
	is_number(days)
	days > 0
	days < 36525
}

is_dated if {
	is_number(input.now_ns)
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.signatures.max_age_days is not a number of days above 0",
	"fix": "Give the days that a signature may be old.",
	"path": "",
} if {
	not is_limit
}

deny contains {
	"code": "undated",
	"msg": "the document does not say what time it is",
	"fix": "Judge the artifact with `aiverify verify`.",
	"path": "/now_ns",
} if {
	not is_dated
}

deny contains {
	"code": "too_old",
	"msg": sprintf("no signature is known to be at most %s days old", [lib.number_shown(days)]),
	"fix": "Sign the artifact again with --log or --timestamp.",
	"path": "/signatures",
} if {
	is_limit
	is_dated
	count(recent) == 0
}
