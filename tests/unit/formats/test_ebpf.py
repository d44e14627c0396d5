"""eBPF objects: programs with their types, maps with their sizes, licence, BTF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import FileFacts, State
from aiverify.core.finding import Severity
from aiverify.formats.ebpf import btf as limits
from aiverify.formats.ebpf import maps, names, programs
from tests.support.bpf_files import (
    ARRAY,
    POINTER,
    SECTION,
    TYPEDEF,
    Bpf,
    BtfWriter,
    calling,
    definition,
    extension,
    instruction,
    map_btf,
)
from tests.support.elf_files import (
    ALLOC,
    EXEC,
    WRITE,
    Form,
    Name,
    Piece,
    object_file,
    section_index,
    with_section,
)
from tests.support.looking import look_at

REAL = Path(__file__).resolve().parents[2] / "assets" / "real"
LITTLE, BIG = Form(), Form(64, "big")
ORDERS = pytest.mark.parametrize("form", [LITTLE, BIG], ids=["little", "big"])


def looked(folder: Path, item: Bpf) -> FileFacts:
    return look_at(folder, "probe.o", item.written())


def bpf_of(folder: Path, item: Bpf) -> Any:
    return looked(folder, item).facts.values["bpf"]


def complaint(found: FileFacts) -> str:
    (finding,) = found.facts.findings
    assert finding.rule == "AIV-FORMAT-MALFORMED"
    return finding.message


@ORDERS
def test_an_object_states_its_programs_and_maps(tmp_path: Path, form: Form) -> None:
    item = Bpf(
        form,
        "kprobe/do_sys_open",
        calling([1, 6], form),
        legacy=definition(2, 4, 8, 16, 1, form=form),
        legacy_names=(Name("old", "maps", 0, 20, 1),),
        btf=map_btf(form, map_flags=2),
        has_maps=True,
        extension=extension(form, 20),
    )
    found = looked(tmp_path, item)
    assert (found.state, found.facts.format) == (State.CLEAN, "elf")
    assert found.facts.summary == "64-bit bpf relocatable, 1 program, 2 maps"
    assert found.facts.values["bpf"] == {
        "programs": [
            {
                "name": "prog",
                "section": "kprobe/do_sys_open",
                "type": "kprobe",
                "instructions": 3,
            }
        ],
        "maps": [
            {
                "name": "old",
                "type": "array",
                "key_size": 4,
                "value_size": 8,
                "max_entries": 16,
                "flags": 1,
            },
            {
                "name": "counts",
                "type": "hash",
                "key_size": 4,
                "value_size": 8,
                "max_entries": 1024,
                "flags": 2,
            },
        ],
        "helpers": ["map_lookup_elem", "trace_printk"],
        "externs": [],
        "license": "GPL",
        "btf": True,
        "btf_ext": True,
        "core_relocations": True,
    }


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("xdp", "xdp"),
        ("xdp/devmap", "xdp"),
        ("xdp.frags", "xdp"),
        ("xdp_drop", "xdp"),
        ("tc", "sched_cls"),
        ("classifier/ingress", "sched_cls"),
        ("tcx/egress", "sched_cls"),
        ("action", "sched_act"),
        ("tracepoint/syscalls/sys_enter_execve", "tracepoint"),
        ("tp/sched/sched_switch", "tracepoint"),
        ("raw_tp/sys_enter", "raw_tracepoint"),
        ("raw_tracepoint.w/x", "raw_tracepoint_writable"),
        ("tp_btf/sched_switch", "tracing"),
        ("fentry/vfs_read", "tracing"),
        ("fexit.s/vfs_read", "tracing"),
        ("fmod_ret/x", "tracing"),
        ("iter/task", "tracing"),
        ("freplace/x", "ext"),
        ("kretprobe/x", "kprobe"),
        ("kprobe.multi/x", "kprobe"),
        ("uprobe//bin/bash:readline", "kprobe"),
        ("?uretprobe/x", "kprobe"),
        ("usdt/x", "kprobe"),
        ("ksyscall/open", "kprobe"),
        ("lsm/file_open", "lsm"),
        ("lsm.s/bprm_check", "lsm"),
        ("lsm_cgroup/x", "lsm"),
        ("socket", "socket_filter"),
        ("sockops", "sock_ops"),
        ("sk_skb/stream_verdict", "sk_skb"),
        ("sk_msg", "sk_msg"),
        ("sk_lookup/x", "sk_lookup"),
        ("sk_reuseport/migrate", "sk_reuseport"),
        ("struct_ops/x", "struct_ops"),
        ("syscall", "syscall"),
        ("perf_event", "perf_event"),
        ("lwt_seg6local", "lwt_seg6local"),
        ("flow_dissector", "flow_dissector"),
        ("netfilter", "netfilter"),
        ("cgroup_skb/ingress", "cgroup_skb"),
        ("cgroup/skb", "cgroup_skb"),
        ("cgroup/sock_create", "cgroup_sock"),
        ("cgroup/connect4", "cgroup_sock_addr"),
        ("cgroup/getsockopt", "cgroup_sockopt"),
        ("cgroup/sysctl", "cgroup_sysctl"),
        ("cgroup/dev", "cgroup_device"),
        (".text", "subprogram"),
        ("other", "unknown"),
    ],
)
def test_a_sections_name_tells_the_type_of_its_programs(section: str, kind: str) -> None:
    assert names.program_type(section) == kind


def test_numbers_are_named_where_they_have_a_name() -> None:
    assert [names.helper(number) for number in (1, 36, 109, 211, 212, 0, -1)] == [
        *("map_lookup_elem", "probe_write_user", "send_signal", "cgrp_storage_delete"),
        *("helper 212", "helper 0", "helper -1"),
    ]
    assert [names.map_type(number) for number in (1, 27, 33, 34, 0)] == [
        *("hash", "ringbuf", "arena", "type 34", "type 0"),
    ]


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (36, "probe_write_user"),
        (58, "override_return"),
        (109, "send_signal"),
        (117, "send_signal_thread"),
        (166, "sys_bpf"),
    ],
)
@ORDERS
def test_a_helper_that_changes_other_programs_is_a_warning(
    tmp_path: Path, number: int, name: str, form: Form
) -> None:
    (finding,) = looked(tmp_path, Bpf(form, code=calling([number], form))).facts.findings
    assert (finding.rule, finding.severity) == ("AIV-PROGRAM-BPF-HELPER", Severity.WARNING)
    assert (f"bpf_{name}," in finding.message, finding.place) == (True, "xdp")


def test_a_helper_called_by_a_subprogram_is_found(tmp_path: Path) -> None:
    hidden = Piece(".text", calling([36]), flags=ALLOC | EXEC)
    (finding,) = looked(tmp_path, Bpf(pieces=(hidden,))).facts.findings
    assert (finding.rule, finding.place) == ("AIV-PROGRAM-BPF-HELPER", ".text")


@ORDERS
def test_only_calls_of_helpers_are_taken_for_them(tmp_path: Path, form: Form) -> None:
    code = (
        instruction(0x85, form, source=1, number=36)  # a call of another program
        + instruction(0x85, form, source=2, number=109)  # of a kernel function by BTF
        + instruction(0x18, form, number=36)
        + instruction(0x85, form, number=36)  # the second half of a load of 64 bits
        + instruction(0xB7, form, number=36)
        + instruction(0x95, form)
    )
    assert bpf_of(tmp_path, Bpf(form, code=code))["helpers"] == []


@pytest.mark.parametrize("licence", [None, b"", b"\0", b"  \0"])
def test_programs_without_a_licence_are_a_warning(tmp_path: Path, licence: bytes | None) -> None:
    (finding,) = looked(tmp_path, Bpf(licence=licence)).facts.findings
    assert (finding.rule, finding.severity) == ("AIV-PROGRAM-BPF-LICENCE", Severity.WARNING)


def test_maps_alone_need_no_licence(tmp_path: Path) -> None:
    pieces = [Piece("maps", definition(1, 4, 8, 2, 0), flags=ALLOC | WRITE)]
    data = object_file(pieces, [Name("m", "maps", 0, 20, 1)])
    found = look_at(tmp_path, "x.o", data)
    assert (found.state, found.facts.values["bpf"]["programs"]) == (State.CLEAN, [])  # type: ignore[index, call-overload]


def test_a_licence_that_is_not_free_is_a_fact_and_no_finding(tmp_path: Path) -> None:
    found = looked(tmp_path, Bpf(licence=b"Proprietary\0"))
    assert found.state is State.CLEAN
    assert found.facts.values["bpf"]["license"] == "Proprietary"  # type: ignore[index, call-overload]


def test_the_kernel_that_an_object_is_for_is_stated(tmp_path: Path) -> None:
    version = Piece("version", (0x050400).to_bytes(4, "little"), flags=ALLOC)
    assert bpf_of(tmp_path, Bpf(pieces=(version,)))["kernel_version"] == 0x050400


def test_code_without_symbols_is_one_program(tmp_path: Path) -> None:
    value = bpf_of(tmp_path, Bpf(names=()))
    assert [item["name"] for item in value["programs"]] == ["xdp"]


def test_functions_of_the_kernel_are_named(tmp_path: Path) -> None:
    wanted = (Name("prog", "xdp", 0, 16), Name("bpf_kfunc", kind=0))
    assert bpf_of(tmp_path, Bpf(names=wanted))["externs"] == ["bpf_kfunc"]


def test_definitions_of_maps_may_be_longer_than_the_kernels(tmp_path: Path) -> None:
    both = definition(1, 4, 8, 2, 0).ljust(36, b"\1") + definition(2, 4, 4, 3, 0).ljust(36, b"\2")
    symbols = (Name("second", "maps", 36, 36, 1), Name("first", "maps", 0, 36, 1))
    value = bpf_of(tmp_path, Bpf(legacy=both, legacy_names=symbols))
    assert [(item["name"], item["max_entries"]) for item in value["maps"]] == [
        ("first", 2),
        ("second", 3),
    ]


def test_maps_without_the_btf_that_describes_them_are_unread(tmp_path: Path) -> None:
    found = looked(tmp_path, Bpf(has_maps=True))
    assert "described by BTF" in found.facts.unread


def sized(kind: str) -> bytes:
    """BTF of a map whose value is an array, or a pointer, or behind many names."""
    btf = BtfWriter()
    integer = btf.integer(4)
    target = integer
    if kind == "array":
        target = btf.add(ARRAY, rest=[btf.add(ARRAY, rest=[integer, integer, 3]), integer, 5])
    elif kind == "pointer":
        target = btf.pointer(integer)
    elif kind in ("names", "too many names"):
        for _ in range(20 if kind == "names" else 40):
            target = btf.add(TYPEDEF, "t", other=target)
    elif kind == "none":
        target = btf.add(13)
    elif kind == "loop":
        target = btf.add(TYPEDEF, "t", other=btf.count + 1)
    elif kind == "nested":
        for _ in range(40):
            target = btf.add(ARRAY, rest=[target, integer, 1])
    elif kind == "outside":
        target = 900
    members = [("type", btf.number(1)), ("value", btf.pointer(target))]
    btf.maps([("m", btf.struct(members))])
    return btf.written()


@pytest.mark.parametrize(("kind", "size"), [("array", 60), ("pointer", 8), ("names", 4)])
def test_the_size_of_a_value_follows_from_its_type(tmp_path: Path, kind: str, size: int) -> None:
    (item,) = bpf_of(tmp_path, Bpf(btf=sized(kind), has_maps=True))["maps"]
    assert (item["value_size"], item["key_size"]) == (size, 0)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("too many names", "behind more than 32"),
        ("loop", "behind more than 32"),
        ("nested", "without a size"),
        ("none", "without a size"),
        ("outside", "a type 900"),
    ],
)
def test_a_value_without_a_size_is_malformed(tmp_path: Path, kind: str, words: str) -> None:
    assert words in complaint(looked(tmp_path, Bpf(btf=sized(kind), has_maps=True)))


def misdefined(kind: str) -> bytes:
    btf = BtfWriter()
    integer = btf.integer()
    if kind == "variable":
        btf.maps([("m", integer)])
    elif kind == "number":
        btf.maps([("m", btf.struct([("type", btf.pointer(integer))]))])
    elif kind == "type":
        btf.maps([("m", btf.struct([("key", integer)]))])
    elif kind == "members":
        btf.maps([("m", btf.struct([("type", integer)] * 65))])
    elif kind == "no variable":
        btf.add(SECTION, ".maps", 1, 32, [77, 0, 32])
    elif kind == "kind":
        btf.add(25)
    elif kind == "cut":
        btf.types += b"\0\0\0\0"
    else:
        btf.add(POINTER)
        del btf.types[-4:]
    return btf.written()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("variable", "no structure"),
        ("number", "no number"),
        ("type", "no type"),
        ("members", "by 65 members"),
        ("no variable", "a type 77"),
        ("kind", "kind 25"),
        ("cut", "cut off"),
        ("short", "cut off"),
    ],
)
def test_btf_that_defines_no_map_is_malformed(tmp_path: Path, kind: str, words: str) -> None:
    assert words in complaint(looked(tmp_path, Bpf(btf=misdefined(kind), has_maps=True)))


@pytest.mark.parametrize(
    ("lies", "words"),
    [
        ({"magic": 0x9FEB}, "no valid header"),
        ({"version": 2}, "no valid header"),
        ({"header": 23}, "no valid header"),
        ({"header": 1 << 20}, "no valid header"),
        ({"length": 1 << 20}, "lie outside"),
        ({"types": 2**32 - 1}, "lie outside"),
        ({"size": 1 << 20}, "lie outside"),
        ({"strings": 2**32 - 1}, "lie outside"),
        ({"size": 3}, "do not end with a NUL"),
    ],
)
def test_a_btf_header_that_lies_is_malformed(
    tmp_path: Path, lies: dict[str, int], words: str
) -> None:
    btf = BtfWriter()
    btf.add(TYPEDEF, "abcdef", other=btf.integer())
    assert words in complaint(looked(tmp_path, Bpf(btf=btf.written(**lies))))


def test_btf_that_is_cut_is_malformed(tmp_path: Path) -> None:
    assert "shorter" in complaint(looked(tmp_path, Bpf(btf=map_btf()[:20])))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (extension()[:20], "shorter"),
        (extension(magic=1), "no valid header"),
        (extension(header=4), "no valid header"),
        (extension()[:36], "outside itself"),
    ],
)
def test_an_extension_that_lies_is_malformed(tmp_path: Path, data: bytes, words: str) -> None:
    assert words in complaint(looked(tmp_path, Bpf(extension=data)))


def test_an_old_extension_has_no_relocations(tmp_path: Path) -> None:
    value = bpf_of(tmp_path, Bpf(extension=extension(header=24)))
    assert (value["btf_ext"], value["core_relocations"]) == (True, False)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (Bpf(code=bytes(12)), "whole instructions"),
        (Bpf(names=(Name("p", "xdp", 0, 800),)), "outside its section"),
        (Bpf(names=(Name("p", "xdp", 4, 8),)), "between instructions"),
        (Bpf(names=(Name("p", "xdp", 0, 7),)), "between instructions"),
        (Bpf(names=(Name("p", "xdp", 2**64 - 8, 8),)), "outside its section"),
        (Bpf(legacy=definition(1, 4, 8, 2, 0)), "are not 0 definitions"),
        (
            Bpf(legacy=bytes(19), legacy_names=(Name("m", "maps", 0, 19, 1),)),
            "are not 1 definitions",
        ),
        (
            Bpf(legacy=bytes(40), legacy_names=(Name("m", "maps", 24, 20, 1),)),
            "outside its section",
        ),
    ],
)
def test_an_object_that_no_loader_takes_is_malformed(tmp_path: Path, item: Bpf, words: str) -> None:
    assert words in complaint(looked(tmp_path, item))


def test_symbols_without_strings_are_malformed(tmp_path: Path) -> None:
    data = Bpf().written()
    lying = with_section(data, section_index(data, ".symtab"), link=1)
    assert "holds none" in complaint(look_at(tmp_path, "x.o", lying))


def test_more_than_is_read_is_unread_or_malformed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(programs, "MAX_CODE", 8)
        assert "16 bytes of code" in looked(tmp_path, Bpf()).facts.unread
    with monkeypatch.context() as patch:
        patch.setattr(limits, "MAX_BYTES", 8)
        assert "bytes of BTF" in looked(tmp_path, Bpf(btf=map_btf())).facts.unread
    with monkeypatch.context() as patch:
        patch.setattr(programs, "MAX_PROGRAMS", 0)
        assert "more than 0 programs" in complaint(looked(tmp_path, Bpf()))
    monkeypatch.setattr(maps, "MAX_MAPS", 0)
    found = looked(tmp_path, Bpf(btf=map_btf(), has_maps=True))
    assert "more than 0 maps" in complaint(found)


@pytest.mark.parametrize("name", ["bpf-loader-el.o", "bpf-loader-eb.o"])
def test_an_object_that_clang_made_is_read_alike_in_both_orders(tmp_path: Path, name: str) -> None:
    found = look_at(tmp_path, name, (REAL / name).read_bytes())
    value: Any = found.facts.values["bpf"]
    assert found.state is State.CLEAN
    assert {(item["name"], item["type"]) for item in value["programs"]} >= {
        ("xdp_prog", "xdp"),
        ("no_relocation", "socket_filter"),
        ("static_fn", "unknown"),
        ("global_fn", "subprogram"),
    }
    sizes = {
        item["name"]: (item["type"], item["key_size"], item["value_size"], item["max_entries"])
        for item in value["maps"]
    }
    assert sizes["hash_map"] == ("hash", 4, 8, 1)
    assert sizes["btf_typedef_map"] == ("array", 4, 8, 1)
    assert sizes["perf_event_array"] == ("perf_event_array", 0, 0, 4096)
    assert (value["license"], value["btf"]) == ("MIT", True)


def test_a_portable_object_that_clang_made_states_its_ring(tmp_path: Path) -> None:
    value: Any = look_at(tmp_path, "x.o", (REAL / "bpf-tcprtt.o").read_bytes()).facts.values["bpf"]
    assert [item["type"] for item in value["programs"]] == ["tracing"]
    assert [item["max_entries"] for item in value["maps"]] == [1 << 24]
    assert value["helpers"] == ["ringbuf_reserve", "ringbuf_submit", "skc_to_tcp_sock"]
    assert value["core_relocations"] is True
