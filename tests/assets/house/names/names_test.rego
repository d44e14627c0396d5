package house.names_test

import data.house.names

called(name) := {"artifact": {"kind": "model", "name": name}}

test_allows_a_name if {
	count(names.deny) == 0 with input as called("llama")
}

test_denies_an_empty_name if {
	{result.code | some result in names.deny} == {"unnamed"} with input as called("")
}
