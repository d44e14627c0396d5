# METADATA
# title: Licences on the allowlist
# description: >-
#   Every licence that the artifact states is on the list data.config.licences.allow, without
#   regard to case; an artifact that states none is refused. Without that list, permissive
#   licences are allowed.
# custom:
#   severity: error
#   collections: [baseline, legal]
#   since: "2026-11-22"
package aiverify.licence_allowlist

import data.aiverify.lib

default allowlist := [
	"0BSD",
	"Apache-2.0",
	"BSD-2-Clause",
	"BSD-3-Clause",
	"CC-BY-4.0",
	"CC0-1.0",
	"CDLA-Permissive-2.0",
	"ISC",
	"MIT",
	"MIT-0",
	"Unlicense",
]

allowlist := data.config.licences.allow

allowed contains lower(licence) if {
	lib.is_list_of_strings(allowlist)
	some licence in allowlist
}

# A rule of its own: `not f(input.x)` is undefined, and denies nothing, where input.x is.
is_licensed if lib.is_list_of_strings(input.description.licences)

deny contains {
	"code": "misconfigured",
	"msg": "data.config.licences.allow is not a list of licences",
	"fix": "Give a list of SPDX identifiers, at least one.",
	"path": "",
} if {
	not lib.is_list_of_strings(allowlist)
}

deny contains {
	"code": "unstated",
	"msg": "the artifact states no licence",
	"fix": "State the licence in the model card, as an SPDX identifier.",
	"path": "/description/licences",
} if {
	not is_licensed
}

deny contains {
	"code": "not_allowed",
	"msg": sprintf("the licence %s is not on the allowlist", [licence]),
	"fix": "Use an artifact under another licence, or add this one to the allowlist.",
	"path": lib.pointer(["description", "licences", index]),
} if {
	is_licensed
	some index, licence in input.description.licences
	not lower(licence) in allowed
}
