package aiverify.base_pinned_test

import data.aiverify.base_pinned

digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

commit := "0123456789abcdef0123456789abcdef01234567"

adapter_on(base) := {
	"artifact": {"kind": "adapter"},
	"adapter": {"base": base},
	"description": {"base_models": []},
}

model_from(bases) := {
	"artifact": {"kind": "model"},
	"adapter": null,
	"description": {"base_models": bases},
}

codes contains result.code if some result in base_pinned.deny

test_allows_an_adapter_whose_base_has_a_digest if {
	codes == set() with input as adapter_on({"name": "org/base", "revision": "", "digest": digest})
}

test_allows_an_adapter_whose_base_has_a_commit if {
	codes == set() with input as adapter_on({"name": "org/base", "revision": commit, "digest": ""})
}

test_allows_an_adapter_pinned_in_one_of_two_places if {
	codes == set() with input as {
		"artifact": {"kind": "adapter"},
		"adapter": {"base": {"name": "org/base", "revision": "", "digest": digest}},
		"description": {"base_models": [{"name": "org/base", "revision": "", "digest": ""}]},
	}
}

test_allows_a_model_without_base if {
	codes == set() with input as model_from([])
}

test_allows_a_model_with_a_pinned_base if {
	codes == set() with input as model_from([{"name": "org/base", "revision": commit, "digest": ""}])
}

test_allows_a_pinned_base_without_name if {
	codes == set() with input as model_from([{"digest": digest}])
}

test_denies_an_adapter_whose_base_is_a_name if {
	results := base_pinned.deny with input as adapter_on({"name": "org/base", "revision": "", "digest": ""})
	results == {{
		"code": "not_pinned",
		"msg": "the base model org/base is not pinned",
		"fix": "Name the base by its digest (sha256) or by a full 40-digit commit.",
		"path": "/adapter/base",
	}}
}

test_denies_a_branch_and_a_short_commit if {
	codes == {"not_pinned"} with input as adapter_on({"name": "org/base", "revision": "main"})
	codes == {"not_pinned"} with input as adapter_on({"name": "org/base", "revision": "0123456"})
}

test_denies_a_model_with_one_base_of_two_unpinned if {
	results := base_pinned.deny with input as model_from([
		{"name": "org/one", "revision": commit, "digest": ""},
		{"name": "org/two", "revision": "", "digest": ""},
	])
	{result.path | some result in results} == {"/description/base_models/1"}
}

test_denies_a_base_pinned_under_another_name if {
	codes == {"not_pinned"} with input as {
		"artifact": {"kind": "adapter"},
		"adapter": {"base": {"name": "org/base"}},
		"description": {"base_models": [{"name": "org/other", "digest": digest}]},
	}
}

test_denies_an_adapter_that_names_no_base if {
	codes == {"no_base"} with input as {
		"artifact": {"kind": "adapter"},
		"adapter": null,
		"description": {"base_models": []},
	}
}

test_denies_a_base_that_is_no_object if {
	codes == {"no_base", "not_pinned"} with input as adapter_on("org/base")
}

test_denies_an_empty_document if {
	codes == {"unknown"} with input as {}
}
