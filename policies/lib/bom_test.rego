package aiverify.bom_test

import data.aiverify.bom

document := {"sbom": {
	"bomFormat": "CycloneDX",
	"specVersion": "1.6",
	"metadata": {"component": {
		"bom-ref": "root",
		"name": "llama",
		"modelCard": {"modelParameters": {"datasets": [
			{"ref": "data"},
			{"name": "inline", "classification": "public"},
			5,
		]}},
	}},
	"components": [
		{"bom-ref": "data", "type": "data", "name": "set", "data": [{"classification": "public"}]},
		{"bom-ref": "twice", "components": [{"bom-ref": "twice", "purl": "pkg:pypi/a@1"}]},
		5,
	],
}}

test_there if {
	bom.is_there with input as document
	not bom.is_there with input as {"sbom": {"bomFormat": "SPDX"}}
	not bom.is_there with input as {"sbom": {"bomFormat": "CycloneDX"}}
	not bom.is_there with input as {}
	not bom.is_there with input as []
}

test_components_at_every_depth if {
	object.keys(bom.components) == {
		"/sbom/metadata/component",
		"/sbom/components/0",
		"/sbom/components/1",
		"/sbom/components/1/components/0",
	} with input as document
}

test_no_components if {
	bom.components == {} with input as {"sbom": {"components": {"0": {}}}}
	bom.components == {} with input as {}
}

test_names if {
	bom.names({"bom-ref": "a", "purl": "b", "name": "c"}) == {"a", "b"}
	bom.names({"bom-ref": 5, "purl": ""}) == set()
}

test_hashes if {
	bom.hashes({"hashes": [
		{"alg": "SHA-256", "content": "AB"},
		{"alg": "MD5", "content": "cd"},
		{"alg": "SHA-256", "content": 5},
		5,
	]}) == {"ab"}
	bom.hashes(null) == set()
}

test_properties if {
	bom.properties({"properties": [{"name": "a", "value": "1"}, {"name": "a", "value": 2}, 5]}, "a") == {"1"}
	bom.properties({}, "a") == set()
}

test_datasets if {
	found := bom.datasets with input as document
	{path: dataset.name | some path, dataset in found} == {
		"/sbom/components/0": "set",
		"/sbom/metadata/component/modelCard/modelParameters/datasets/1": "inline",
		"/sbom/metadata/component/modelCard/modelParameters/datasets/2": "without a name",
	}
	found["/sbom/components/0"].descriptions == [{"classification": "public"}]
}
