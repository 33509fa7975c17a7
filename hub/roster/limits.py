"""How much a residents' file may be, and the refusal of one that is more or none."""

from __future__ import annotations

import csv

from hub.errors import Problem, Refused
from hub.roster.refusal_words import refusal_words

BYTES = 20 * 1024 * 1024
ROWS = 1_000_000
UNPACKED = 64 * 1024 * 1024  # of an XLSX, all parts together: it can be a thousand times the file
CELLS = 12_000_000  # of one sheet's rectangle, since it is held as a whole
COLUMNS = 256
WIDTH = 1024  # cells of a line of CSV: programs pad their lines
SHEETS = 1000
MEMORY = 768 * 1024 * 1024  # of a process that reads and compares; 100,000 rows take 240 MB
SECONDS = 90  # of processor time there; 100,000 rows: 6
NAME = 80
LONGEST_CELL = csv.field_size_limit()


def refused(code: str, *, file: str, **values: object) -> Refused:
    """The refusal of a whole file; its `code` is `roster_` + the key of REFUSALS.

    The English words are `what`, the Chinese ones the hint of the one problem (field `file`).
    """
    words = refusal_words(code, file=file, **values)
    problem = Problem("file", words["en"], words["zh-CN"], words=words)
    return Refused(words["en"], [problem], code=f"roster_{code}")
