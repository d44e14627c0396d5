"""Pickles: attacks by what they import, by how they say it, and by where they hide it."""

from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from collections.abc import Iterator

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.pickle_files import (
    COMMAND,
    PROTO_3,
    PROTO_4,
    attack,
    blob,
    called,
    dtype,
    framed,
    made,
    mapping,
    named,
    number,
    pickled,
    sequence,
    short,
    stacked,
    text,
)

DANGEROUS = "AIV-PICKLE-DANGEROUS"
CALL = "AIV-PICKLE-CALL"
IMPORT = "AIV-PICKLE-IMPORT"
DYNAMIC = "AIV-PICKLE-DYNAMIC"
EXTENSION = "AIV-PICKLE-EXTENSION"
FRAME = "AIV-PICKLE-FRAME"
PROTOCOL = "AIV-PICKLE-PROTOCOL"
CONFUSION = "AIV-PICKLE-CONFUSION"
TRAILING = "AIV-PICKLE-TRAILING"
MALFORMED = "AIV-FORMAT-MALFORMED"

SYSTEM = called("os.system", text(COMMAND))

FUNCTIONS = (
    "__builtin__.eval",
    "__builtin__.execfile",
    "_io.FileIO",
    "_osx_support._read_output",
    "_posixsubprocess.fork_exec",
    "_pyrepl.pager.pipe_pager",
    "asyncio.unix_events._UnixSubprocessTransport._start",
    "bdb.Bdb.run",
    "builtins.__import__",
    "builtins.compile",
    "builtins.eval",
    "builtins.exec",
    "builtins.getattr",
    "builtins.map",
    "builtins.open",
    "cProfile.runctx",
    "cloudpickle.cloudpickle._make_function",
    "code.InteractiveInterpreter.runcode",
    "commands.getoutput",
    "ctypes.CDLL",
    "distutils.file_util.write_file",
    "doctest.debug_script",
    "ensurepip._run_pip",
    "functools.partial",
    "idlelib.autocomplete.AutoComplete.get_entity",
    "idlelib.pyshell.ModifiedInterpreter.runcode",
    "idlelib.run.Executive.runcode",
    "imaplib.IMAP4_stream",
    "importlib.import_module",
    "joblib.load",
    "lib2to3.pgen2.grammar.Grammar.loads",
    "lib2to3.pgen2.pgen.ParserGenerator.make_label",
    "linecache.getline",
    "logging.FileHandler",
    "logging.config.fileConfig",
    "marshal.loads",
    "multiprocessing.util.spawnv_passfds",
    "nt.system",
    "numpy.f2py.crackfortran.getlincoef",
    "numpy.load",
    "numpy.memmap",
    "numpy.testing._private.utils.runstring",
    "operator.attrgetter",
    "operator.methodcaller",
    "pip.main",
    "pkgutil.resolve_name",
    "profile.run",
    "pty.spawn",
    "pydoc.locate",
    "pydoc.pipepager",
    "requests.api.get",
    "runpy.run_path",
    "shutil.rmtree",
    "smtplib.SMTP",
    "socket.create_connection",
    "ssl.get_server_certificate",
    "subprocess.check_output",
    "sys.settrace",
    "test.support.script_helper.assert_python_ok",
    "timeit.timeit",
    "torch._dynamo.guards.GuardBuilder.get",
    "torch._inductor.codecache.compile_file",
    "torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression",
    "torch.hub.load",
    "torch.jit.unsupported_tensor_ops.execWrapper",
    "torch.load",
    "torch.utils._config_module.ConfigModule.load_config",
    "torch.utils.bottleneck.__main__.run_cprofile",
    "torch.utils.collect_env.run",
    "torch.utils.data.datapipes.utils.decoder.basichandlers",
    "trace.Trace.run",
    "types.CodeType",
    "urllib.request.urlopen",
    "uuid._get_command_stdout",
    "venv.create",
    "webbrowser.open",
)
"""Functions that a list of forbidden ones was missing at some time, and the usual ones."""

