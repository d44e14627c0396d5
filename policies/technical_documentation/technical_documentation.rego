# METADATA
# title: Technical documentation
# description: >-
#   The SBOM's model card says what a provider has to document of a model (EU AI Act, Annexes IV and XI, as
#   far as an SBOM can): its purpose, what it was trained on, its licence, who provides it, its
#   version, its limitations, how it was measured, and how it was made, which an attested provenance
#   says. data.config.documentation.waived is a list of those that are not asked for. Of components,
#   which are no models, it says nothing.
# custom:
#   severity: error
#   collections: [eu-ai-act]
#   since: "2026-11-26"
package aiverify.technical_documentation

import data.aiverify.lib
import data.aiverify.bom
import data.aiverify.licences
import data.aiverify.provenance

default waived := []

waived := data.config.documentation.waived

card := "/sbom/metadata/component/modelCard"

# What is asked for: where it belongs, and what to do.
topics := {
	"purpose": {
		"path": lib.pointer_below(card, ["considerations", "useCases"]),
		"fix": "Write a section on intended uses into the model card, and name its task.",
	},
	"training_data": {
		"path": lib.pointer_below(card, ["modelParameters", "datasets"]),
		"fix": "Name the datasets in the model card.",
	},
	"licence": {
		"path": "/sbom/metadata/component/licenses",
		"fix": "State the licence in the model card.",
	},
	"provider": {
		"path": "/sbom/metadata/component/supplier",
		"fix": "Name the supplier or manufacturer in the SBOM.",
	},
	"version": {
		"path": "/sbom/metadata/component/version",
		"fix": "Bundle the artifact with --version.",
	},
	"limitations": {
		"path": lib.pointer_below(card, ["considerations"]),
		"fix": "Write a section on limitations and risks into the model card.",
	},
	"performance": {
		"path": lib.pointer_below(card, ["quantitativeAnalysis", "performanceMetrics"]),
		"fix": "Give the results of evaluations in the model card.",
	},
	"provenance": {
		"path": "/attestations",
		"fix": "Attest SLSA provenance: `aiverify attest --type provenance`.",
	},
}

is_sound if waived == []

is_sound if {
	lib.is_list_of_strings(waived)
	every topic in waived {
		topics[topic]
	}
}

said(path) := lib.member(bom.card, path)

is_list(value) if count(lib.items(value)) > 0

is_documented("purpose") if lib.is_text(said(["modelParameters", "task"]))

is_documented("purpose") if is_list(said(["considerations", "useCases"]))

is_documented("training_data") if is_list(said(["modelParameters", "datasets"]))

is_documented("licence") if count(licences.stated(bom.root)) > 0

is_documented("provider") if {
	some holder in [bom.root, lib.at(["sbom", "metadata"])]
	some key in ["supplier", "manufacturer", "manufacture"]
	lib.is_text(lib.member(holder, [key, "name"]))
}

is_documented("version") if lib.is_text(lib.member(bom.root, "version"))

is_documented("limitations") if {
	some key in ["technicalLimitations", "ethicalConsiderations", "performanceTradeoffs", "fairnessAssessments"]
	is_list(said(["considerations", key]))
}

is_documented("performance") if is_list(said(["quantitativeAnalysis", "performanceMetrics"]))

is_documented("provenance") if count(provenance.predicates) > 0

is_model if input.artifact.kind in {"model", "adapter"}

is_known if is_string(input.artifact.kind)

deny contains {
	"code": "misconfigured",
	"msg": "data.config.documentation.waived is not a list of topics that there are",
	"fix": sprintf("Give a list of these: %s.", [concat(", ", object.keys(topics))]),
	"path": "",
} if {
	not is_sound
}

deny contains {
	"code": "unknown",
	"msg": "the document does not say what the artifact is",
	"fix": "Judge the artifact with `aiverify verify`.",
	"path": "/artifact/kind",
} if {
	not is_known
}

deny contains {
	"code": "undocumented",
	"msg": sprintf("the documentation does not cover %s", [replace(topic, "_", " ")]),
	"fix": sprintf("%s Or waive it in data.config.documentation.waived.", [asked.fix]),
	"path": asked.path,
} if {
	is_model
	some topic, asked in topics
	not is_documented(topic)
	not is_waived(topic)
}

is_waived(topic) if {
	is_sound
	topic in waived
}
