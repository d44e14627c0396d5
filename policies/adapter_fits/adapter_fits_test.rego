package aiverify.adapter_fits_test

import data.aiverify.adapter_fits

adapter(fit) := {"artifact": {"kind": "adapter"}, "adapter": {"fit": fit}}

codes contains result.code if some result in adapter_fits.deny

test_allows_an_adapter_that_fits if {
	codes == set() with input as adapter({"fits": true, "pairs": 12, "name": "base"})
}

test_allows_what_is_no_adapter if {
	codes == set() with input as {"artifact": {"kind": "model"}, "adapter": null}
}

test_denies_an_adapter_that_does_not_fit if {
	results := adapter_fits.deny with input as adapter({"fits": false, "pairs": 12, "name": "org/base"})
	results == {{
		"code": "does_not_fit",
		"msg": "the adapter does not fit the base model org/base",
		"fix": "Load it on the base that it was trained on.",
		"path": "/adapter/fit/fits",
	}}
}

test_denies_an_adapter_without_pairs if {
	codes == {"does_not_fit"} with input as adapter({"fits": true, "pairs": 0})
}

test_denies_an_adapter_that_nobody_checked if {
	codes == {"unchecked"} with input as adapter(null)
	codes == {"unchecked"} with input as adapter({"fits": "true", "pairs": 12})
	codes == {"unchecked"} with input as adapter({"fits": true})
	codes == {"unchecked"} with input as {"artifact": {"kind": "adapter"}, "adapter": null}
}

test_denies_a_document_that_does_not_say_what_it_is if {
	codes == {"unknown"} with input as {}
}
