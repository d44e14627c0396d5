# METADATA
# title: Go programs are built by a recent Go
# description: >-
#   Every Go program was built by a Go not older than data.config.go.minimum (without it: 1.26). A
#   release candidate is older than its release. Of other files it says nothing.
# custom:
#   severity: error
#   collections: [release]
#   since: "2026-11-26"
package aiverify.go_toolchain

import data.aiverify.lib

default minimum := "1.26"

minimum := data.config.go.minimum

# The numbers of a version, to be compared one by one; undefined for what is none. What was built
# from a branch of Go has no version.
numbers_of(text) := [to_number(number) | some number in [parts[1], parts[2], patch(parts)]] if {
	is_string(text)
	found := regex.find_all_string_submatch_n(`^(?:go)?([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6})|(rc|beta)[0-9]{1,6})?(?:$|[ +-])`, text, 1)
	count(found) == 1
	parts := found[0]
}

patch(parts) := "-1" if {
	parts[4] != ""
} else := parts[3] if {
	parts[3] != ""
} else := "0"

go(facts) := lib.member(facts.values, "go")

version(facts) := lib.member(go(facts), "version")

shown(facts) := version(facts) if {
	lib.is_text(version(facts))
} else := "a Go of no known version"

is_recent(facts) if numbers_of(version(facts)) >= numbers_of(minimum)

deny contains {
	"code": "misconfigured",
	"msg": "data.config.go.minimum is no version of Go",
	"fix": "Give a version such as 1.26 or 1.26.3.",
	"path": "",
} if {
	not numbers_of(minimum)
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
	"code": "too_old",
	"msg": sprintf("%s was built by %s, and at least %s is asked for", [name, shown(facts), minimum]),
	"fix": "Build it again with a Go that is still maintained.",
	"path": lib.pointer(["facts", name, "values", "go", "version"]),
} if {
	numbers_of(minimum)
	some name, facts in lib.facts
	go(facts) != null
	not is_recent(facts)
}
