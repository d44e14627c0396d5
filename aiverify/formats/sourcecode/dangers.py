"""Functions that reach beyond a model, by what they do: data."""

from __future__ import annotations

from collections.abc import Mapping

EVALUATES = "evaluates text"
RUNS = "starts a process"
CONNECTS = "opens a connection"
DECODES = "decodes"
UNPICKLES = "unpickles"
NATIVE = "loads native code"
REDIRECTS = "redirects"

NAMES: Mapping[str, str] = {
    **dict.fromkeys(["os.dup2", "os.dup"], REDIRECTS),
    **dict.fromkeys(
        [
            *("eval", "exec", "compile", "execfile", "code.interact", "runpy.run_path"),
            *(
                "runpy.run_module",
                "types.CodeType",
                "types.FunctionType",
                "code.InteractiveConsole",
            ),
            *("os.execfile", "imp.load_source", "timeit.timeit", "timeit.repeat", "cProfile.run"),
        ],
        EVALUATES,
    ),
    **dict.fromkeys(
        [
            *("os.system", "os.popen", "os.startfile", "os.posix_spawn", "os.posix_spawnp"),
            *("os.fork", "os.forkpty", "pty.spawn", "pty.fork", "platform.popen", "pexpect.spawn"),
            *("get_ipython.getoutput", "get_ipython.run_cell", "get_ipython.run_cell_magic"),
            *("get_ipython.run_line_magic", "get_ipython.system", "get_ipython.system_piped"),
            *("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "pexpect.run"),
        ],
        RUNS,
    ),
    **dict.fromkeys(
        [
            *("socket.socket", "socket.create_connection", "urllib.request.urlopen"),
            *("urllib.request.urlretrieve", "urllib.request.Request", "urllib.urlopen"),
            *(
                "urllib2.urlopen",
                "torch.hub.load",
                "torch.hub.download_url_to_file",
                "wget.download",
            ),
            *("websocket.create_connection", "websockets.connect", "webbrowser.open"),
        ],
        CONNECTS,
    ),
    **dict.fromkeys(
        [
            *("base64.b64decode", "base64.b32decode", "base64.b16decode", "base64.b85decode"),
            *("base64.a85decode", "base64.urlsafe_b64decode", "base64.decodebytes"),
            *("base64.standard_b64decode", "binascii.a2b_base64", "binascii.a2b_hex"),
            *("binascii.unhexlify", "bytes.fromhex", "codecs.decode", "zlib.decompress"),
            *("gzip.decompress", "bz2.decompress", "lzma.decompress", "marshal.loads"),
            *("cryptography.fernet.Fernet", "marshal.load"),
        ],
        DECODES,
    ),
    **dict.fromkeys(
        [
            *("pickle.load", "pickle.loads", "pickle.Unpickler", "cPickle.load", "cPickle.loads"),
            *("_pickle.loads", "_pickle.load", "dill.load", "dill.loads", "cloudpickle.load"),
            *("cloudpickle.loads", "shelve.open", "jsonpickle.decode", "joblib.load"),
        ],
        UNPICKLES,
    ),
    **dict.fromkeys(
        [
            *("ctypes.CDLL", "ctypes.PyDLL", "ctypes.WinDLL", "ctypes.cdll.LoadLibrary"),
            *(
                "ctypes.windll.LoadLibrary",
                "ctypes.memmove",
                "ctypes.CFUNCTYPE",
                "imp.load_dynamic",
            ),
            *("torch.ops.load_library", "torch.classes.load_library", "cffi.FFI"),
            *("torch.utils.cpp_extension.load", "torch.utils.cpp_extension.load_inline"),
            "importlib.machinery.ExtensionFileLoader",
        ],
        NATIVE,
    ),
}

MODULES: Mapping[str, str] = {
    "aiohttp": CONNECTS,
    "ftplib": CONNECTS,
    "http.client": CONNECTS,
    "httpx": CONNECTS,
    "os.exec": RUNS,
    "os.spawn": RUNS,
    "paramiko": CONNECTS,
    "requests": CONNECTS,
    "smtplib": CONNECTS,
    "subprocess": RUNS,
    "telnetlib": CONNECTS,
    "urllib3": CONNECTS,
}
"""How names begin of which all do the same."""

QUIET = frozenset({DECODES, REDIRECTS})
"""What is dangerous only together with something else."""


def danger(name: str) -> str:
    """What a function does, by its dotted name; nothing if that is harmless or unknown."""
    name = name.removeprefix("builtins.").removeprefix("__builtins__.")
    if name in NAMES:
        return NAMES[name]
    if name.startswith(("os.exec", "os.spawn")):
        return RUNS
    if name.endswith(("Error", "Exception", "Timeout", "PIPE", "DEVNULL", "STDOUT")):
        return ""
    first = name.partition(".")[0]
    return MODULES.get(first) or MODULES.get(".".join(name.split(".")[:2]), "")
