# METADATA
# title: Nothing found in chat templates
# description: >-
#   Nothing was found in a chat template (AIV-TEMPLATE-*), but for the rules that
#   data.config.templates.accept names. Notes are passed over.
# custom:
#   severity: error
#   collections: [minimal, release, cluster]
#   since: "2026-11-26"
package aiverify.template_findings

import data.aiverify.lib

default accepted := []

accepted := data.config.templates.accept

is_sound if accepted == []

is_sound if lib.is_list_of_strings(accepted)

is_whole if {
	is_array(input.findings)
	every finding in input.findings {
		is_string(lib.member(finding, "rule"))
	}
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.templates.accept is not a list of rules",
	"fix": "Give a list of ids such as AIV-TEMPLATE-TEXT.",
	"path": "",
} if {
	not is_sound
}

deny contains {
	"code": "unknown",
	"msg": "the document does not hold what was found",
	"fix": "Judge the artifact with `aiverify verify`, which looks into every file.",
	"path": "/findings",
} if {
	not is_whole
}

deny contains {
	"code": "found",
	"msg": sprintf("%s was found in the chat template of %s", [finding.rule, file_of(finding)]),
	"fix": "Read the template; remove what was found, or accept the rule in data.config.templates.accept.",
	"path": lib.pointer(["findings", index]),
} if {
	some index, finding in lib.list_at(["findings"])
	is_string(lib.member(finding, "rule"))
	startswith(finding.rule, "AIV-TEMPLATE-")
	not lib.member(finding, "severity") == "note"
	not is_accepted(finding.rule)
}

is_accepted(rule) if {
	is_sound
	rule in accepted
}

file_of(finding) := finding.file if {
	lib.is_text(finding.file)
} else := "the artifact"
