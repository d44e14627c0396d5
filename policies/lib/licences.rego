# METADATA
# title: Licences
# description: Reading licences and SPDX expressions. It judges nothing by itself.
# custom:
#   since: "2026-11-26"
package aiverify.licences

import data.aiverify.lib
import data.aiverify.bom

# Whether a licence, or an expression of them (SPDX 2.3, Annex D), can be chosen so that every
# licence that then counts is allowed, and none denied. `allow` and `deny` are lists; `*` in
# `allow` is every licence.
is_allowed(text, allow, deny) if {
	is_listed(trim_space(text), allow)
	is_licence_allowed(trim_space(text), allow, deny)
}

# A name of many words, of which none is an operator.
is_allowed(text, allow, deny) if {
	"*" in allow
	lib.is_text(text)
	not names_denied(text, deny)
	every word in words_of(text) {
		is_licence(word)
	}
}

is_allowed(text, allow, deny) if {
	words := words_of(text)
	count(words) < 200
	regex.match(`^(?:[TF]\|)*T(?:\|[TF])*$`, reduced(letters(words, allow, deny)))
}

# Whether a licence in the text is denied, whatever else can be chosen.
names_denied(text, deny) if is_denied_by(trim_space(text), [], deny)

names_denied(text, deny) if {
	words := words_of(text)
	some index, _ in words
	is_denied_by(licence_at(words, index), [], deny)
}

is_licence_allowed(licence, allow, deny) if {
	lib.folded(licence) != ""
	is_allowed_by(licence, allow)
	not is_denied_by(licence, allow, deny)
}

is_allowed_by(_, allow) if "*" in allow

is_allowed_by(licence, allow) if is_listed(licence, allow)

is_allowed_by(licence, allow) if is_listed(core(licence), allow)

is_denied_by(licence, _, deny) if is_listed(licence, deny)

# One that is denied as such counts with an exception if exactly that is on the other list.
is_denied_by(licence, allow, deny) if {
	is_listed(core(licence), deny)
	not is_listed(licence, allow)
}

# A licence without what only adds permissions: an exception, or a plus for later versions.
core(licence) := trim_suffix(split(licence, " WITH ")[0], "+")

is_listed(licence, list) if {
	some item in list
	lib.folded(item) == lib.folded(licence)
}

words_of(text) := [word |
	some word in regex.split(`[ \t\r\n]+`, strings.replace_n({"(": " ( ", ")": " ) "}, text))
	word != ""
]

operators := {"and": "&", "or": "|", "(": "(", ")": ")"}

# The licence that begins at a word, with the exception that follows it.
licence_at(words, index) := sprintf("%s WITH %s", [words[index], words[index + 2]]) if {
	is_licence(words[index])
	lib.folded(words[index + 1]) == "with"
	is_licence(words[index + 2])
} else := words[index] if {
	is_licence(words[index])
}

is_licence(word) if {
	not operators[lib.folded(word)]
	lib.folded(word) != "with"
}

# The expression with a letter for each licence, T or F. What is no expression has other letters
# in it, or none at all between two licences, and does not come to T.
letters(words, allow, deny) := concat("", [letter |
	some index, _ in words
	not is_exception(words, index)
	letter := letter_at(words, index, allow, deny)
])

is_exception(words, index) if {
	lib.folded(words[index]) == "with"
	is_licence(words[index - 1])
	is_licence(words[index + 1])
}

is_exception(words, index) if {
	lib.folded(words[index - 1]) == "with"
	is_licence(words[index - 2])
	is_licence(words[index])
}

letter_at(words, index, _, _) := operators[lib.folded(words[index])]

letter_at(words, index, allow, deny) := "T" if {
	is_licence_allowed(licence_at(words, index), allow, deny)
} else := "F" if {
	not operators[lib.folded(words[index])]
}

# Brackets may be nested nine deep; what is nested deeper does not come to T.
reduced(text) := nine if {
	three := opened(opened(opened(joined(text))))
	six := opened(opened(opened(three)))
	nine := opened(opened(opened(six)))
}

# One step: brackets around nothing but alternatives give way to what they come to.
opened(text) := joined(regex.replace(regex.replace(text, `\((?:[TF]\|)*T(?:\|[TF])*\)`, "T"), `\(F(?:\|F)*\)`, "F"))

# AND binds closer than OR.
joined(text) := regex.replace(regex.replace(text, `(?:[TF]&)*F(?:&[TF])*`, "F"), `T(?:&T)+`, "T")

# What a component states: ids and names each for itself, and expressions.
stated(component) := texts_of(component.licenses) if {
	is_array(component.licenses)
} else := []

texts_of(choices) := [text |
	some choice in choices
	some texts in [
		[id | id := choice.license.id],
		[name | name := choice.license.name],
		[expression | expression := choice.expression],
	]
	some text in texts
	is_string(text)
	trim_space(text) != ""
]

# Whether a component's licences can be read: each is one of those.
is_readable(component) if {
	is_object(component)
	licences := object.get(component, "licenses", [])
	is_array(licences)
	count(texts_of(licences)) == count(licences)
}

# What those components of the SBOM state that have a list of licences, by the JSON pointer to each.
stated_at[path] := texts_of(component.licenses) if {
	some path, component in bom.components
	is_array(component.licenses)
}

# Those components of the SBOM whose licences cannot be read.
unreadable contains path if {
	some path, texts in stated_at
	count(texts) != count(bom.components[path].licenses)
}

unreadable contains path if {
	some path, component in bom.components
	not stated_at[path]
	object.get(component, "licenses", []) != []
}

