from __future__ import annotations

from aiverify.sbom.advisories.telling import Warnings, listed, undecided, unusable
from aiverify.sbom.bom import Component, Sort
from aiverify.sbom.vulnerability import Affects, Effect, Vulnerability


def unknown(name: str, ref: str = "package:a", reason: str = "nobody knows") -> Vulnerability:
    return Vulnerability(name, (Affects(ref, "1", Effect.UNKNOWN, reason=reason),))


def test_vulnerabilities_that_are_unknown_for_one_reason_are_one_sentence():
    known = [unknown("CVE-1"), unknown("CVE-2"), unknown("CVE-3", reason="no order")]

    assert undecided(known, [Component("package:a", Sort.LIBRARY, "a")]) == (
        "whether a 1 has CVE-1 and CVE-2 is unknown: nobody knows",
        "whether a 1 has CVE-3 is unknown: no order",
    )


def test_what_is_known_is_no_warning():
    affected = Vulnerability("CVE-1", (Affects("package:a", "1", Effect.AFFECTED),))

    assert undecided([affected], ()) == ()


def test_many_warnings_are_counted():
    refs = undecided([unknown("CVE-1", f"package:{index}") for index in range(23)], ())
    faults = unusable([Vulnerability("CVE-1", (), warnings=("x",) * 25)])

    assert len(refs) == len(faults) == 21
    assert refs[-1] == "3 more components may have vulnerabilities"
    assert faults[-1] == "5 more things in OSV records could not be used"


def test_a_list_of_names_is_short():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed([str(index) for index in range(9)]) == "0, 1, 2, 3, 4 and 4 more"
    assert listed(["\x1b[2J"]) == r"\x1b[2J"


def test_a_few_warnings_are_all_told():
    warnings = Warnings()
    warnings.add("one")

    assert warnings.all("more") == ("one",)
