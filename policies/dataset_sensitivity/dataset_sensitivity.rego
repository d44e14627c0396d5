# METADATA
# title: Datasets' sensitivity
# description: >-
#   Every dataset in the SBOM states its classification, which is in data.config.datasets.classifications
#   (without that list: public, open, synthetic), and no sensitive data that is not in
#   data.config.datasets.sensitive_data (without that list: none is allowed). Case does not count.
# custom:
#   severity: error
#   collections: [eu-ai-act]
#   since: "2026-11-26"
package aiverify.dataset_sensitivity

import data.aiverify.lib
import data.aiverify.bom

default classifications := ["public", "open", "synthetic"]

classifications := data.config.datasets.classifications

default accepted := []

accepted := data.config.datasets.sensitive_data

is_sound if {
	lib.is_list_of_strings(classifications)
	are_texts(accepted)
}

are_texts(list) if list == []

are_texts(list) if lib.is_list_of_strings(list)

is_among(text, list) if {
	some item in list
	lib.folded(item) == lib.folded(text)
}

# Every description of a dataset, by the JSON pointer to the dataset.
descriptions[path] contains description if {
	some path, dataset in bom.datasets
	some description in dataset.descriptions
}

is_classified(path) if {
	every description in descriptions[path] {
		lib.is_text(lib.member(description, "classification"))
		are_texts(object.get(description, "sensitiveData", []))
	}
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.datasets.classifications or data.config.datasets.sensitive_data is not a list of texts",
	"fix": "Give lists of texts, as SBOMs spell them.",
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
	"code": "unclassified",
	"msg": sprintf("the dataset %s does not state how sensitive it is", [dataset.name]),
	"fix": "Give data[].classification and data[].sensitiveData of the dataset in the SBOM.",
	"path": path,
} if {
	some path, dataset in bom.datasets
	not is_classified(path)
}

deny contains {
	"code": "not_allowed",
	"msg": sprintf("the dataset %s is classified as %s, which is not allowed", [bom.datasets[path].name, classification]),
	"fix": "Train on another dataset, or add this to data.config.datasets.classifications.",
	"path": path,
} if {
	is_sound
	some path, found in descriptions
	some description in found
	classification := lib.member(description, "classification")
	lib.is_text(classification)
	not is_among(classification, classifications)
}

deny contains {
	"code": "sensitive",
	"msg": sprintf("the dataset %s holds sensitive data: %s", [bom.datasets[path].name, kind]),
	"fix": "Train on data without it, or add it to data.config.datasets.sensitive_data.",
	"path": path,
} if {
	is_sound
	some path, found in descriptions
	some description in found
	some kind in lib.items(lib.member(description, "sensitiveData"))
	lib.is_text(kind)
	not is_among(kind, accepted)
}