UNLISTED = (
    "collections.namedtuple",
    "gensim.models.word2vec.Word2Vec",
    "lightgbm.basic.Booster",
    "my_package.models.Model",
    "pandas.core.frame.DataFrame",
    "scipy.stats._continuous_distns.norm_gen",
    "transformers.training_args.TrainingArguments",
    "xgboost.core.Booster",
)
"""What runs something of its own when it is built, or what nobody here knows."""


def _malicious(name: str, technique: str, data: bytes, rule: str, file: str = "") -> Sample:
    file = file or "model.pkl"
    return Sample(f"pickle/{name}", Label.MALICIOUS, technique, file, lambda: data, rule)


def _functions() -> Iterator[Sample]:
    for function in FUNCTIONS:
        technique = f"a call of {function}"
        yield _malicious(f"calls {function}", technique, attack(function), DANGEROUS)
    for function in UNLISTED:
        technique = f"a call of {function}, which may run anything"
        yield _malicious(f"builds {function}", technique, attack(function), CALL)


def _protocols() -> Iterator[Sample]:
    for protocol, body in enumerate(
        (
            f"cposix\nsystem\n(V{COMMAND}\ntR.".encode(),
            named("posix.system") + sequence(text(COMMAND)) + b"R.",
            b"\x80\x02" + called("posix.system", text(COMMAND)) + b".",
            b"\x80\x03" + called("posix.system", text(COMMAND)) + b".",
            framed(stacked("posix", "system") + short(COMMAND) + b"\x85R"),
            b"\x80\x05" + framed(stacked("posix", "system") + short(COMMAND) + b"\x85R")[2:],
        )
    ):
        technique = f"a command in protocol {protocol}"
        yield _malicious(f"protocol {protocol}", technique, body, DANGEROUS)


