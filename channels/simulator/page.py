"""Reading a resident's page as a browser without JavaScript does: forms, hidden fields, choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

Pairs = list[tuple[str, str]]


@dataclass(slots=True)
class Form:
    """One form of a page: what is sent anyway, and what a person can choose."""

    action: str
    method: str
    hidden: Pairs = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)  # radio, select, button
    boxes: Pairs = field(default_factory=list)  # check boxes

    def offers(self) -> list[str]:
        """The answers it takes."""
        fixed = [value for key, value in self.hidden if key == "answer"]
        return self.choices.get("answer", []) + fixed

    def person(self) -> str:
        """Whom the form speaks for, as far as it says: pages may have a form for each button."""
        known = dict(self.hidden)
        return next((known[key] for key in ("recipient", "person", "for") if key in known), "")

    def filled(self, word: str) -> Iterator[Pairs]:
        """The posts that answer `word` for everybody the form offers."""
        fixed = [pair for pair in self.hidden if pair[0] != "answer"] + self.boxes
        others = {key: values for key, values in self.choices.items() if key != "answer"}
        if not others:
            yield [*fixed, ("answer", word)]
            return
        name, values = next(iter(others.items()))
        for value in values:
            yield [*fixed, (name, value), ("answer", word)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._form = Form(has.get("action", ""), has.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None or "disabled" in has:
            return
        elif tag == "select":
            self._select = has.get("name", "")
        elif tag == "option" and self._select and has.get("value"):
            self._form.choices.setdefault(self._select, []).append(has["value"])
        elif tag in {"input", "button"} and has.get("name"):
            self._control(self._form, tag, has)

    def _control(self, form: Form, tag: str, has: dict[str, str]) -> None:
        kind = has.get("type", "submit" if tag == "button" else "text")
        pair = (has["name"], has.get("value", ""))
        if kind == "hidden":
            form.hidden.append(pair)
        elif kind == "checkbox":
            form.boxes.append((pair[0], pair[1] or "on"))
        elif kind in {"radio", "submit"}:
            form.choices.setdefault(pair[0], []).append(pair[1])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def answer_forms(html: str) -> list[list[Form]]:
    """The forms of a page that take answers, grouped by the person they speak for."""
    reader = _Reader()
    reader.feed(html)
    people: dict[str, list[Form]] = {}
    for form in reader.forms:
        if form.method == "post" and form.offers():
            people.setdefault(form.person(), []).append(form)
    return list(people.values())
