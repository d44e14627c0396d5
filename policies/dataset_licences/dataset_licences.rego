# METADATA
# title: Datasets' licences on the allowlist
# description: >-
#   Every dataset in the SBOM states a licence, and every one that it states can be met by the
#   list data.config.datasets.licences (SPDX identifiers, without regard to case; `*` is every
#   licence) and not only by data.config.datasets.deny. A dataset that the files name stands in the SBOM.
#   Without the list, permissive licences of data are allowed.
# custom:
#   severity: error
#   collections: [eu-ai-act]
#   since: "2026-11-26"
package aiverify.dataset_licences

import data.aiverify.lib
import data.aiverify.bom
import data.aiverify.licences

default allowlist := [
	"Apache-2.0",
	"BSD-3-Clause",
	"CC-BY-4.0",
	"CC0-1.0",
	"CDLA-Permissive-1.0",
	"CDLA-Permissive-2.0",
	"MIT",
	"ODC-By-1.0",
	"PDDL-1.0",
]

allowlist := data.config.datasets.licences

default denylist := []

denylist := data.config.datasets.deny

is_sound if {
	lib.is_list_of_strings(allowlist)
	is_denylist
}

is_denylist if denylist == []

is_denylist if lib.is_list_of_strings(denylist)

named contains dataset.name if some dataset in bom.datasets

stated(dataset) := licences.stated(dataset.component)

deny contains {
	"code": "misconfigured",
	"msg": "data.config.datasets.licences or data.config.datasets.deny is not a list of licences",
	"fix": "Give lists of SPDX identifiers.",
	"path": "",
} if {
	not is_sound
}

deny contains {
	"code": "no_sbom",
	"msg": "there is no SBOM that lists datasets",
	"fix": "Bundle the artifact, whose SBOM is then attested when it is signed.",
	"path": "/sbom",
} if {
	not bom.is_there
}

deny contains {
	"code": "not_listed",
	"msg": sprintf("the SBOM does not list the dataset %s", [name]),
	"fix": "Write the SBOM again, with every dataset that the model card names.",
	"path": lib.pointer(["description", "datasets", index]),
} if {
	bom.is_there
	some index, name in lib.list_at(["description", "datasets"])
	is_string(name)
	not name in named
}

deny contains {
	"code": "unstated",
	"msg": sprintf("the dataset %s states no licence that can be read", [dataset.name]),
	"fix": "Find out under which licence the dataset is, and state it in the SBOM.",
	"path": path,
} if {
	some path, dataset in bom.datasets
	not is_stated(dataset)
}

is_stated(dataset) if {
	licences.is_readable(dataset.component)
	count(stated(dataset)) > 0
}

deny contains {
	"code": "not_allowed",
	"msg": sprintf("the dataset %s is under %s, which is not allowed", [dataset.name, licence]),
	"fix": "Train on another dataset, or add the licence to data.config.datasets.licences.",
	"path": path,
} if {
	is_sound
	some path, dataset in bom.datasets
	some licence in stated(dataset)
	not licences.is_allowed(licence, allowlist, denylist)
}
