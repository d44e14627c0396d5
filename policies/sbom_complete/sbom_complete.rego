# METADATA
# title: The SBOM is complete
# description: >-
#   The SBOM has the minimum elements that the G7 ask of one for AI (2026), as far as they are
#   metadata or about models and datasets: each as far as there is such a component.
#   data.config.sbom.elements is the list of those that are demanded; without it, all of them.
# custom:
#   severity: error
#   collections: [eu-ai-act]
#   since: "2026-11-26"
package aiverify.sbom_complete

import data.aiverify.lib
import data.aiverify.bom

default demanded := []

demanded := data.config.sbom.elements

is_demanded(_) if demanded == []

is_demanded(element) if element in demanded

# Where each element of the document, of a model and of a dataset may stand: one place will do.
of_document := {
	"metadata.author": [["metadata", "authors"], ["metadata", "manufacturer"], ["metadata", "supplier"]],
	"metadata.version": [["version"]],
	"metadata.format": [["bomFormat"]],
	"metadata.format_version": [["specVersion"]],
	"metadata.tool": [["metadata", "tools"]],
	"metadata.context": [["metadata", "lifecycles"]],
	"metadata.timestamp": [["metadata", "timestamp"]],
	"metadata.relationships": [["dependencies"]],
}

parameters := "modelParameters"

of_model := {
	"model.name": [["name"]],
	"model.identifier": [["purl"], ["cpe"], ["swid"], ["omniborId"], ["swhid"], ["bom-ref"]],
	"model.version": [["version"]],
	"model.producer": [["manufacturer"], ["supplier"], ["publisher"], ["authors"]],
	"model.description": [["description"], ["modelCard", "considerations", "useCases"]],
	"model.properties": [["modelCard", parameters, "architectureFamily"], ["modelCard", parameters, "modelArchitecture"]],
	"model.task": [["modelCard", parameters, "task"]],
	"model.inputs": [["modelCard", parameters, "inputs"]],
	"model.outputs": [["modelCard", parameters, "outputs"]],
	"model.training": [["modelCard", parameters, "approach"], ["modelCard", parameters, "datasets"], ["pedigree"]],
	"model.licence": [["licenses"]],
	"model.references": [["externalReferences"]],
	"model.hash": [["hashes"]],
}

of_dataset := {
	"dataset.name": [["name"]],
	"dataset.identifier": [["purl"], ["bom-ref"]],
	"dataset.description": [["description"], ["data", 0, "description"]],
	"dataset.content": [["data", 0, "contents"], ["externalReferences"], ["contents"]],
	"dataset.provenance": [["data", 0, "governance"], ["governance"], ["supplier"], ["externalReferences"], ["pedigree"]],
	"dataset.sensitivity": [["data", 0, "classification"], ["classification"]],
	"dataset.licence": [["licenses"]],
}

elements := object.keys(of_document) | (object.keys(of_model) | object.keys(of_dataset))

is_said(thing, places) if {
	some place in places
	says_something(lib.member(thing, place))
}

says_something(value) if lib.is_text(value)

says_something(value) if is_number(value)

says_something(value) if count(lib.items(value)) > 0

says_something(value) if count(lib.members(value)) > 0

is_model(component) if lib.member(component, "type") == "machine-learning-model"

# The digest over the files of a model is no hash of bytes, and stands in a property.
has(component, element, _) if {
	element == "model.hash"
	count(bom.properties(component, "aiverify:root-digest")) > 0
}

has(component, _, places) if is_said(component, places)

missing contains [element, "/sbom"] if {
	bom.is_there
	some element, places in of_document
	not is_said(input.sbom, places)
}

missing contains [element, "/sbom/metadata/component"] if {
	is_model(bom.root)
	some element, places in of_model
	not has(bom.root, element, places)
}

missing contains [element, path] if {
	some path, dataset in bom.datasets
	some element, places in of_dataset
	not is_said(dataset.component, places)
}

is_sound if demanded == []

is_sound if {
	lib.is_list_of_strings(demanded)
	every element in demanded {
		element in elements
	}
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.sbom.elements is not a list of elements that there are",
	"fix": sprintf("Give a list of these: %s.", [concat(", ", elements)]),
	"path": "",
} if {
	not is_sound
}

deny contains {
	"code": "no_sbom",
	"msg": "no CycloneDX document is attested for the artifact",
	"fix": "Bundle the artifact, whose SBOM is then attested when it is signed.",
	"path": "/sbom",
} if {
	not bom.is_there
}

deny contains {
	"code": "incomplete",
	"msg": sprintf("the SBOM lacks the element %s", [element]),
	"fix": "State it in the model card, or add it to the SBOM before it is attested.",
	"path": path,
} if {
	is_sound
	some [element, path] in missing
	is_demanded(element)
}
