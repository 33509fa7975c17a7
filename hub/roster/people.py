"""One row of a file as people: a person, or a family with its numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hub.model import RecipientKind
from hub.roster.cells import LOST_WORDS, Cell, cell_text, has_lost_text
from hub.roster.columns import Column, NameGroup
from hub.roster.limits import NAME
from hub.roster.names import (
    in_doubt,
    is_name,
    is_plain,
    is_vacant,
    name_key,
    one_or_two,
    split_names,
)
from hub.roster.numbers import looks_rounded, read_emails, read_phones
from hub.roster.problem_words import Code
from hub.roster.remarks import needs_in
from hub.roster.values import AddressRow, Severity
from hub.roster.vocabulary import (
    DASHES,
    KIND_OF,
    LANGUAGE_OF,
    NEED_OF,
    NEEDS,
    NO,
    NOTHING,
    ROLE_OF,
    ROLES,
    YES,
)

Tell = Callable[..., None]
"""tell(severity, code, column, found="", args=()): notes a problem of the row at hand."""

_WORDS = re.compile(r"\s*[/,;、\n|+]\s*")


@dataclass(frozen=True, slots=True)
class Named:
    """A name (or "" when none is given) and the ways to reach it."""

    name: str
    addresses: tuple[AddressRow, ...]


@dataclass(slots=True)
class Traits:
    """What a row says of its people besides name, place and numbers."""

    kind: RecipientKind = RecipientKind.RESIDENT
    language: str = ""
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    drill: bool | None = None
    ref: str = ""


@dataclass(slots=True)
class RowPeople:
    """The people of a row; `vacant` when it only says that a flat is empty."""

    people: list[Named] = field(default_factory=list)
    vacant: bool = False


def read_people(
    cells: Sequence[Cell], groups: Sequence[NameGroup], *, country: str, tell: Tell
) -> RowPeople:
    """Everyone the row names. Problems go to `tell`; a bad number spoils only itself."""
    found = RowPeople()
    empty = True
    for group in groups:
        text = _name_text(cells, group) if group.parts else _text(cells, group.name)
        addresses = _addresses(cells, group, country=country, tell=tell)
        if not addresses and not is_plain(text) and (is_vacant(text) or not split_names(text)):
            continue
        empty = False
        found.people += _pair(text, addresses, group, tell=tell)
    found.vacant = empty
    return found


def _text(cells: Sequence[Cell], column: Column | None) -> str:
    if column is None or column.index >= len(cells):
        return ""
    return cell_text(cells[column.index])


def _name_text(cells: Sequence[Cell], group: NameGroup) -> str:
    """The name; its two parts in the order of their script: 张三, Ann Smith."""
    parts = {c.field: _text(cells, c) for c in group.parts}
    first, last = parts.get("first_name", ""), parts.get("last_name", "")
    if not (first + last).isascii() and re.fullmatch(r"[㐀-鿿]{1,4}", first + last):
        return last + first
    return " ".join(p for p in (first, last) if p)


def _addresses(
    cells: Sequence[Cell], group: NameGroup, *, country: str, tell: Tell
) -> list[AddressRow]:
    found: list[AddressRow] = []
    for column in group.phones:
        text = _text(cells, column)
        if not text:
            continue
        rounded = looks_rounded(cells[column.index])
        for number in read_phones(text, country=country, rounded=rounded):
            if number.remark:
                tell(Severity.NOTE, Code.PHONE_REMARK, column, text, (number.remark,))
            _keep(number.address, column, text, found, tell=tell)
    for column in group.emails:
        text = _text(cells, column)
        for address in read_emails(text) if text else ():
            _keep(address, column, text, found, tell=tell)
    return found


def _keep(
    address: AddressRow, column: Column, text: str, found: list[AddressRow], *, tell: Tell
) -> None:
    if address.code is not None:
        tell(Severity.ADDRESS, address.code, column, address.value or text)
    if not found or not any(
        a.channel == address.channel and a.value == address.value for a in found
    ):
        found.append(address)


def _pair(text: str, addresses: list[AddressRow], group: NameGroup, *, tell: Tell) -> list[Named]:
    if is_plain(text):
        return [Named(text, tuple(addresses))]
    names = _names(text)
    if not names:
        return [Named("", tuple(addresses))] if addresses else []
    for name in names:
        if code := _fault_of(name):
            tell(Severity.STOP, code, group.name, text, (str(NAME),))
            return []
        if one_or_two(name):
            tell(Severity.NOTE, Code.NAME_ONE_OR_TWO, group.name, text)
    phones = [a for a in addresses if a.channel != "email"]
    mails = [a for a in addresses if a.channel == "email"]
    if len(names) == 1 or len(phones) <= 1:
        return [Named(n, _own(i, names, phones, mails)) for i, n in enumerate(names)]
    if len(phones) == len(names):
        return [
            Named(n, (p, *_own(i, names, [], mails)))
            for i, (n, p) in enumerate(zip(names, phones, strict=True))
        ]
    tell(Severity.NOTE, Code.PHONES_SHARED, group.name, text, (str(len(names)), str(len(phones))))
    return [Named(n, _own(i, names, phones, mails)) for i, n in enumerate(names)]


def _names(text: str) -> tuple[str, ...]:
    if LOST_WORDS.fullmatch(text):
        return (text,)
    return () if is_vacant(text) else split_names(text)


def _fault_of(name: str) -> Code | None:
    """Why this is no name, or None."""
    if LOST_WORDS.fullmatch(name):
        return Code.CELL_ERROR
    if has_lost_text(name):
        return Code.TEXT_LOST
    if not is_name(name):
        return Code.FORMULA if name.startswith("=") else Code.NAME_UNREAD
    return Code.NAME_IN_DOUBT if in_doubt(name) else None


def _own(
    index: int, names: Sequence[str], phones: list[AddressRow], mails: list[AddressRow]
) -> tuple[AddressRow, ...]:
    """All phones, and the e-mail at the same position where there is one for each."""
    if len(mails) == len(names):
        return (*phones, mails[index])
    return (*phones, *mails)


def read_traits(
    cells: Sequence[Cell], columns: dict[str, Column], *, languages: Sequence[str], tell: Tell
) -> Traits:
    """Kind, language, roles, needs, drill and id of a row; unknown words are noted."""
    traits = Traits(language=languages[0] if languages else "en")
    for name, column in columns.items():
        text = _text(cells, column)
        if text:
            _SETTERS[name](traits, text, column, tell)
    return traits


def _language(traits: Traits, text: str, column: Column, tell: Tell) -> None:
    word = text.lower()
    tag = LANGUAGE_OF.get(word) or next(filter(None, map(LANGUAGE_OF.get, _WORDS.split(word))), "")
    if tag:
        traits.language = tag
        return
    if text.lower() not in NOTHING:
        tell(Severity.NOTE, Code.LANGUAGE_UNKNOWN, column, text)


def _needs(traits: Traits, text: str, column: Column, tell: Tell) -> None:
    found: list[str] = []
    for word in _WORDS.split(text.lower()):
        need = NEED_OF.get(word)
        if need:
            found.append(need)
        elif word not in NOTHING:
            # The text is not shown: it may be a diagnosis, which nobody asked for.
            tell(Severity.NOTE, Code.NEED_UNKNOWN, column, "…", (", ".join(NEEDS),))
    traits.needs = tuple(dict.fromkeys(found))


_EXAMPLE = "轮椅 / wheelchair"


def read_remarks(
    cells: Sequence[Cell], columns: Sequence[Column], traits: Traits, *, tell: Tell
) -> None:
    """The needs that stand among remarks are added; what may be one is asked about."""
    for column in columns:
        text = _text(cells, column)
        if not text:
            continue
        needs, unsure = needs_in(text)
        traits.needs = tuple(dict.fromkeys((*traits.needs, *needs)))
        if unsure:
            tell(Severity.STOP, Code.NEED_UNSURE, column, unsure, (unsure, _EXAMPLE))


def _roles(traits: Traits, text: str, column: Column, tell: Tell) -> None:
    found: list[str] = []
    for word in _WORDS.split(text.lower()):
        role = ROLE_OF.get(word)
        if role:
            found.append(role)
        elif word not in NOTHING:
            tell(Severity.NOTE, Code.ROLE_UNKNOWN, column, text, (", ".join(ROLES),))
            traits.kind = RecipientKind.STAFF
    if found:
        traits.kind = RecipientKind.STAFF
        traits.roles = tuple(dict.fromkeys((*traits.roles, *found)))


def _kind(traits: Traits, text: str, column: Column, tell: Tell) -> None:
    words = _WORDS.split(text.lower())
    for word in words:
        if word in KIND_OF:
            traits.kind = KIND_OF[word]
            return
        if word in ROLE_OF:
            _roles(traits, word, column, tell)
            return
    if text.lower() not in NOTHING:
        tell(Severity.NOTE, Code.KIND_UNKNOWN, column, text)


def _drill(traits: Traits, text: str, column: Column, tell: Tell) -> None:
    word = text.lower()
    if word in DASHES:
        return  # nothing is said: the site's rule counts
    if word in YES:
        traits.drill = True
    elif word in NO:
        traits.drill = False
    else:
        tell(Severity.NOTE, Code.DRILL_UNKNOWN, column, text)


def _ref(traits: Traits, text: str, _column: Column, _tell: Tell) -> None:
    traits.ref = text[:80]


_SETTERS: dict[str, Callable[[Traits, str, Column, Tell], None]] = {
    "roles": _roles,
    "kind": _kind,
    "language": _language,
    "needs": _needs,
    "drill": _drill,
    "ref": _ref,
}


def person_ref(place: str, name: str, *, first: str = "", own: str = "") -> str:
    """The key the same person has at the next import: their own id, else place and name."""
    if own:
        return f"id:{own}"
    return f"{place}|{name_key(name)}" if name else f"{place}|#{first}"
