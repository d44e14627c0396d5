package dockerfile

import rego.v1

unwanted := ["openjdk", "alpine:latest", "scratch"]

deny contains msg if {
	some i
	input[i].Cmd == "from"
	value := input[i].Value
	some word in unwanted
	contains(lower(value[_]), word)
	msg := sprintf("line %d: the image %s is not wanted", [i, value[0]])
}

deny_curl_bash contains {"msg": msg, "_loc": {"line": line}} if {
	some line, command in input
	command.Cmd == "run"
	regex.match(`curl[^|]*\|\s*(ba)?sh`, concat(" ", command.Value))
	msg := "a download is run as it is"
}

warn contains "no user is named: the container runs as root" if {
	not any_user
}

any_user if {
	some command in input
	command.Cmd == "user"
	command.Value != ["root"]
}
