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

# The pointer to what lies below another.
pointer_below(path, parts) := concat("", [path, pointer(parts)])

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
is_pinned(reference) if is_digest(reference.digest)

is_pinned(reference) if {
	is_string(reference.revision)
	regex.match(`^[0-9a-f]{40}$`, reference.revision)
}

is_digest(value) if {
	is_string(value)
	regex.match(`^sha256:[0-9a-f]{64}$`, value)
}

# A thing's name, for messages.
name_of(thing) := thing.name if {
	is_string(thing.name)
	thing.name != ""
} else := "without a name"

# Whether a value is a text that says something.
is_text(value) if {
	is_string(value)
	trim_space(value) != ""
}

# What stands at a path of the document, or null. Unlike a reference it is never undefined, so
# that `not f(at(path))` is decided.
at(path) := object.get(input, path, null) if {
	is_object(input)
} else := null

# A member of an object, by its key or by a path of keys, or null.
member(value, key) := object.get(value, key, null) if {
	is_object(value)
} else := null

# The list at a path of the document, and an empty one if there is none.
list_at(path) := items(at(path))

# A list as it is, and an empty one for anything else, in which nothing can be looked for.
items(value) := value if {
	is_array(value)
} else := []

# An object as it is, and an empty one for anything else.
members(value) := value if {
	is_object(value)
} else := {}

# A text without regard to case. Only ASCII: the engines differ on other letters.
folded(text) := lower(text) if {
	regex.match(`^[\x00-\x7f]*$`, text)
} else := text

# A whole number for messages.
number_shown(number) := format_int(number, 10) if {
	is_number(number)
	number == round(number)
	abs(number) < 9007199254740992
} else := "no such number"

# Whether a glob of a list matches a text from end to end, `*` standing for anything.
matches(patterns, text) if {
	some pattern in patterns
	glob.match(pattern, null, text)
}

# The same for addresses and identities: `*` stops at `/` and `@`, and `**` does not.
matches_address(patterns, text) if {
	some pattern in patterns
	glob.match(pattern, ["/", "@"], text)
}

# Whether every file of the artifact was looked into, with facts that can be read.
has_facts if {
	files := list_at(["artifact", "files"])
	count(files) > 0
	every file in files {
		is_described(file)
	}
	every facts in members(at(["facts"])) {
		is_readable(facts)
	}
}

is_described(file) if is_readable(input.facts[file.name])

is_readable(facts) if {
	is_string(facts.format)
	is_object(facts.values)
}

# What was found out about each file, by its name.
facts[name] := found if {
	some name, found in members(at(["facts"]))
	is_readable(found)
}
