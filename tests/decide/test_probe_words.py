from __future__ import annotations

import re

import pytest

from hub.decide.probe_words import FINE, NOTES, group_words, words
from hub.states import Finding

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("finding", list(Finding))
def test_every_finding_says_what_is_so_and_what_to_do_in_both_languages(finding: Finding) -> None:
    found = words(finding, "main", "sms")
    assert set(found) == {"zh-CN", "en"}
    for tag, text in found.items():
        assert "main" in text["what"]
        assert not re.search(r"[{}]", text["what"] + text["do"])
        assert bool(CHINESE.search(text["what"])) is (tag == "zh-CN")
        well = finding in FINE and finding not in NOTES
        assert bool(text["do"]) is not well, "what is not well has something to do"


def test_a_medium_of_another_release_is_named_as_it_is() -> None:
    assert "pigeon" in words(Finding.WELL, "main", "pigeon")["zh-CN"]["what"]


def test_robots_that_are_gone_are_named_by_whose_they_are_a_few_of_many() -> None:
    few = group_words("groups", 12, (3, 4))
    assert "2 of 12" in few["en"]["what"]
    assert "3, 4)" in few["en"]["what"]
    many = group_words("groups", 50, tuple(range(1, 20)))
    assert "10 …" in many["zh-CN"]["what"]
    assert many["zh-CN"]["do"]
