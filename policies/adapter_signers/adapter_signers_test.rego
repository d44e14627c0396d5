package aiverify.adapter_signers_test

import data.aiverify.adapter_signers

digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

adapter(base, signer) := {
	"artifact": {"kind": "adapter"},
	"adapter": {"base": base},
	"signatures": [{"signer": signer}],
}

codes contains result.code if some result in adapter_signers.deny

test_allows_any_signer_without_configuration if {
	codes == set() with input as adapter({"name": "org/base"}, "alice")
}

test_allows_a_signer_of_the_base if {
	codes == set() with input as adapter({"name": "org/base"}, "tuner-1")
		with data.config.adapters.signers as {"org/base": ["tuner-*"], "org/other": ["bob"]}
}

test_allows_a_signer_of_the_bases_digest if {
	codes == set() with input as adapter({"name": "org/base", "digest": digest}, "alice")
		with data.config.adapters.signers as {"org/base": ["bob"], digest: ["alice"]}
}

test_allows_a_signer_of_every_other_base if {
	codes == set() with input as adapter({"name": "org/base"}, "alice")
		with data.config.adapters.signers as {"org/other": ["bob"], "*": ["alice"]}
}

test_allows_what_is_no_adapter if {
	codes == set() with input as {"artifact": {"kind": "model"}, "adapter": null, "signatures": []}
}

test_denies_a_signer_of_another_base if {
	results := adapter_signers.deny with input as adapter({"name": "org/base"}, "bob")
		with data.config.adapters.signers as {"org/base": ["alice"], "org/other": ["bob"]}
	results == {{
		"code": "not_allowed",
		"msg": "nobody whom the base model org/base allows signed the adapter",
		"fix": "Have it signed by one of data.config.adapters.signers, or add who signed it there.",
		"path": "/signatures",
	}}
}

test_denies_a_name_that_the_digest_belies if {
	codes == {"not_allowed"} with input as adapter({"name": "org/other", "digest": digest}, "bob")
		with data.config.adapters.signers as {digest: ["alice"], "org/other": ["bob"]}
}

test_denies_a_base_that_is_not_listed if {
	codes == {"not_allowed"} with input as adapter({"name": "org/new"}, "alice")
		with data.config.adapters.signers as {"org/base": ["alice"]}
	codes == {"not_allowed"} with input as adapter(null, "alice")
		with data.config.adapters.signers as {"org/base": ["alice"]}
}

test_denies_an_adapter_that_nobody_signed if {
	codes == {"not_allowed"} with input as adapter({"name": "org/base"}, "")
	codes == {"not_allowed"} with input as {"artifact": {"kind": "adapter"}, "adapter": null}
}

test_denies_a_document_that_does_not_say_what_it_is if {
	codes == {"unknown"} with input as {}
}

test_denies_a_configuration_that_is_none if {
	codes == {"misconfigured"} with input as adapter({"name": "a"}, "alice") with data.config.adapters.signers as ["alice"]
	codes == {"misconfigured"} with input as adapter({"name": "a"}, "alice") with data.config.adapters.signers as {"a": "alice"}
}
