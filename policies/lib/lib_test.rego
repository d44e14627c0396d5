package aiverify.lib_test

import data.aiverify.lib

test_pointer_escapes_its_parts if {
	lib.pointer(["facts", "a/b~c", 0]) == "/facts/a~1b~0c/0"
}

test_pointer_keeps_the_order_of_its_parts if {
	lib.pointer(["z", "a", "m"]) == "/z/a/m"
}

test_name_for_messages if {
	lib.name_of({"name": "org/base"}) == "org/base"
	lib.name_of({"name": ""}) == "without a name"
	lib.name_of({"name": 5}) == "without a name"
	lib.name_of(null) == "without a name"
}

test_list_of_strings if {
	lib.is_list_of_strings(["a"])
	not lib.is_list_of_strings([])
	not lib.is_list_of_strings(["a", 1])
	not lib.is_list_of_strings("a")
	not lib.is_list_of_strings({"a": "b"})
	not lib.is_list_of_strings(null)
}

test_pinned_by_digest if {
	lib.is_pinned({"digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})
}

test_pinned_by_commit if {
	lib.is_pinned({"revision": "0123456789abcdef0123456789abcdef01234567"})
}

test_not_pinned if {
	not lib.is_pinned({"name": "org/base"})
	not lib.is_pinned({"revision": "main", "digest": ""})
	not lib.is_pinned({"revision": "0123456"})
	not lib.is_pinned({"digest": "sha256:e3b0"})
	not lib.is_pinned({"digest": "\nsha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})
	not lib.is_pinned({"revision": "0123456789abcdef0123456789abcdef01234567\n"})
	not lib.is_pinned({"digest": null, "revision": 5})
	not lib.is_pinned(null)
}

test_text if {
	lib.is_text("a")
	not lib.is_text(" \t\n")
	not lib.is_text(5)
}

test_what_stands_at_a_path if {
	lib.at(["a", "b"]) == 1 with input as {"a": {"b": 1}}
	lib.list_at(["a", 0, "b"]) == [2] with input as {"a": [{"b": [2]}]}
}

test_nothing_stands_at_a_path if {
	lib.at(["a", "b"]) == null with input as {"a": 5}
	lib.at(["a"]) == null with input as []
	lib.at(["a"]) == null
	lib.list_at(["a"]) == [] with input as {"a": {"b": 1}}
}

test_values_of_another_type_are_empty if {
	lib.items("abc") == []
	lib.items([1]) == [1]
	lib.members([1]) == {}
	lib.members({"a": 1}) == {"a": 1}
	lib.member(null, "a") == null
	lib.member({"a": 1}, "a") == 1
}

test_case_counts_for_letters_beyond_ascii if {
	lib.folded("MIT") == "mit"
	lib.folded("İ") == "İ"
}

test_numbers_for_messages if {
	lib.number_shown(12) == "12"
	lib.number_shown(1.5) == "no such number"
	lib.number_shown("1") == "no such number"
	lib.number_shown(100000000000000000000) == "no such number"
}

test_globs if {
	lib.matches(["b", "a*"], "a/b@c")
	not lib.matches(["a*"], "ba")
	not lib.matches([], "a")
}

test_globs_of_addresses if {
	lib.matches_address(["https://ci.example.com/*"], "https://ci.example.com/a")
	lib.matches_address(["https://ci.example.com/**"], "https://ci.example.com/a/b@c")
	not lib.matches_address(["https://ci.example.com/*"], "https://ci.example.com/a/b")
	not lib.matches_address(["*"], "a@b")
}

test_facts_that_are_whole if {
	lib.has_facts with input as {
		"artifact": {"files": [{"name": "a"}]},
		"facts": {"a": {"format": "elf", "values": {}}},
	}
}

test_facts_that_are_not_whole if {
	not lib.has_facts
	not lib.has_facts with input as {"artifact": {"files": []}, "facts": {}}
	not lib.has_facts with input as {"artifact": {"files": [{"name": "a"}]}, "facts": {}}
	not lib.has_facts with input as {
		"artifact": {"files": [{"name": "a"}]},
		"facts": {"a": {"format": "elf", "values": []}},
	}
	not lib.has_facts with input as {
		"artifact": {"files": [{"name": "a"}]},
		"facts": {"a": {"format": "elf", "values": {}}, "b": 5},
	}
}

test_facts_that_can_be_read if {
	found := lib.facts with input as {"facts": {"a": {"format": "elf", "values": {}}, "b": 5}}
	object.keys(found) == {"a"}
}