def _opcodes() -> Iterator[Sample]:
    """Ways of importing and calling."""
    command = text(COMMAND)
    shell = sequence(command)
    samples = (
        ("INST", b"(" + f"S'{COMMAND}'\nios\nsystem\n.".encode(), DANGEROUS),
        ("OBJ", b"(" + named("os.system") + command + b"o.", DANGEROUS),
        ("NEWOBJ", pickled(named("subprocess.Popen"), shell, b"\x81"), DANGEROUS),
        ("NEWOBJ_EX", PROTO_4 + stacked("subprocess", "Popen") + shell + b"}\x92.", DANGEROUS),
        ("EXT1", pickled(b"\x82\x01", shell, b"R"), EXTENSION),
        ("EXT2", pickled(b"\x83\x01\x02", shell, b"R"), EXTENSION),
        ("EXT4", pickled(b"\x84\x01\x02\x03\x04", shell, b"R"), EXTENSION),
        ("import only", pickled(named("os.system")), DANGEROUS),
        ("import only, unlisted", pickled(named("my_package.hook")), IMPORT),
        (
            "handed to a factory",
            pickled(called("collections.defaultdict", named("os.system"))),
            DANGEROUS,
        ),
        (
            "fetched from the memo",
            PROTO_4 + short("os") + b"\x94" + short("system") + b"\x940" + b"0"
            b"h\x00h\x01\x93" + short(COMMAND) + b"\x85R.",
            DANGEROUS,
        ),
        (
            "put far up in the memo",
            PROTO_4 + short("os") + b"r\xff\xff\xff\x0f0" + b"N\x940"
            b"j\xff\xff\xff\x0f" + short("system") + b"\x93" + short(COMMAND) + b"\x85R.",
            DANGEROUS,
        ),
        (
            "overwritten in the memo",
            PROTO_4 + short("collections") + b"q\x000" + short("os") + b"q\x000h\x00"
            + short("system") + b"\x93" + short(COMMAND) + b"\x85R.",
            DANGEROUS,
        ),
        (
            "names in old strings with escapes",
            PROTO_4 + b"S'\\x6f\\163'\nS\"sy\\x73tem\"\n\x93" + shell + b"R.",
            DANGEROUS,
        ),
        (
            "names in raw escapes",
            PROTO_4 + b"V\\u006f\\u0073\nVsystem\n\x93" + shell + b"R.",
            DANGEROUS,
        ),
        (
            "duplicated and dropped",
            PROTO_4 + short("os") + b"20" + short("system") + b"2\x940\x93" + shell + b"R2.",
            DANGEROUS,
        ),
        ("dotted name", PROTO_4 + stacked("os", "path.os.system") + shell + b"R.", DANGEROUS),
        (
            "through a harmless module",
            PROTO_4 + stacked("collections", "abc.sys.modules") + b".",
            IMPORT,
        ),
        (
            "through a harmless class",
            PROTO_4 + stacked("collections", "OrderedDict.fromkeys.__class__") + shell + b"R.",
            CALL,
        ),
        (
            "name that is computed",
            pickled(called("builtins.str", blob(b"os"), text("ascii")), text("system"), b"\x93"),
            DYNAMIC,
        ),
        (
            "call of what is computed",
            pickled(called("collections.defaultdict"), shell, b"R"),
            DYNAMIC,
        ),
        ("name too long to keep", PROTO_4 + text("os." * 5000) + text("x") + b"\x93.", DYNAMIC),
        (
            "attributes of a class",
            pickled(
                named("collections.OrderedDict"), b"N", mapping({"x": b"N"}), b"\x86", b"b"
            ),
            DYNAMIC,
        ),
        (
            "method of a class",
            pickled(named("collections.OrderedDict"), text("k"), text("v"), b"s"),
            DYNAMIC,
        ),
        (
            "state through __setstate__",
            pickled(
                made("argparse.Namespace", mapping({"__setstate__": named("os.system")})),
                text(COMMAND),
                b"b",
            ),
            DANGEROUS,
        ),
        (
            "another class by __class__",
            pickled(
                made(
                    "argparse.Namespace",
                    sequence(b"N", mapping({"__class__": named("collections.OrderedDict")})),
                )
            ),
            DYNAMIC,
        ),
        (
            "an address in memory by __array_interface__",
            pickled(
                made(
                    "argparse.Namespace",
                    mapping({"__array_interface__": mapping({"typestr": text("|u1")})}),
                )
            ),
            DYNAMIC,
        ),
        (
            "an attribute whose name is computed",
            pickled(
                made(
                    "argparse.Namespace",
                    b"}" + called("builtins.str", blob(b"__class__")) + b"Ns",
                )
            ),
            DYNAMIC,
        ),
        (
            "attributes of what is handed back",
            pickled(
                called("torch.jit._pickle.restore_type_tag", dtype("O8", flags=63), text("x")),
                sequence(number(3)),
                b"b",
            ),
            DYNAMIC,
        ),
        (
            "an object of a class that is computed",
            pickled(
                called(
                    "copyreg._reconstructor",
                    called("torch.jit._pickle.build_intlist", named("numpy.dtype")),
                )
            ),
            DYNAMIC,
        ),
        (
            "attributes that are computed",
            pickled(made("argparse.Namespace", called("builtins.dict", b"]"))),
            DYNAMIC,
        ),
        (
            "numbers passed off as objects",
            pickled(dtype("O8", flags=0)),
            CONFUSION,
        ),
        ("objects passed off as numbers", pickled(dtype("f8", flags=63)), CONFUSION),
        (
            "a pickle in a pickle",
            pickled(called("pickle.loads", blob(pickle.dumps(1)))),
            DANGEROUS,
        ),
        (
            "a pickle in a pickle, in C",
            pickled(called("_pickle.loads", blob(pickled(SYSTEM)))),
            DANGEROUS,
        ),
        (
            "a pickle in a tensor",
            pickled(called("torch.storage._load_from_bytes", blob(pickled(SYSTEM)))),
            DANGEROUS,
        ),
        (
            "a chain of partial and map",
            pickled(
                called(
                    "builtins.map",
                    called("functools.partial", named("os.system")),
                    b"]" + command + b"a",
                )
            ),
            DANGEROUS,
        ),
        (
            "import and getattr",
            pickled(
                called("builtins.getattr", called("builtins.__import__", text("os")), text("x")),
                shell,
                b"R",
            ),
            DANGEROUS,
        ),
        ("letters that look alike", PROTO_4 + stacked("\u043es", "system") + shell + b"R.", CALL),
        ("a name with a blank", b"\x80\x02cos \nsystem\n" + shell + b"R.", CALL),
        ("a name with a carriage return", b"\x80\x02cos\r\nsystem\r\n" + shell + b"R.", CALL),
        (
            "a name with a surrogate",
            PROTO_4 + b"\x8c\x03\xed\xb2\x80" + short("x") + b"\x93.",
            IMPORT,
        ),
        ("a persistent id that is computed", pickled(SYSTEM, b"Q"), DANGEROUS),
        ("after a long string", _long(b"S'" + b"a" * 70000 + b"'\n0"), DANGEROUS),
        ("after a long number", _long(b"I" + b"1" * 70000 + b"\n0"), DANGEROUS),
        ("after much that is dropped", _long(b"I1\n0" * 20000), DANGEROUS),
        ("after long bytes", pickled(blob(bytes(200_000)), b"0", SYSTEM), DANGEROUS),
        ("after many marks", pickled(b"(" * 5000, b"1" * 5000, SYSTEM), DANGEROUS),
        ("in a deep tuple", pickled(SYSTEM, b"\x85" * 20000), DANGEROUS),
        ("popped from the stack", pickled(SYSTEM, b"0", b"}"), DANGEROUS),
        ("under the result", pickled(SYSTEM, b"}"), DANGEROUS),
    )  # fmt: skip
    for name, data, rule in samples:
        yield _malicious(f"opcodes, {name}", name, data, rule)


