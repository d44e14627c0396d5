package aiverify.go_toolchain_test

import data.aiverify.go_toolchain

built_by(version) := {
	"artifact": {"files": [{"name": "runner"}]},
	"facts": {"runner": {"format": "elf", "values": {"go": {"version": version}}}},
}

codes contains result.code if some result in go_toolchain.deny

test_allows_a_recent_go if {
	every version in ["go1.26", "go1.26.8", "go1.27rc1", "go1.26.1 X:nodwarf5", "go2.0", "go1.26.1+auto"] {
		codes == set() with input as built_by(version)
	}
}

test_allows_what_the_configuration_asks_for if {
	codes == set() with input as built_by("go1.22.12") with data.config.go.minimum as "1.22.9"
	codes == set() with input as built_by("go1.26rc2") with data.config.go.minimum as "1.26rc1"
}

test_allows_another_program if {
	codes == set() with input as {
		"artifact": {"files": [{"name": "ls"}]},
		"facts": {"ls": {"format": "elf", "values": {}}},
	}
}

test_denies_an_old_go if {
	results := go_toolchain.deny with input as built_by("go1.9.7")
	results == {{
		"code": "too_old",
		"msg": "runner was built by go1.9.7, and at least 1.26 is asked for",
		"fix": "Build it again with a Go that is still maintained.",
		"path": "/facts/runner/values/go/version",
	}}
	codes == {"too_old"} with input as built_by("go1.26.2") with data.config.go.minimum as "1.26.10"
}

test_denies_a_candidate_of_the_release if {
	codes == {"too_old"} with input as built_by("go1.26rc1")
	codes == {"too_old"} with input as built_by("go1.26beta1")
}

test_denies_a_go_of_no_version if {
	every version in ["devel go1.27-abcdef", "", "1", "go1.26x", null, 5] {
		codes == {"too_old"} with input as built_by(version)
	}
	codes == {"too_old"} with input as {
		"artifact": {"files": [{"name": "runner"}]},
		"facts": {"runner": {"format": "elf", "values": {"go": 5}}},
	}
}

test_denies_without_facts if {
	codes == {"no_facts"} with input as {"artifact": {"files": [{"name": "a"}]}, "facts": {}}
	codes == {"no_facts"} with input as {}
}

test_denies_a_minimum_that_is_none if {
	codes == {"misconfigured"} with input as built_by("go1.26") with data.config.go.minimum as "latest"
	codes == {"misconfigured"} with input as built_by("go1.26") with data.config.go.minimum as 1.26
}
