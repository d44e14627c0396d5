package aiverify.sbom_bound_test

import data.aiverify.sbom_bound

hex := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

other := "0000000000000000000000000000000000000000000000000000000000000000"

file_hash := "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

with_digest(digest) := {"properties": [{"name": "aiverify:root-digest", "value": sprintf("sha256:%s", [digest])}]}

with_hash(hash) := {"hashes": [{"alg": "SHA-256", "content": hash}]}

file(hash) := object.union({"type": "file", "name": "a.safetensors"}, with_hash(hash))

document(root, components) := {
	"artifact": {
		"digest": sprintf("sha256:%s", [hex]),
		"files": [{"name": "a.safetensors", "digest": sprintf("sha256:%s", [file_hash])}],
	},
	"sbom": {
		"bomFormat": "CycloneDX",
		"specVersion": "1.6",
		"metadata": {"component": root},
		"components": components,
	},
}

codes contains result.code if some result in sbom_bound.deny

test_allows_a_root_with_the_digest if {
	codes == set() with input as document(with_digest(hex), [])
	codes == set() with input as document(with_hash(upper(hex)), [])
}

test_allows_components_with_every_digest if {
	codes == set() with input as document({}, [file(file_hash)])
	codes == set() with input as document({}, [{"name": "x", "components": [file(file_hash)]}])
	codes == set() with input as document(with_hash(file_hash), [])
}

test_denies_an_sbom_about_nothing_in_particular if {
	results := sbom_bound.deny with input as document({"name": "llama"}, [])
	results == {{
		"code": "not_bound",
		"msg": "the SBOM does not say which bytes it is about",
		"fix": "Write the SBOM again with `aiverify sbom`, or give its root component the artifact's digest.",
		"path": "/sbom/metadata/component",
	}}
}

test_denies_an_sbom_of_another_artifact if {
	codes == {"not_bound", "other_artifact"} with input as document(with_digest(other), [])
	codes == {"other_artifact"} with input as document(with_digest(other), [file(file_hash)])
}

test_denies_an_sbom_of_other_files if {
	results := sbom_bound.deny with input as document(with_digest(hex), [file(other)])
	{[result.code, result.path] | some result in results} == {["other_file", "/artifact/files/0"]}
}

test_denies_hashes_that_are_none if {
	codes == {"not_bound"} with input as document(with_hash("no digest"), [])
	codes == {"not_bound"} with input as document({"hashes": "x", "properties": 5}, [{"type": "file", "name": 5}])
}

test_denies_a_document_that_is_not_whole if {
	codes == {"unknown"} with input as object.union(document(with_digest(hex), []), {"artifact": {"files": []}})
	codes == {"unknown"} with input as object.union(document(with_digest(hex), []), {"artifact": {"digest": "x"}})
	codes == {"unknown"} with input as {"artifact": {}, "sbom": null}
	codes == {"unknown"} with input as {}
}

test_denies_a_file_without_digest if {
	codes == {"not_bound"} with input as object.union(
		document({}, [file(file_hash)]),
		{"artifact": {"files": [{"name": "a.safetensors"}, 5]}},
	)
}
