# METADATA
# title: No file that nobody looked into
# description: >-
#   Every file of the artifact was looked into, but for those whose names match
#   data.config.contents.unread (globs; without that list, none).
# custom:
#   severity: error
#   collections: [release, cluster]
#   since: "2026-11-26"
package aiverify.no_unread_file

import data.aiverify.lib

default accepted := []

accepted := data.config.contents.unread

is_sound if accepted == []

is_sound if lib.is_list_of_strings(accepted)

is_accepted(name) if {
	is_sound
	lib.matches(accepted, name)
}

is_read(facts) if lib.member(facts, "state") in {"clean", "flagged"}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.contents.unread is not a list of patterns",
	"fix": "Give a list of names such as *.onnx.",
	"path": "",
} if {
	not is_sound
}

deny contains {
	"code": "no_facts",
	"msg": "there are no facts to look into",
	"fix": "Judge the artifact with `aiverify verify`, which looks into every file.",
	"path": "/facts",
} if {
	not lib.has_facts
}

deny contains {
	"code": "unread",
	"msg": sprintf("nobody looked into %s", [name]),
	"fix": "Remove the file, or accept it by its name in data.config.contents.unread.",
	"path": lib.pointer(["facts", name, "state"]),
} if {
	some name, facts in lib.facts
	not is_read(facts)
	not is_accepted(name)
}
