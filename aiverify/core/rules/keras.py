"""Rules about Keras models and HDF5 files."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

LAMBDA = Rule(
    "AIV-KERAS-LAMBDA",
    "A Keras model carries Python code in a Lambda layer",
    Severity.ERROR,
    "Loading the model runs the code that stands in it; an HDF5 file does so whatever "
    "safe_mode says, in most versions of Keras (CVE-2024-3660, CVE-2025-9905).",
    "Do not load the model; ask its publisher for one with a registered layer instead.",
    "CWE-94",
)
MODULE = Rule(
    "AIV-KERAS-MODULE",
    "A Keras model names a module that is not Keras's",
    Severity.ERROR,
    "Keras before 3.9 imports the module and calls what the model names in it, with arguments "
    "from the model (CVE-2025-1550).",
    "Do not load the model; fetch it again from its publisher.",
    "CWE-502",
)
GADGET = Rule(
    "AIV-KERAS-GADGET",
    "A Keras model calls a function that is no part of a model",
    Severity.ERROR,
    "Functions of Keras and TensorFlow that fetch, read, write or load files, or that switch "
    "safe mode off, become a program when a model calls them (CVE-2025-8747, CVE-2025-9906).",
    "Do not load the model; fetch it again from its publisher.",
    "CWE-829",
)
PICKLE = Rule(
    "AIV-KERAS-PICKLE",
    "A Keras model wraps a pickled PyTorch module",
    Severity.ERROR,
    "Loading the layer unpickles what stands in it, and a pickle can run anything "
    "(CVE-2025-49655).",
    "Do not load the model; ask its publisher for the weights alone.",
    "CWE-502",
)
PATH = Rule(
    "AIV-KERAS-PATH",
    "A Keras model reads a file from outside itself",
    Severity.ERROR,
    "Loading the model reads the file or fetches the address, which may be any of the machine's "
    "secrets, or runs the program that lies there (CVE-2025-12058).",
    "Do not load the model; ask its publisher for one that carries its vocabulary itself.",
    "CWE-73",
)
CUSTOM = Rule(
    "AIV-KERAS-CUSTOM",
    "A Keras model needs code that does not come with Keras",
    Severity.WARNING,
    "The model names a layer or function of its publisher's; loading it runs that code.",
    "Read the code before you load the model with it.",
    "CWE-829",
)
MEMBER = Rule(
    "AIV-KERAS-MEMBER",
    "A Keras archive lacks a member, or has one that Keras does not know",
    Severity.WARNING,
    "Keras reads config.json, metadata.json, the weights and the folder assets; what else lies "
    "in the archive is read by something else.",
    "Ask the publisher what the file is for.",
    "CWE-434",
)
EXTERNAL = Rule(
    "AIV-HDF5-EXTERNAL",
    "An HDF5 file takes data from other files",
    Severity.ERROR,
    "Reading the object reads another file of the machine as if it were part of the model "
    "(CVE-2026-1669).",
    "Do not load the file; ask its publisher for one that holds all of its data.",
    "CWE-73",
)
LINK = Rule(
    "AIV-HDF5-LINK",
    "An HDF5 file has a link that a program must know how to follow",
    Severity.ERROR,
    "A user-defined link runs code of whatever program registered its class.",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-610",
)
FILTER = Rule(
    "AIV-HDF5-FILTER",
    "An HDF5 dataset needs a filter that libhdf5 does not bring along",
    Severity.ERROR,
    "Reading the dataset makes libhdf5 load a native library from its plugin folder.",
    "Ask the publisher for a file with the built-in filters.",
    "CWE-829",
)

RULES: tuple[Rule, ...] = (
    LAMBDA,
    MODULE,
    GADGET,
    PICKLE,
    PATH,
    CUSTOM,
    MEMBER,
    EXTERNAL,
    LINK,
    FILTER,
)
