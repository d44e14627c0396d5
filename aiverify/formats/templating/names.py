"""The names that chat templates use, and those that lead to Python itself: data."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTIONS = _words("range namespace dict cycler joiner raise_exception strftime_now caller loop")
"""What a template may call by name, beside its own macros."""

METHODS = _words(
    """
    append capitalize casefold clear copy count cycle changed endswith extend find get index
    insert isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable
    isspace istitle isupper items join keys lower lstrip next partition pop popitem remove
    removeprefix removesuffix replace reset reverse rfind rindex rpartition rsplit rstrip
    setdefault sort split splitlines startswith strip swapcase title update upper values
    """
)
"""Methods of texts, lists, objects and Jinja's own loops, none of which leads further."""

FILTERS = _words(
    """
    abs batch capitalize center count d default dictsort e escape filesizeformat first float
    forceescape format groupby indent int items join last length list lower map max min pprint
    random reject rejectattr replace reverse round safe select selectattr slice sort string
    striptags sum title tojson trim truncate unique upper urlencode wordcount wordwrap
    """
)
"""Jinja's own, and none that reads an attribute by a name that it is given."""

TESTS = _words(
    """
    boolean callable defined divisibleby eq equalto escaped even false filter float ge greaterthan
    gt in integer iterable le lessthan lower lt mapping ne none number odd sameas sequence string
    test true undefined upper == != > >= < <=
    """
)

INTERNALS = _words(
    """
    ag_await ag_code ag_frame co_code co_consts co_names cr_await cr_code cr_frame f_back
    f_builtins f_code f_globals f_locals func_closure func_code func_globals gi_code gi_frame
    gi_yieldfrom im_class im_func im_self mro tb_frame tb_next
    """
)
"""Attributes without an underscore in front that lead from a value to the interpreter."""

DANGEROUS = _words(
    """
    breakpoint call check_call check_output chmod communicate compile connect delattr dlopen eval
    exec execfile execl execv execve exit fdopen fork format_map get_data getattr getoutput
    getstatusoutput globals help import_module import_string importlib input load_module loads
    locals modules open os popen posix_spawn pty putenv quit read_text remove_file rmtree run_code
    run_module run_path setattr shutil socket spawn spawnl startfile subclasses subprocess sys
    system unlink urlopen vars write_text
    """
)
"""Names that nothing in a conversation has, when they are called."""

FRAMEWORK = _words(
    """
    app application config cookies current_app environ g get_flashed_messages handler lipsum
    request self session settings url_for
    """
)
"""What web frameworks and Jinja put into every template: the usual first step of an attack."""

BY_NAME = _words("groupby map max min reject rejectattr select selectattr sort sum unique")
"""Filters that take the name of an attribute, of a filter or of a test."""

WIDE = _words("batch center expandtabs format indent ljust rjust slice tojson wordwrap zfill")
"""Filters and methods whose argument is a width."""
