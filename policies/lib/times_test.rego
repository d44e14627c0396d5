package aiverify.times_test

import data.aiverify.times

test_a_time if {
	times.moment("1970-01-02T00:00:00Z") == times.day_ns
	times.moment("2024-02-29T12:00:00.5+01:00") == 1709204400500000000
	times.moment("2000-02-29T00:00:00Z") == 951782400000000000
}

test_what_is_no_time if {
	not times.moment("2023-02-29T00:00:00Z")
	not times.moment("2100-02-29T00:00:00Z")
	not times.moment("2024-04-31T00:00:00Z")
	not times.moment("2024-13-01T00:00:00Z")
	not times.moment("2024-12-31T23:59:60Z")
	not times.moment("2024-12-31T24:00:00Z")
	not times.moment("2024-12-31T23:59:59+24:00")
	not times.moment("2024-12-31t23:59:59z")
	not times.moment("2024-12-31T23:59:59")
	not times.moment("2024-12-31T23:59:59Z\n")
	not times.moment("3024-12-31T23:59:59Z")
	not times.moment("")
	not times.moment(5)
}

test_a_time_within_days if {
	times.is_within("1970-01-02T00:00:00Z", 1) with input as {"now_ns": 172800000000000}
	times.is_within("1970-01-02T00:04:00Z", 1) with input as {"now_ns": 86400000000000}
}

test_a_time_that_is_not_within_days if {
	not times.is_within("1970-01-02T00:00:00Z", 1) with input as {"now_ns": 172800000000001}
	not times.is_within("1970-01-02T00:06:00Z", 1) with input as {"now_ns": 86400000000000}
	not times.is_within("1970-01-02T00:00:00Z", 1)
	not times.is_within("", 1) with input as {"now_ns": 86400000000000}
}
