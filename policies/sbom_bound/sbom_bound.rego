# METADATA
# title: The SBOM is about these bytes
# description: >-
#   The SBOM's root component has the artifact's digest, as its property aiverify:root-digest or as
#   a hash; or its components have the digest of every file. None of them says something else.
# custom:
#   severity: error
#   collections: [release, eu-ai-act]
#   since: "2026-11-26"
package aiverify.sbom_bound

import data.aiverify.lib
import data.aiverify.bom

digest := lib.at(["artifact", "digest"])

files := lib.list_at(["artifact", "files"])

stated := bom.properties(bom.root, "aiverify:root-digest")

# Each is asked only where the one before does not hold: the last looks at every component.
is_bound if {
	digest in stated
} else if {
	hex(digest) in bom.hashes(bom.root)
} else if {
	count(files) > 0
	every file in files {
		hex(lib.member(file, "digest")) in listed
	}
}

hex(value) := trim_prefix(value, "sha256:") if {
	lib.is_digest(value)
} else := "no digest"

listed contains hash if {
	some component in bom.components
	some hash in bom.hashes(component)
}

# What the components of files say, by the name of each file.
hashes_of[name] contains hash if {
	some component in bom.components
	component.type == "file"
	is_string(component.name)
	name := component.name
	some hash in bom.hashes(component)
}

is_whole if {
	lib.is_digest(digest)
	count(files) > 0
	bom.is_there
}

deny contains {
	"code": "unknown",
	"msg": "the document does not say which files the artifact has, or has no SBOM",
	"fix": "Judge a bundle with `aiverify verify`.",
	"path": "",
} if {
	not is_whole
}

deny contains {
	"code": "not_bound",
	"msg": "the SBOM does not say which bytes it is about",
	"fix": "Write the SBOM again with `aiverify sbom`, or give its root component the artifact's digest.",
	"path": "/sbom/metadata/component",
} if {
	is_whole
	not is_bound
}

deny contains {
	"code": "other_artifact",
	"msg": "the SBOM is about an artifact of another digest",
	"fix": "Write the SBOM again from the files that are signed.",
	"path": "/sbom/metadata/component",
} if {
	is_whole
	some other in stated
	other != digest
}

deny contains {
	"code": "other_file",
	"msg": sprintf("the SBOM gives another digest for %s", [file.name]),
	"fix": "Write the SBOM again from the files that are signed.",
	"path": lib.pointer(["artifact", "files", index]),
} if {
	is_whole
	some index, file in files
	some hash in hashes_of[file.name]
	hash != hex(file.digest)
}
