"""How much a residents' file may be, and the refusal of one that is more or none."""

from __future__ import annotations

import csv

from hub.errors import Problem, Refused
from hub.roster.refusal_words import refusal_words

BYTES = 20 * 1024 * 1024
ROWS = 1_000_000
UNPACKED = 512 * 1024 * 1024  # of an XLSX: a 20 MB zip can hold a thousand times as much
CELLS = 12_000_000  # of one sheet's rectangle, since it is held as a whole
COLUMNS = 256
NAME = 80
LONGEST_CELL = csv.field_size_limit()


def refused(code: str, *, file: str, **values: object) -> Refused:
    """The refusal of a whole file; its `code` is `roster_` + the key of REFUSALS.

    The English words are `what`, the Chinese ones the hint of the one problem (field `file`).
    """
    words = refusal_words(code, file=file, **values)
    problem = Problem("file", words["en"], words["zh-CN"])
    return Refused(words["en"], [problem], code=f"roster_{code}")
