"""Which column holds what, found from the header row, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.roster.cells import Cell, cell_text, column_letter
from hub.roster.header_words import CONTAINS, FIELDS, GENERIC, MANY, OTHERS, PLACES, SIMPLE

SEARCHED = 40
"""How many rows from the top may stand above the header."""

_FIELD_OF = {word: field for field, words in FIELDS.items() for word in words}
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|[【】「」*:：★●]")
_NUMBERED = re.compile(r"(.*?\D)\s*[-_]?\s*([1-9])")
_DIGITS = re.compile(r"\d{5,}")
_ROOM = re.compile(
    r"(?:[A-Z]{0,2}-?)?\d{3,4}[A-Z]?室?|\d{1,3}-\d{1,4}(?:-\d{1,4})*"
    r"|第?(?:\d{1,3}|[A-Z]|[一二三四五六七八九十]{1,3})(?:栋|棟|幢|座|号楼|號樓|#|期|单元|單元|层|層|楼|室)\S*",
    re.IGNORECASE,
)
_PERSONAL = frozenset({"name", "phone", "email", "first_name", "last_name", ""})
_OWN = ("业主", "住户", "户主", "产权人", "本人", "租户", "owner", "resident", "tenant")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its place from 0, the header as written, and the field or ""."""

    index: int
    header: str
    field: str
    label: str = ""  # the number of a numbered header: 电话2

    @property
    def letter(self) -> str:
        return column_letter(self.index)


@dataclass(frozen=True, slots=True)
class Header:
    """The header found: row numbers as the sheet counts them, and every column with a title."""

    row: int
    last_row: int
    columns: tuple[Column, ...]
    repeated: tuple[tuple[Column, Column], ...] = ()
    texts: tuple[str, ...] = ()

    def first(self, field: str) -> Column | None:
        """The column of a field that has one column."""
        return next((c for c in self.columns if c.field == field), None)

    def all(self, field: str) -> tuple[Column, ...]:
        """Every column of a field, in order."""
        return tuple(c for c in self.columns if c.field == field)

    @property
    def score(self) -> int:
        """How many columns mean something to an import."""
        return sum(c.field not in {"", "ignored"} for c in self.columns)

    @property
    def enough(self) -> bool:
        """True when the columns say where people are, or how they are called, and reached."""
        fields = {c.field for c in self.columns}
        fields |= {"name"} if fields & {"first_name", "last_name"} else set()
        return bool(fields & {"name", "phone"}) and (
            bool(fields & PLACES) or {"name", "phone"} <= fields
        )


def field_of(header: str) -> tuple[str, str]:
    """(field, number) a header's text stands for; ("", "") when it says nothing known."""
    text = _BRACKETS.sub(" ", header.lower().translate(SIMPLE)).strip(" .-_#")
    found = _field_of(text)
    if found[0] in _PERSONAL and text not in _FIELD_OF and _of_others(text):
        return "ignored", ""
    return found


def _of_others(text: str) -> bool:
    """True for a column about somebody who does not live there: 管家电话, Agent phone."""
    return any(
        re.search(rf"\b{w}\b", text) if w.isascii() else w in text for w in OTHERS
    ) and not any(w in text for w in _OWN)


def _field_of(text: str) -> tuple[str, str]:
    for candidate in _candidates(text):
        if candidate in _FIELD_OF:
            return _FIELD_OF[candidate], ""
        numbered = _NUMBERED.fullmatch(candidate)
        if numbered and numbered[1].strip() in _FIELD_OF:
            return _FIELD_OF[numbered[1].strip()], numbered[2]
    return next(((f, _trailing(text)) for word, f in CONTAINS if word in text), ("", ""))


def _candidates(text: str) -> list[str]:
    joined = "".join(text.split())
    spaced = " ".join(re.split(r"[\s_]+", text)).replace("no.", "no").replace("number.", "number")
    lines = [p.strip() for p in re.split(r"[\n/|]+", text) if p.strip()]
    chinese = "".join(re.findall(r"[一-鿿]+\d?", text))
    latin = " ".join(re.sub(r"[一-鿿]+", " ", text).strip(" .-_#/").split())
    if chinese in GENERIC and re.search(r"[a-z]", latin):
        chinese = ""
        lines = [*lines, latin] if latin in _FIELD_OF and latin not in {"id", "no"} else lines[:0]
    return [joined, spaced, *lines, *([chinese] if chinese else [])]


def _trailing(text: str) -> str:
    found = re.search(r"([1-9])$", text)
    return found[1] if found else ""


IGNORE = "ignore"
"""What a person writes for a column that is not to be read."""

Said = Mapping[str, str]


def title_key(title: str) -> str:
    """A column's title as it is remembered."""
    return "".join(cell_text(title).lower().split())


