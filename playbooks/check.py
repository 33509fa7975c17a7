"""The playbook check: everything that must be right before a playbook may be launched.

Each rule is a function of a `Case` that yields `Finding`s; `check` turns these into problems with
line and column. Rules about the plan are in `plan`, about words in `content`, about drills in
`drill`, about lengths in `fit`, about words that can hurt in `harm`, about words that mislead in
`advice`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hub.errors import Problem, Refused
from hub.model import Playbook
from playbooks import advice, content, drill, fit, harm, oneway, plan
from playbooks.case import Case, Finding, Needs
from playbooks.document import Document
from playbooks.load import Draft, Library, load_draft

Rule = Callable[[Case], Iterator[Finding]]

FAULTS: tuple[Rule, ...] = (*plan.RULES, *content.RULES, *drill.RULES, *fit.RULES)
"""What keeps a playbook from being launched at all; the hub does not take one with such a fault."""

STOPS: tuple[Rule, ...] = (*FAULTS, *harm.RULES, *oneway.RULES)
"""What `muster playbook check` does not let pass."""

ADVICE: tuple[Rule, ...] = advice.RULES
"""What it warns of."""

RULES: tuple[Rule, ...] = (*STOPS, *ADVICE)


def check(
    playbook: Playbook,
    *,
    traits: Mapping[str, Needs],
    languages: Sequence[str],
    document: Document | None = None,
    rules: Sequence[Rule] = RULES,
) -> list[Problem]:
    """Everything wrong with a playbook on a site with these channels and languages; [] if sound.

    `traits` by channel (the medium: sms, screen, wecom …). With `document` each problem says
    `file:line:column`, without it the path inside the playbook. `rules`: all of them, or those of
    one weight (`FAULTS`, `STOPS`, `ADVICE`).
    """
    case = Case(playbook, traits, tuple(languages))
    found = dict.fromkeys(finding for rule in rules for finding in rule(case))
    problems = [_problem(playbook, finding, document) for finding in found]
    return sorted(problems, key=lambda problem: _order(problem.where))


def check_draft(
    draft: Draft,
    *,
    traits: Mapping[str, Needs],
    languages: Sequence[str],
    rules: Sequence[Rule] = RULES,
) -> list[Problem]:
    """`check` with line and column of the file the playbook was read from."""
    book, document = draft.playbook, draft.document
    return check(book, traits=traits, languages=languages, document=document, rules=rules)


def check_text(
    text: str,
    *,
    name: str,
    traits: Mapping[str, Needs],
    languages: Sequence[str],
    rules: Sequence[Rule] = RULES,
) -> list[Problem]:
    """Everything wrong with a YAML text, also if it cannot be read at all."""
    try:
        draft = load_draft(text, name=name)
    except Refused as refused:
        return list(refused.problems)
    return check_draft(draft, traits=traits, languages=languages, rules=rules)


def check_library(
    library: Library, *, traits: Mapping[str, Needs], languages: Sequence[str]
) -> list[Problem]:
    """Everything wrong with any playbook of a library."""
    return [
        problem
        for draft in library.drafts()
        for problem in check_draft(draft, traits=traits, languages=languages)
    ]


def _problem(playbook: Playbook, finding: Finding, document: Document | None) -> Problem:
    dotted = ".".join(str(step) for step in finding.path)
    what = f"{dotted}: {finding.what}" if dotted else finding.what
    if document is None:
        return Problem(f"{playbook.key}: {dotted}" if dotted else playbook.key, what, finding.hint)
    return Problem(document.where(finding.path, line=finding.line), what, finding.hint)


def _order(where: str) -> tuple[str, int, int]:
    """Problems in the order of the file."""
    name, _, rest = where.partition(":")
    row, _, column = rest.partition(":")
    return name, int(row) if row.isdigit() else 0, int(column) if column.isdigit() else 0
