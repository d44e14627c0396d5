"""The kernel's names for what eBPF objects say in numbers, and libbpf's for their sections."""

from __future__ import annotations

_HELPERS = """
unspec map_lookup_elem map_update_elem map_delete_elem probe_read ktime_get_ns trace_printk
get_prandom_u32 get_smp_processor_id skb_store_bytes l3_csum_replace l4_csum_replace tail_call
clone_redirect get_current_pid_tgid get_current_uid_gid get_current_comm get_cgroup_classid
skb_vlan_push skb_vlan_pop skb_get_tunnel_key skb_set_tunnel_key perf_event_read redirect
get_route_realm perf_event_output skb_load_bytes get_stackid csum_diff skb_get_tunnel_opt
skb_set_tunnel_opt skb_change_proto skb_change_type skb_under_cgroup get_hash_recalc
get_current_task probe_write_user current_task_under_cgroup skb_change_tail skb_pull_data
csum_update set_hash_invalid get_numa_node_id skb_change_head xdp_adjust_head probe_read_str
get_socket_cookie get_socket_uid set_hash setsockopt skb_adjust_room redirect_map
sk_redirect_map sock_map_update xdp_adjust_meta perf_event_read_value perf_prog_read_value
getsockopt override_return sock_ops_cb_flags_set msg_redirect_map msg_apply_bytes msg_cork_bytes
msg_pull_data bind xdp_adjust_tail skb_get_xfrm_state get_stack skb_load_bytes_relative
fib_lookup sock_hash_update msg_redirect_hash sk_redirect_hash lwt_push_encap
lwt_seg6_store_bytes lwt_seg6_adjust_srh lwt_seg6_action rc_repeat rc_keydown skb_cgroup_id
get_current_cgroup_id get_local_storage sk_select_reuseport skb_ancestor_cgroup_id sk_lookup_tcp
sk_lookup_udp sk_release map_push_elem map_pop_elem map_peek_elem msg_push_data msg_pop_data
rc_pointer_rel spin_lock spin_unlock sk_fullsock tcp_sock skb_ecn_set_ce get_listener_sock
skc_lookup_tcp tcp_check_syncookie sysctl_get_name sysctl_get_current_value sysctl_get_new_value
sysctl_set_new_value strtol strtoul sk_storage_get sk_storage_delete send_signal
tcp_gen_syncookie skb_output probe_read_user probe_read_kernel probe_read_user_str
probe_read_kernel_str tcp_send_ack send_signal_thread jiffies64 read_branch_records
get_ns_current_pid_tgid xdp_output get_netns_cookie get_current_ancestor_cgroup_id sk_assign
ktime_get_boot_ns seq_printf seq_write sk_cgroup_id sk_ancestor_cgroup_id ringbuf_output
ringbuf_reserve ringbuf_submit ringbuf_discard ringbuf_query csum_level skc_to_tcp6_sock
skc_to_tcp_sock skc_to_tcp_timewait_sock skc_to_tcp_request_sock skc_to_udp6_sock get_task_stack
load_hdr_opt store_hdr_opt reserve_hdr_opt inode_storage_get inode_storage_delete d_path
copy_from_user snprintf_btf seq_printf_btf skb_cgroup_classid redirect_neigh per_cpu_ptr
this_cpu_ptr redirect_peer task_storage_get task_storage_delete get_current_task_btf
bprm_opts_set ktime_get_coarse_ns ima_inode_hash sock_from_file check_mtu for_each_map_elem
snprintf sys_bpf btf_find_by_name_kind sys_close timer_init timer_set_callback timer_start
timer_cancel get_func_ip get_attach_cookie task_pt_regs get_branch_snapshot trace_vprintk
skc_to_unix_sock kallsyms_lookup_name find_vma loop strncmp get_func_arg get_func_ret
get_func_arg_cnt get_retval set_retval xdp_get_buff_len xdp_load_bytes xdp_store_bytes
copy_from_user_task skb_set_tstamp ima_file_hash kptr_xchg map_lookup_percpu_elem
skc_to_mptcp_sock dynptr_from_mem ringbuf_reserve_dynptr ringbuf_submit_dynptr
ringbuf_discard_dynptr dynptr_read dynptr_write dynptr_data tcp_raw_gen_syncookie_ipv4
tcp_raw_gen_syncookie_ipv6 tcp_raw_check_syncookie_ipv4 tcp_raw_check_syncookie_ipv6
ktime_get_tai_ns user_ringbuf_drain cgrp_storage_get cgrp_storage_delete
"""