def find_header(
    rows: Sequence[tuple[int, Sequence[Cell]]], said: Said | None = None
) -> Header | None:
    """The best header among the first rows, one or two lines tall, or None."""
    best: Header | None = None
    said = {title_key(t): "ignored" if f == IGNORE else f for t, f in (said or {}).items()}
    texts = [(number, [cell_text(c) for c in cells]) for number, cells in rows[:SEARCHED]]
    for at, (number, cells) in enumerate(texts):
        if _looks_like_data(cells):
            continue
        found = _header(number, number, cells, said)
        if at + 1 < len(texts) and texts[at + 1][0] == number + 1:
            found = _taller(found, cells, texts[at + 1][1], said)
        if found.enough and (best is None or found.score > best.score):
            best = found
    return best


def _looks_like_data(cells: Sequence[str]) -> bool:
    return any(_DIGITS.search(c) for c in cells) or sum(bool(c) for c in cells) < 2


def _taller(single: Header, upper: Sequence[str], lower: Sequence[str], said: Said) -> Header:
    """The two-line reading when the line below adds columns that mean something."""
    below = _header(single.row + 1, single.row + 1, lower, said)
    if _looks_like_data(lower) or below.score < 1 or any(_ROOM.fullmatch(c) for c in lower):
        return single
    wide = max(len(upper), len(lower))
    pairs = [(_at(upper, i), _at(lower, i)) for i in range(wide)]
    both = _header(single.row, single.row + 1, [_of_two(a, b) for a, b in pairs], said)
    return both if both.score > max(single.score, below.score) else single


def _of_two(upper: str, lower: str) -> str:
    if not lower or lower == upper:
        return upper
    joined = upper + lower
    return joined if field_of(joined)[0] and not field_of(lower)[0] else lower


def _at(cells: Sequence[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""


def _header(row: int, last_row: int, cells: Sequence[str], said: Said) -> Header:
    columns: list[Column] = []
    repeated: list[tuple[Column, Column]] = []
    seen: dict[str, Column] = {}
    for index, text in enumerate(cells):
        if not text:
            continue
        field, label = field_of(text) if len(text) <= 40 else ("", "")
        field = said.get(title_key(text), said.get(column_letter(index).lower(), field))
        column = Column(index, text, field, label)
        if field and field not in MANY and field != "ignored":
            if field in seen:
                repeated.append((column, seen[field]))
                column = Column(index, text, "", label)
            else:
                seen[field] = column
        columns.append(column)
    return Header(row, last_row, tuple(columns), tuple(repeated), tuple(cells))


@dataclass(frozen=True, slots=True)
class NameGroup:
    """A name column with the phone and e-mail columns that belong to it.

    `parts`: a first and a last name in columns of their own, which `name` is the first of.
    """

    name: Column | None
    phones: tuple[Column, ...]
    emails: tuple[Column, ...]
    parts: tuple[Column, ...] = ()


def name_groups(header: Header) -> tuple[NameGroup, ...]:
    """Each name column with its numbers: by the number in the header, else the next to the left."""
    names = header.all("name")
    parts = (*header.all("first_name"), *header.all("last_name"))
    if not names and parts:
        return (NameGroup(parts[0], header.all("phone"), header.all("email"), parts),)
    if len(names) < 2:
        return (NameGroup(names[0] if names else None, header.all("phone"), header.all("email")),)
    phones = _assign(names, header.all("phone"))
    emails = _assign(names, header.all("email"))
    return tuple(
        NameGroup(n, tuple(phones.get(n.index, ())), tuple(emails.get(n.index, ()))) for n in names
    )


_KIND = re.compile(
    r"姓名|名称|的?(?:联系)?(?:电话|手机|号码|方式)(?:号码|号)?|邮箱|电子邮件|电邮"
    r"|\b(?:full|name|mobile|cell|tele)?(?:phone|mobile|name|number|no|tel|e-?mail|address)\b"
)


def _called_alike(names: Sequence[Column], column: Column) -> Column | None:
    """The one whose header says whose number it is: 配偶 for 配偶电话, Spouse for Spouse phone."""
    stem = _stem(column)
    return next((n for n in names if stem and _stem(n) == stem), None)


def _stem(column: Column) -> str:
    return " ".join(_KIND.sub(" ", column.header.lower().translate(SIMPLE)).split(" ")).strip()


def _assign(names: Sequence[Column], columns: Sequence[Column]) -> Mapping[int, list[Column]]:
    owned: dict[int, list[Column]] = {}
    labels = {n.label or str(i): n for i, n in enumerate(names, start=1)}
    for column in columns:
        left = [n for n in names if n.index < column.index]
        owner = labels.get(column.label) if column.label else None
        owner = owner or _called_alike(names, column)
        owned.setdefault((owner or (left[-1] if left else names[0])).index, []).append(column)
    return owned
