# METADATA
# title: Images that stay the same
# description: >-
#   Every image of the workload, of a container or a volume, is named by a digest, or by a tag that is
#   not in data.config.images.floating (without that list: latest, main, master, stable, edge, dev
#   and nightly). Outside of a cluster it says nothing.
# custom:
#   severity: error
#   collections: [cluster]
#   since: "2026-11-26"
package aiverify.no_floating_tag

import data.aiverify.lib
import data.aiverify.pods

default floating := ["latest", "main", "master", "stable", "edge", "dev", "nightly"]

floating := data.config.images.floating

# The tag of an image: what follows the last colon behind the last slash.
tag(image) := found[0][1] if {
	found := regex.find_all_string_submatch_n(`:([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$`, image, 1)
	count(found) == 1
} else := "latest"

is_fixed(image) if regex.match(`@sha256:[0-9a-f]{64}$`, image)

is_fixed(image) if {
	not contains(image, "@")
	not tag(image) in floating
}

images[path] := image if {
	some path, image in pods.images
}

images[path] := trim_prefix(uri, scheme) if {
	some index, reference in pods.references
	uri := lib.member(reference, "uri")
	is_string(uri)
	some scheme in ["oci://", "oci+native://", "oci+fetch://"]
	startswith(uri, scheme)
	path := lib.pointer(["request", "references", index])
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.images.floating is not a list of tags",
	"fix": "Give a list of tags such as latest.",
	"path": "",
} if {
	not lib.is_list_of_strings(floating)
}

deny contains {
	"code": "unknown",
	"msg": "the document does not say what the cluster is asked for",
	"fix": "Judge a Kubernetes object, or a document with its request.",
	"path": "/request",
} if {
	not pods.is_known
}

deny contains {
	"code": "unreadable",
	"msg": "a container is not as Kubernetes has it",
	"fix": "Write it as the API of Kubernetes describes it.",
	"path": path,
} if {
	some path in pods.unreadable
}

deny contains {
	"code": "floating",
	"msg": sprintf("the image %s can be another one tomorrow", [image]),
	"fix": "Name the image by its digest, or by the tag of a version.",
	"path": path,
} if {
	some path, image in images
	not is_fixed(image)
}