def _long(before: bytes) -> bytes:
    """An attack in plain text, far behind the first bytes."""
    return before + f"cos\nsystem\n(V{COMMAND}\ntR.".encode()


def _hidden() -> Iterator[Sample]:
    """Ways of hiding where it stands."""
    whole = attack("os.system")
    samples = (
        ("no STOP", whole[:-1], DANGEROUS),
        ("broken behind the call", whole[:-1] + b"\xff\xff", DANGEROUS),
        ("cut off in a string", pickled(SYSTEM, b"X\xff\xff\x00\x00ab")[:-1], DANGEROUS),
        ("stack underflow behind the call", whole[:-1] + b"00000.", DANGEROUS),
        ("memo that was never put", whole[:-1] + b"h\x63.", DANGEROUS),
        ("second pickle", pickled(b"}") + whole, DANGEROUS),
        ("third pickle", pickled(b"}") + pickled(b"]") + whole, DANGEROUS),
        ("second pickle that breaks off", pickled(b"}") + whole[:-1], DANGEROUS),
        ("frame too long", framed(SYSTEM, lie=5), FRAME),
        ("frame far too long", framed(SYSTEM, lie=1 << 40), DANGEROUS),
        ("frame too short", framed(SYSTEM, lie=-6), FRAME),
        ("frame in a frame", framed(b"\x95" + struct.pack("<Q", 100) + SYSTEM), FRAME),
        ("lies about its protocol", b"\x80\x00" + framed(stacked("os", "system"))[2:], PROTOCOL),
        ("protocol that does not exist", b"\x80\x09" + whole[2:], DANGEROUS),
    )
    for name, data, rule in samples:
        yield _malicious(f"hidden, {name}", name, data, rule)
    for file in ("notes.txt", "config.json", "logo.png", "README.md", "weights", "model.dat"):
        technique = f"a pickle named {file}"
        yield _malicious(f"named {file}", technique, whole, DANGEROUS, file)
    plain = f"cos\nsystem\n(V{COMMAND}\ntR.".encode()
    yield _malicious("named notes.txt, plain text", "a pickle of text", plain, DANGEROUS, "a.txt")
    for name, before in (
        ("a long string", b"S'" + b"a" * 9000 + b"'\n0"),
        ("much", b"I1\n0" * 2000),
    ):
        technique = f"a pickle of text behind {name}"
        yield _malicious(f"text behind {name}", technique, _long(before), DANGEROUS, "notes.txt")


