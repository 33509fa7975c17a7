"""Pages are read as a browser without JavaScript reads them."""

from __future__ import annotations

from channels.simulator.page import answer_forms
from tests.channels.simulator.hub import TWO_PEOPLE


def _posts(html: str, word: str) -> list[list[tuple[str, str]]]:
    return [
        post
        for forms in answer_forms(html)
        for post in next(form for form in forms if word in form.offers()).filled(word)
    ]


def test_a_form_for_each_person_is_two_people() -> None:
    posts = _posts(TWO_PEOPLE, "help")
    assert posts == [
        [("nonce", "n1"), ("recipient", "11"), ("answer", "help")],
        [("nonce", "n2"), ("recipient", "12"), ("answer", "help")],
    ]


def test_a_form_for_each_button_is_one_person() -> None:
    html = "".join(
        f"<form method=post><input type=hidden name=recipient value=1>"
        f"<input type=hidden name=answer value={word}><button>{word}</button></form>"
        for word in ("safe", "help")
    )
    assert len(answer_forms(html)) == 1
    assert _posts(html, "help") == [[("recipient", "1"), ("answer", "help")]]


def test_check_boxes_speak_for_everyone_in_one_post() -> None:
    html = (
        "<form method=post><input type=checkbox name=others value=12>"
        "<input type=checkbox name=others value=13>"
        "<button name=answer value=safe>Safe</button></form>"
    )
    assert _posts(html, "safe") == [[("others", "12"), ("others", "13"), ("answer", "safe")]]


def test_a_choice_of_person_is_a_post_for_each() -> None:
    html = (
        "<form method=post><select name=recipient><option value=''>…</option>"
        "<option value=1>A</option><option value=2>B</option></select>"
        "<input type=radio name=answer value=safe><button>Send</button></form>"
    )
    assert _posts(html, "safe") == [
        [("recipient", "1"), ("answer", "safe")],
        [("recipient", "2"), ("answer", "safe")],
    ]


def test_disabled_controls_other_forms_and_entities_are_read_right() -> None:
    html = (
        "<form method=post><input type=hidden name=a value='x&amp;y'>"
        "<button name=answer value=safe disabled>Safe</button>"
        "<button name=answer value=away>Away</button></form><button name=answer value=out></button>"
    )
    [[form]] = answer_forms(html)
    assert form.offers() == ["away"]
    assert form.hidden == [("a", "x&y")]


def test_a_page_without_answers_has_none() -> None:
    assert answer_forms("<p>Not found</p><form><button name=answer value=x></button></form>") == []
