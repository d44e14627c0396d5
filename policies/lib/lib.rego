# METADATA
# title: Helpers
# description: What the shipped rules share. It judges nothing by itself.
# custom:
#   since: "2026-11-22"
package aiverify.lib

# A JSON pointer (RFC 6901) from its parts.
pointer(parts) := concat("", [sprintf("/%s", [escaped]) |
	some part in parts
	escaped := replace(replace(sprintf("%v", [part]), "~", "~0"), "/", "~1")
])

# Whether a value is a list of strings, and at least one.
is_list_of_strings(value) if {
	is_array(value)
	count(value) > 0
	every item in value {
		is_string(item)
	}
}

# Whether a reference to a model can mean only one model: by the digest of its files, or by
# the commit of its repository. A name, a tag and a branch can be moved.
is_pinned(reference) if {
	is_string(reference.digest)
	regex.match(`^sha256:[0-9a-f]{64}$`, reference.digest)
}

is_pinned(reference) if {
	is_string(reference.revision)
	regex.match(`^[0-9a-f]{40}$`, reference.revision)
}

# A thing's name, for messages.
name_of(thing) := thing.name if {
	is_string(thing.name)
	thing.name != ""
} else := "without a name"
