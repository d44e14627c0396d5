package house.faulty_test

import data.house.faulty

test_allows_an_adapter if {
	faulty.deny == set() with input as {"artifact": {"kind": "adapter"}}
}

test_denies_a_component if {
	results := faulty.deny with input as {"artifact": {"kind": "component"}}
	print("results:", results)
	count(results) == 1
	is_string(results[_])
}

test_is_false := false

test_is_a_number := 3

test_divides if {
	1 / count(faulty.deny) == 1
}

test_has_arguments(x) if x

test_has_cases[name] if {
	some name in ["a", "b"]
	name == "a"
}

test_twice if false

test_twice if true

todo_test_components if {
	count(faulty.deny) == 1
}
