package aiverify.template_findings_test

import data.aiverify.template_findings

found(rule, severity) := {"findings": [
	{"rule": "AIV-CONTENT-UNREAD", "severity": "warning", "file": "x"},
	{"rule": rule, "severity": severity, "file": "chat_template.jinja"},
]}

codes contains result.code if some result in template_findings.deny

test_allows_what_has_no_findings if {
	codes == set() with input as {"findings": []}
}

test_allows_a_note if {
	codes == set() with input as found("AIV-TEMPLATE-TEXT", "note")
}

test_allows_a_rule_that_is_accepted if {
	codes == set() with input as found("AIV-TEMPLATE-TEXT", "warning")
		with data.config.templates.accept as ["AIV-TEMPLATE-TEXT"]
}

test_denies_a_warning if {
	results := template_findings.deny with input as found("AIV-TEMPLATE-TEXT", "warning")
	results == {{
		"code": "found",
		"msg": "AIV-TEMPLATE-TEXT was found in the chat template of chat_template.jinja",
		"fix": "Read the template; remove what was found, or accept the rule in data.config.templates.accept.",
		"path": "/findings/1",
	}}
}

test_denies_a_finding_without_severity_and_file if {
	results := template_findings.deny with input as {"findings": [{"rule": "AIV-TEMPLATE-ESCAPE"}]}
	{result.msg | some result in results} == {"AIV-TEMPLATE-ESCAPE was found in the chat template of the artifact"}
}

test_denies_findings_that_cannot_be_read if {
	codes == {"unknown"} with input as {"findings": {}}
	codes == {"unknown"} with input as {"findings": [5]}
	codes == {"unknown"} with input as {}
}

test_denies_a_list_that_is_none if {
	codes == {"misconfigured", "found"} with input as found("AIV-TEMPLATE-TEXT", "warning")
		with data.config.templates.accept as "AIV-TEMPLATE-TEXT"
}