def _malformed() -> Iterator[Sample]:
    samples = (
        ("nothing behind the protocol", b"\x80\x04\x95\x01\0\0\0\0\0\0\0"),
        ("unknown opcode", PROTO_3 + b"}\xfe."),
        ("empty stack", PROTO_3 + b"."),
        ("value below a mark", PROTO_3 + b"}(a."),
        ("no mark", PROTO_3 + b"Nt."),
        ("key without a value", PROTO_3 + b"}(Nu."),
        ("string that is not UTF-8", PROTO_3 + b"X\x01\0\0\0\xff."),
        ("negative length", PROTO_3 + b"T\xff\xff\xff\xff."),
        ("length beyond the file", PROTO_4 + b"\x8e" + b"\xff" * 8 + b"."),
        ("number that is none", b"\x80\x02Ifive\n."),
        ("global without a name", PROTO_3 + b"cos"),
        ("too many names", PROTO_3 + b"".join(named(f"m.n{i}") + b"0" for i in range(1100))),
    )
    for name, data in samples:
        yield Sample(
            f"pickle/malformed, {name}",
            Label.MALFORMED,
            name,
            "model.pkl",
            lambda data=data: data,  # type: ignore[misc]
            MALFORMED,
        )
    trailing = pickled(b"}") + b"\xfe" * 20
    yield Sample(
        "pickle/malformed, trailing bytes",
        Label.MALFORMED,
        "bytes behind the end that are no pickle",
        "model.pkl",
        lambda: trailing,
        TRAILING,
        State.UNREAD,
    )


def _benign() -> Iterator[Sample]:
    value = {"a": [1, 2.5, None, True], "b": ("x" * 5000, b"y", {3}), "c": OrderedDict(d=-(10**30))}
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield _benign_sample(f"protocol {protocol}", pickle.dumps(value, protocol))
    scaler = made(
        "sklearn.preprocessing._data.StandardScaler",
        mapping({"with_mean": b"\x88", "mean_": _array(), "n_features_in_": number(2)}),
    )
    yield _benign_sample("estimator", pickled(scaler))
    yield _benign_sample("padded with zeros", pickled(b"}") + bytes(100))
    yield _benign_sample("two in a row", pickled(b"}") + pickled(b"]"))


def _benign_sample(name: str, data: bytes) -> Sample:
    return Sample(
        f"pickle/benign, {name}", Label.BENIGN, name, "m.pkl", lambda: data, state=State.CLEAN
    )


def _array() -> bytes:
    """An array of two numbers, as NumPy pickles it."""
    empty = called(
        "numpy._core.multiarray._reconstruct",
        named("numpy.ndarray"), sequence(number(0)), blob(b"b"),
    )  # fmt: skip
    state = sequence(
        number(1), sequence(number(2)), dtype("f8"), b"\x89", blob(struct.pack("<2d", 1, 2))
    )
    return empty + state + b"b"


SAMPLES: tuple[Sample, ...] = (
    *_functions(),
    *_protocols(),
    *_opcodes(),
    *_hidden(),
    *_malformed(),
    *_benign(),
)