HELPERS = tuple(_HELPERS.split())
"""Helper functions by number (`linux/bpf.h`, `__BPF_FUNC_MAPPER`). The list is closed."""

DANGEROUS = {
    "probe_write_user": "which writes into the memory of other programs",
    "override_return": "which makes a function of the kernel return something else",
    "send_signal": "which sends signals to other programs",
    "send_signal_thread": "which sends signals to other programs",
    "sys_bpf": "which loads further programs from within the kernel",
}
"""Helpers that change what other programs do, and how."""

_MAPS = """
unspec hash array prog_array perf_event_array percpu_hash percpu_array stack_trace cgroup_array
lru_hash lru_percpu_hash lpm_trie array_of_maps hash_of_maps devmap sockmap cpumap xskmap
sockhash cgroup_storage reuseport_sockarray percpu_cgroup_storage queue stack sk_storage
devmap_hash struct_ops ringbuf inode_storage task_storage bloom_filter user_ringbuf cgrp_storage
arena
"""

MAPS = tuple(_MAPS.split())
"""Types of maps by number (`enum bpf_map_type`)."""

PROGRAMS = {
    "socket_filter": "socket",
    "sk_reuseport": "sk_reuseport",
    "kprobe": (
        "kprobe kretprobe uprobe uretprobe kprobe.multi kretprobe.multi kprobe.session "
        "uprobe.multi uretprobe.multi uprobe.session ksyscall kretsyscall usdt"
    ),
    "sched_cls": "tc tcx netkit classifier",
    "sched_act": "action",
    "tracepoint": "tracepoint tp",
    "raw_tracepoint": "raw_tracepoint raw_tp",
    "raw_tracepoint_writable": "raw_tracepoint.w raw_tp.w",
    "tracing": "tp_btf fentry fmod_ret fexit iter",
    "ext": "freplace",
    "lsm": "lsm lsm_cgroup",
    "syscall": "syscall",
    "xdp": "xdp xdp_devmap xdp_cpumap",
    "perf_event": "perf_event",
    "lwt_in": "lwt_in",
    "lwt_out": "lwt_out",
    "lwt_xmit": "lwt_xmit",
    "lwt_seg6local": "lwt_seg6local",
    "sock_ops": "sockops",
    "sk_skb": "sk_skb",
    "sk_msg": "sk_msg",
    "lirc_mode2": "lirc_mode2",
    "flow_dissector": "flow_dissector",
    "cgroup_skb": "cgroup_skb cgroup/skb",
    "cgroup_sock": "cgroup/sock cgroup/post_bind",
    "cgroup_sock_addr": (
        "cgroup/bind cgroup/connect cgroup/sendmsg cgroup/recvmsg "
        "cgroup/getpeername cgroup/getsockname"
    ),
    "cgroup_sysctl": "cgroup/sysctl",
    "cgroup_sockopt": "cgroup/getsockopt cgroup/setsockopt",
    "cgroup_device": "cgroup/dev",
    "struct_ops": "struct_ops",
    "sk_lookup": "sk_lookup",
    "netfilter": "netfilter",
}
"""Types of programs, each with the beginnings of the sections that hold them (`SEC`)."""

SUBPROGRAM, UNKNOWN = "subprogram", "unknown"

_BEGINNINGS = sorted(
    ((begin, kind) for kind, begins in PROGRAMS.items() for begin in begins.split()),
    key=lambda pair: -len(pair[0]),
)


def helper(number: int) -> str:
    """The name of a helper."""
    return HELPERS[number] if 0 < number < len(HELPERS) else f"helper {number}"


def map_type(number: int) -> str:
    """The name of a type of map."""
    return MAPS[number] if 0 < number < len(MAPS) else f"type {number}"


def program_type(section: str) -> str:
    """What the programs of a section are, by the longest beginning that its name has.

    Old loaders took `xdp_drop` for `xdp`, and a `?` keeps new ones from loading at once.
    """
    if section.startswith(".text"):
        return SUBPROGRAM
    name = section.removeprefix("?")
    return next((kind for begin, kind in _BEGINNINGS if name.startswith(begin)), UNKNOWN)
