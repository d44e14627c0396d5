"""The functions that a policy may call without defining them.

A literal list, because it has to fail closed: the engine looks a function up only when a
call is reached, so that a misspelt one in a rule that seldom runs would pass unseen.
"""

from __future__ import annotations

FORBIDDEN = {
    "http.send": "a judgement may not ask the network",
    "net.lookup_ip_addr": "a judgement may not ask the network",
    "opa.runtime": "a judgement may not depend on the machine it runs on",
    "rego.parse_module": "a policy may not bring its own policies",
}
"""Functions of OPA that are refused by name, and why. The engine's own `http.send` answers
undefined without an error, which would silence the rule that calls it."""

_BY_NAMESPACE = {
    "": """
        abs ceil concat contains count endswith floor format_int indexof indexof_n intersection
        is_array is_boolean is_null is_number is_object is_set is_string lower max min print
        product replace round sort split sprintf startswith substring sum to_number trace trim
        trim_left trim_prefix trim_right trim_space trim_suffix type_name union upper walk
    """,
    "array": "concat reverse slice",
    "base64": "decode encode is_valid",
    "base64url": "decode encode encode_no_pad",
    "bits": "and lsh negate or rsh xor",
    "glob": "match quote_meta",
    "graph": "reachable reachable_paths",
    "hex": "decode encode",
    "json": """
        filter is_valid marshal marshal_with_options match_schema patch remove unmarshal
        verify_schema
    """,
    "net": "cidr_contains cidr_expand cidr_is_valid",
    "numbers": "range range_step",
    "object": "filter get keys remove subset union union_n",
    "rand": "intn",
    "regex": """
        find_all_string_submatch_n find_n is_valid match replace split template_match
    """,
    "semver": "compare is_valid",
    "strings": "any_prefix_match any_suffix_match count replace_n reverse",
    "time": """
        add_date clock date diff format now_ns parse_duration_ns parse_ns parse_rfc3339_ns
        weekday
    """,
    "units": "parse parse_bytes",
    "urlquery": "decode decode_object encode encode_object",
    "uuid": "parse rfc4122",
    "yaml": "is_valid marshal unmarshal",
}

BUILTINS = frozenset(
    f"{namespace}.{name}".lstrip(".")
    for namespace, names in _BY_NAMESPACE.items()
    for name in names.split()
)
"""Functions that the embedded engine has and a policy may call."""
