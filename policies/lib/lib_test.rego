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
