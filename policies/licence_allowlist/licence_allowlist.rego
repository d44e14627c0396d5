# METADATA
# title: Licences on the allowlist
# description: >-
#   Every licence that the artifact states, and every one that its SBOM states of a component which is
#   no dataset, can be met by the list data.config.licences.allow and not only by
#   data.config.licences.deny: of an expression (SPDX), one alternative with all that it joins. Case does
#   not count, and `*` is every licence. An artifact that states none is refused. Without the first
#   list, permissive licences are allowed.
# custom:
#   severity: error
#   collections: [minimal, release, eu-ai-act]
#   since: "2026-11-22"
package aiverify.licence_allowlist

import data.aiverify.lib
import data.aiverify.bom
import data.aiverify.licences

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

default denylist := []

denylist := data.config.licences.deny

allow := list if {
	list := allowlist
	lib.is_list_of_strings(list)
} else := []

is_denylist if denylist == []

is_denylist if lib.is_list_of_strings(denylist)

denied := list if {
	list := denylist
	is_denylist
} else := []

# A rule of its own: `not f(input.x)` is undefined, and denies nothing, where input.x is.
is_licensed if lib.is_list_of_strings(input.description.licences)

# Every licence by the JSON pointer to where it is stated.
stated[path] contains licence if {
	is_licensed
	some index, licence in input.description.licences
	path := lib.pointer(["description", "licences", index])
}

stated[path] contains licence if {
	some path, component in bom.components
	not component.type == "data"
	some licence in licences.stated_at[path]
}

# Each text is judged once, however many components state it.
texts contains licence if {
	some found in stated
	some licence in found
}

refused contains licence if {
	some licence in texts
	not licences.is_allowed(licence, allow, denied)
}

forbidden contains licence if {
	some licence in refused
	licences.names_denied(licence, denied)
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.licences.allow is not a list of licences",
	"fix": "Give a list of SPDX identifiers, at least one.",
	"path": "",
} if {
	not lib.is_list_of_strings(allowlist)
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.licences.deny is not a list of licences",
	"fix": "Give a list of SPDX identifiers.",
	"path": "",
} if {
	not is_denylist
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
	"code": "unreadable",
	"msg": sprintf("the licences of %s in the SBOM cannot be read", [lib.name_of(component)]),
	"fix": "Write the SBOM again; it is not valid CycloneDX.",
	"path": path,
} if {
	some path in licences.unreadable
	component := bom.components[path]
}

deny contains {
	"code": "not_allowed",
	"msg": sprintf("the licence %s is not on the allowlist", [licence]),
	"fix": "Use an artifact under another licence, or add this one to the allowlist.",
	"path": path,
} if {
	count(refused) > 0
	some path, found in stated
	some licence in found
	licence in refused
	not licence in forbidden
}

deny contains {
	"code": "denied",
	"msg": sprintf("the licence %s is denied", [licence]),
	"fix": "Use an artifact under another licence.",
	"path": path,
} if {
	count(forbidden) > 0
	some path, found in stated
	some licence in found
	licence in forbidden
}
