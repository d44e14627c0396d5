# METADATA
# title: Named artifacts
# description: An artifact has a name of our own.
# custom:
#   severity: error
#   collections: [house]
#   since: "2026-12-01"
package house.names

deny contains {
	"code": "unnamed",
	"msg": sprintf("the %s has no name", [input.artifact.kind]),
	"fix": "Give it one with --name.",
	"path": "/artifact/name",
} if {
	not is_named
}

warn contains {
	"code": "long",
	"msg": "the name is hard to read",
	"fix": "Choose a shorter one.",
	"path": "/artifact/name",
} if {
	count(input.artifact.name) > 40
}

is_named if {
	is_string(input.artifact.name)
	input.artifact.name != ""
}
