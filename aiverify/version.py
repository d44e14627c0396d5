"""The version of this program, for whatever names it: a document, a request, the command line."""

from __future__ import annotations

__version__ = "0.1.0"
