package aiverify.adapter_base_matches_test

import data.aiverify.adapter_base_matches

digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

other := "sha256:0000000000000000000000000000000000000000000000000000000000000000"

adapter(base, fit) := {"artifact": {"kind": "adapter"}, "adapter": {"base": {"digest": base}, "fit": fit}}

codes contains result.code if some result in adapter_base_matches.deny

test_allows_the_base_at_hand if {
	codes == set() with input as adapter(digest, {"digest": digest})
}

test_allows_a_base_on_the_list if {
	codes == set() with input as adapter(digest, null) with data.config.adapters.bases as [other, digest]
}

test_allows_what_is_no_adapter if {
	codes == set() with input as {"artifact": {"kind": "model"}, "adapter": null}
}

test_denies_another_base if {
	results := adapter_base_matches.deny with input as adapter(digest, {"digest": other})
	results == {{
		"code": "other_base",
		"msg": "the adapter was made for another base model than the one at hand",
		"fix": "Load it on the base that its SBOM pins.",
		"path": "/adapter/fit/digest",
	}}
	codes == {"other_base"} with input as adapter(digest, {"digest": other})
		with data.config.adapters.bases as [digest]
}

test_denies_a_base_that_is_neither_at_hand_nor_on_the_list if {
	codes == {"not_matched"} with input as adapter(digest, null)
	codes == {"not_matched"} with input as adapter(digest, {"digest": ""})
	codes == {"not_matched"} with input as adapter(digest, null) with data.config.adapters.bases as [other]
}

test_denies_a_base_without_digest if {
	codes == {"not_pinned"} with input as adapter("", {"digest": ""})
	codes == {"not_pinned"} with input as adapter(5, {"digest": 5})
	codes == {"not_pinned"} with input as {"artifact": {"kind": "adapter"}, "adapter": null}
}

test_denies_a_document_that_does_not_say_what_it_is if {
	codes == {"unknown"} with input as {"artifact": {"kind": 5}}
	codes == {"unknown"} with input as {}
}

test_denies_a_list_that_is_none if {
	codes == {"misconfigured", "not_matched"} with input as adapter(digest, null)
		with data.config.adapters.bases as ["org/base"]
	codes == {"misconfigured", "not_matched"} with input as adapter(digest, null)
		with data.config.adapters.bases as digest
}
