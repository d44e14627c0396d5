# METADATA
# title: No pickled weights
# description: >-
#   No file of the artifact is a pickle, bare, packed or in a container: loading one runs the
#   program in it. A file that nobody looked at is refused too.
# custom:
#   severity: error
#   collections: [minimal, release, cluster]
#   since: "2026-11-22"
package aiverify.no_pickled_weights

import data.aiverify.lib

pickled := {"pickle", "joblib", "torch"}

is_pickled(facts) if lib.member(facts, "format") in pickled

# An array, an archive or another container with a pickle in it.
is_pickled(facts) if not lib.member(facts, "globals") in {null, []}

# A function of its own: `not f(input.x)` is undefined, and denies nothing, where input.x is.
is_known(file) if is_string(input.facts[file.name].format)

deny contains {
	"code": "pickled",
	"msg": sprintf("%s is a pickle, and loading it runs what it says", [name]),
	"fix": "Publish the weights as safetensors.",
	"path": lib.pointer(["facts", name]),
} if {
	some name, facts in lib.members(lib.at(["facts"]))
	is_pickled(facts)
}

deny contains {
	"code": "unknown",
	"msg": sprintf("nobody says what the file %s is", [lib.name_of(file)]),
	"fix": "Judge the artifact with `aiverify verify`, which looks into every file.",
	"path": lib.pointer(["artifact", "files", index]),
} if {
	some index, file in lib.list_at(["artifact", "files"])
	not is_known(file)
}

deny contains {
	"code": "no_facts",
	"msg": "there are no facts to look into",
	"fix": "Judge the artifact with `aiverify verify`, which looks into every file.",
	"path": "",
} if {
	not is_whole
}

is_whole if {
	is_object(input.facts)
	is_array(input.artifact.files)
	count(input.artifact.files) > 0
}
