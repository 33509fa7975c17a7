"""What a person writes into a recipient's fields: kept as meant, refused by field."""

from __future__ import annotations

import pytest

from hub.entries import RecipientEntry
from hub.errors import Refused
from hub.flow.recipient_fields import read_entry
from hub.model import RecipientKind

BLANK = RecipientEntry("", RecipientKind.RESIDENT, "", "3/12/1203", "zh-CN")


def named(name: object) -> str:
    return read_entry(BLANK, {"name": name}, "CN").name


@pytest.mark.parametrize(
    "name",
    ["张三", 'O\'Neil "Sam"', "José 😀", "{{7*7}}<script>alert(1)</script>", "%s {link}", "محمد"],
)
def test_a_name_is_kept_as_it_was_written(name: str) -> None:
    assert named(name) == name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ann   Lee ", "Ann Lee"),
        ("\u202eevil\u2066", "evil"),
        ("Zo\u200be", "Zoe"),
        ("李四", "李四"),
    ],
)
def test_marks_nobody_sees_are_left_out(written: str, kept: str) -> None:
    assert named(written) == kept


@pytest.mark.parametrize(
    "name",
    ["\x1b[31mred\x07", "two\nlines", "a\x85b", "\u200b", "", "\ufffd", "x" * 121, 7, None, ["x"]],
)
def test_a_name_that_cannot_be_read_is_refused_by_field(name: object) -> None:
    with pytest.raises(Refused) as refused:
        named(name)
    assert "name" in {problem.where for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("written", "kept"), [("zh_HK", "zh-HK"), ("AR", "ar"), ("en-uk", "en-GB")]
)
def test_a_language_is_kept_as_tags_are_written(written: str, kept: str) -> None:
    assert read_entry(BLANK, {"name": "Ann", "language": written}, "CN").language == kept


@pytest.mark.parametrize(("written", "meant"), [("cn", "zh-CN"), ("jp", "ja"), ("a!", "zh-CN")])
def test_what_is_no_language_is_refused_with_what_was_meant(written: str, meant: str) -> None:
    with pytest.raises(Refused) as refused:
        read_entry(BLANK, {"name": "Ann", "language": written}, "CN")
    (problem,) = refused.value.problems
    assert problem.where == "language"
    assert meant in problem.hint
