"""No text asks for a digit where the account takes no replies, and each keeps its link."""

from __future__ import annotations

import pytest

from hub.decide.asking import offered
from hub.decide.marks import LINK
from playbooks.case import Case
from playbooks.load import Library
from tests.playbooks.shelf import FEW, LANGUAGES, SHORT, TRAITS, problems

DIGITS = "回复数字：1安全，2求助，3已撤离，4不在家"
ASKED = f"{{% if replies %}}{DIGITS}{{% else %}}请点链接回复：{{% endif %}} {{{{link}}}}"


def found(text: str) -> list[str]:
    return [one.what for one in problems(text, FEW)]


def test_a_digit_asked_of_everybody_is_found():
    text = SHORT.replace(ASKED, DIGITS + " {{link}}", 1)
    assert text != SHORT
    assert any("asks for a digit also where the account takes no replies" in w for w in found(text))


def test_a_link_that_only_those_get_who_can_reply_is_found():
    text = SHORT.replace(ASKED, "{% if replies %}回复1安全2求助 {{link}}{% endif %}", 1)
    assert text != SHORT
    assert any("leaves no way to answer" in what for what in found(text))


@pytest.mark.parametrize("playbook", Library.packaged().all(), ids=lambda one: one.key)
def test_shipped_texts_ask_for_the_link_alone_where_no_reply_comes_in(playbook):
    case = Case(playbook, TRAITS, tuple(LANGUAGES))
    texts = [text for text in case.texts if text.channel == "sms"]
    asking = 0
    for text in texts:
        for said in case.rendered(text):
            if said.values["replies"]:
                asking += bool(offered(said.whole))
                continue
            assert offered(said.whole) == frozenset(), text.path
            assert LINK in said.whole or "link" not in text.names, text.path
    assert asking > 20
