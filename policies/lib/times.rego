# METADATA
# title: Times
# description: Reading times. It judges nothing by itself.
# custom:
#   since: "2026-11-26"
package aiverify.times

day_ns := ((24 * 60) * 60) * 1000000000

# How far the clock of a witness may be ahead of ours.
skew_ns := (5 * 60) * 1000000000

# What both engines take for a time (RFC 3339): days that there are, in the years 1900 to 2199,
# without leap seconds.
date := concat("|", [
	`(?:19|20|21)[0-9]{2}-(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])`,
	`(?:19|20|21)[0-9]{2}-(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)`,
	`(?:19|20|21)[0-9]{2}-02-(?:0[1-9]|1[0-9]|2[0-8])`,
	`(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)-02-29`,
])

hour := `(?:[01][0-9]|2[0-3]):[0-5][0-9]`

pattern := sprintf(`^(?:%s)T%s:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-]%s)$`, [date, hour, hour])

# Nanoseconds since the epoch; undefined for what is no time.
moment(text) := time.parse_rfc3339_ns(text) if {
	is_string(text)
	regex.match(pattern, text)
}

# Whether a time is not older than some days, and has come.
is_within(text, days) if {
	age := input.now_ns - moment(text)
	age <= days * day_ns
	age >= 0 - skew_ns
}
