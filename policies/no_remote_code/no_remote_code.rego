# METADATA
# title: No code of the model's own
# description: >-
#   No configuration of the artifact has a loader run code: code that is fetched, code that lies
#   beside it (`auto_map`), modules that it names, or a demand to trust remote code.
# custom:
#   severity: error
#   collections: [minimal, release, cluster]
#   since: "2026-11-26"
package aiverify.no_remote_code

import data.aiverify.lib

kinds := {
	"AIV-CONFIG-IMPORT",
	"AIV-CONFIG-OBJECT",
	"AIV-CONFIG-OWN-CODE",
	"AIV-CONFIG-REMOTE-CODE",
	"AIV-CONFIG-YAML",
}

is_found if {
	is_array(input.findings)
	every finding in input.findings {
		is_string(lib.member(finding, "rule"))
	}
}

is_whole if {
	is_found
	lib.has_facts
}

deny contains {
	"code": "unknown",
	"msg": "the document does not hold what was found in every file",
	"fix": "Judge the artifact with `aiverify verify`, which looks into every file.",
	"path": "",
} if {
	not is_whole
}

deny contains {
	"code": "found",
	"msg": sprintf("a loader would run code: %s", [message_of(finding)]),
	"fix": "Publish the model for a loader that knows its architecture, without code of its own.",
	"path": lib.pointer(["findings", index]),
} if {
	some index, finding in lib.list_at(["findings"])
	lib.member(finding, "rule") in kinds
}

message_of(finding) := finding.message if {
	is_string(finding.message)
} else := finding.rule

deny contains {
	"code": "auto_map",
	"msg": sprintf("%s maps classes to code that comes with the model", [name]),
	"fix": "Publish the model for a loader that knows its architecture, without code of its own.",
	"path": lib.pointer(["facts", name, "values", "auto_map"]),
} if {
	some name, facts in lib.facts
	not object.get(facts.values, "auto_map", null) in {null, {}}
}
