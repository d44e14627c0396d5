package aiverify.licences_test

import data.aiverify.licences

allow := ["MIT", "Apache-2.0", "LLaMA 3 Community", "GPL-3.0-only WITH GCC-exception-3.1", "X11"]

refused := ["GPL-3.0-only", "X11"]

allowed(text) if licences.is_allowed(text, allow, refused)

test_a_licence if {
	allowed("MIT")
	allowed(" mit ")
	allowed("llama 3 community")
	not allowed("BSD-3-Clause")
	not allowed("")
	not allowed("X11")
}

test_alternatives if {
	allowed("MIT OR GPL-3.0-only")
	allowed("BSD-3-Clause or mit")
	not allowed("BSD-3-Clause OR ISC")
	not allowed("BSD-3-Clause OR X11")
}

test_both if {
	allowed("MIT AND Apache-2.0 AND MIT")
	not allowed("MIT AND GPL-3.0-only")
	not allowed("MIT AND ISC AND Apache-2.0")
}

test_and_binds_closer_than_or if {
	allowed("MIT OR ISC AND GPL-3.0-only")
	allowed("ISC AND GPL-3.0-only OR MIT")
	not allowed("(MIT OR ISC) AND GPL-3.0-only")
	not allowed("ISC AND (GPL-3.0-only OR MIT)")
	allowed("MIT AND (GPL-3.0-only OR MIT)")
}

test_brackets if {
	allowed("((MIT))")
	allowed("(MIT AND (ISC OR (Apache-2.0 AND (X11 OR MIT))))")
	allowed("((((((((MIT))))))))")
	not allowed("((((((((((((MIT))))))))))))")
}

test_an_exception_adds_permissions if {
	allowed("MIT WITH LLVM-exception")
	allowed("GPL-3.0-only with GCC-exception-3.1")
	allowed("MIT AND (GPL-3.0-only WITH GCC-exception-3.1)")
	not allowed("GPL-3.0-only WITH Classpath-exception-2.0")
	not licences.is_allowed("GPL-3.0-only WITH Other", ["*"], refused)
	not allowed("BSD-3-Clause WITH LLVM-exception")
}

test_later_versions if {
	allowed("Apache-2.0+")
	not allowed("ISC+")
	not licences.is_allowed("X11+", ["*"], refused)
}

test_every_licence if {
	licences.is_allowed("anything at all", ["*"], [])
	licences.is_allowed("Foo AND Bar", ["*"], ["Baz"])
	not licences.is_allowed("Foo AND Bar", ["*"], ["bar"])
}

test_what_is_no_expression if {
	every text in [
		"MIT MIT",
		"MIT AND",
		"AND MIT",
		"OR",
		"MIT OR",
		"(MIT",
		"MIT)",
		"MIT) OR (MIT",
		"MIT) AND (MIT",
		"()",
		"MIT WITH",
		"WITH MIT",
		"MIT (MIT)",
		"MIT, Apache-2.0",
		"MIT/Apache-2.0",
		"T",
		"F|T",
	] {
		not allowed(text)
	}
}

test_an_endless_expression if {
	not allowed(concat(" OR ", ["MIT" | some _ in numbers.range(1, 200)]))
}

test_a_denied_licence_in_a_text if {
	licences.names_denied("MIT OR gpl-3.0-only", refused)
	licences.names_denied("x11", refused)
	not licences.names_denied("MIT", refused)
	not licences.names_denied("", refused)
}

test_what_a_component_states if {
	component := {"licenses": [
		{"license": {"id": "MIT"}},
		{"license": {"name": "Own"}},
		{"expression": "MIT OR ISC"},
	]}
	licences.stated(component) == ["MIT", "Own", "MIT OR ISC"]
	licences.is_readable(component)
}

test_licences_that_cannot_be_read if {
	licences.is_readable({})
	not licences.is_readable({"licenses": {}})
	not licences.is_readable(false)
	not licences.is_readable([])
	not licences.is_readable({"licenses": [5]})
	not licences.is_readable({"licenses": [{"license": {"id": ""}}]})
	licences.stated({"licenses": 5}) == []
}

test_licences_of_the_sbom if {
	components := [
		{"licenses": [{"license": {"id": "MIT"}}, {"expression": "ISC"}]},
		{"licenses": [{"license": {"id": " "}}]},
		{"licenses": []},
		{},
		{"licenses": {}},
		{"licenses": ""},
		{"licenses": 5},
		{"licenses": null},
		{"licenses": false},
		{"licenses": [{"license": 5}, 5]},
	]
	stated := licences.stated_at with input as {"sbom": {"components": components}}
	unreadable := licences.unreadable with input as {"sbom": {"components": components}}
	stated["/sbom/components/0"] == ["MIT", "ISC"]
	every index, component in components {
		path := sprintf("/sbom/components/%d", [index])
		object.get(stated, path, []) == licences.stated(component)
		is_said(path in unreadable, component)
	}
}

is_said(is_unreadable, component) if {
	is_unreadable
	not licences.is_readable(component)
}

is_said(is_unreadable, component) if {
	not is_unreadable
	licences.is_readable(component)
}
