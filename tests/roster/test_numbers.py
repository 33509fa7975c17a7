"""Phone numbers and e-mail addresses: E.164 and channel, or why not. Chinese: input only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.roster.demo_numbers import AREAS
from hub.roster.numbers import looks_rounded, read_emails, read_phones, split_phones
from hub.roster.problem_words import Code
from hub.states import Reason


def read(text: str, country: str = "CN") -> list[tuple[str, str]]:
    return [
        (n.address.channel, n.address.value)
        for n in read_phones(text, country=country)
        if n.address.usable
    ]


def why(text: str, country: str = "CN") -> list[Code | None]:
    return [n.address.code for n in read_phones(text, country=country) if not n.address.usable]


@pytest.mark.parametrize(
    "text",
    ["13800138000", "138 0013 8000", "138-0013-8000", "+8613800138000", "+86 138 0013 8000",
     "86 13800138000", "0086 13800138000", "１３８００１３８０００", "'13800138000",
     "手机：13800138000", "Tel: 13800138000", "13800138000(妻)", "张三13800138000",
     "1.3800138000E+10", "138–0013–8000", "138‑0013‑8000", "138— 0013 —8000", "138−0013−8000",
     "+86‐138‐0013‐8000"],
)  # fmt: skip
def test_a_mobile_is_a_text_number_however_written(text: str) -> None:
    assert read(text) == [("sms", "+8613800138000")]


@pytest.mark.parametrize("glue", ["/", ",", "，", ";", "；", "、", "\n", " ", " / ", "或", "|"])
def test_several_numbers_in_a_cell_are_all_read(glue: str) -> None:
    found = read(f"13800138000{glue}13900139000")
    assert found == [("sms", "+8613800138000"), ("sms", "+8613900139000")]


def test_blanks_inside_numbers_do_not_split_them() -> None:
    assert split_phones("138 0013 8000 139 0013 9000") == ("13800138000", "13900139000")
    assert split_phones("+1 212 555 0123 +1 310 555 0188") == ("+1 212 555 0123", "+1 310 555 0188")
    assert split_phones("0755 8888 6666") == ("0755 8888 6666",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010-12345678", "+861012345678"),
        ("01012345678", "+861012345678"),
        ("(0755) 8888 6666", "+8675588886666"),
    ],
)
def test_a_landline_is_reached_by_voice_alone(text: str, value: str) -> None:
    assert read(text) == [("voice", value)]


@pytest.mark.parametrize(
    ("text", "country", "value"),
    [
        ("+44 7700 900123", "CN", "+447700900123"),
        ("07700 900123", "GB", "+447700900123"),
        ("+1 (212) 555-0123", "CN", "+12125550123"),
        ("212 555 0123", "US", "+12125550123"),
        ("+852 9123 4567", "CN", "+85291234567"),
    ],
)
def test_numbers_of_other_countries_are_read(text: str, country: str, value: str) -> None:
    assert read(text, country) == [("sms", value)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.38E+10", Code.PHONE_DIGITS_LOST),
        ("7.9E+10", Code.PHONE_DIGITS_LOST),
        ("1.3800138E10", Code.PHONE_DIGITS_LOST),
        ("12345", Code.PHONE_SHORT),
        ("1380013800", Code.PHONE_UNKNOWN),
        ("12800138000", Code.PHONE_UNKNOWN),
        ("88886666", Code.PHONE_UNKNOWN),
        ("138001380001234567", Code.PHONE_LONG),
        ("0571-88888888转801", Code.PHONE_EXTENSION),
        ("400-123-4567", Code.PHONE_PREMIUM),
        ("=1+1", Code.FORMULA),
        ("见备注", Code.PHONE_UNREAD),
        ("110", Code.PHONE_SHORT),
    ],
)
def test_an_unusable_number_says_why_and_keeps_what_was_written(text: str, code: Code) -> None:
    (number,) = read_phones(text, country="CN")
    assert (number.address.usable, number.address.code) == (False, code)
    assert number.address.reason is Reason.BAD_ADDRESS
    assert number.address.value


def test_one_bad_number_spoils_only_itself() -> None:
    assert read("12345/13800138000") == [("sms", "+8613800138000")]
    assert why("12345/13800138000") == []  # a short number of the house: noted, never dialled


@pytest.mark.parametrize(
    "text", ["", "无", "-", "——", "－", "–", "−/—", "n/a", "None", "13800138000/无"]
)
def test_a_word_for_no_number_is_no_problem(text: str) -> None:
    assert why(text) == []
    assert "/无" in text or read_emails(text) == ()


def test_a_remark_beside_a_number_is_handed_back() -> None:
    (number,) = read_phones("13800138000(妻)", country="CN")
    assert number.remark == "妻"


def test_a_numeric_cell_that_ends_in_zeros_was_rounded() -> None:
    assert looks_rounded(13800000000.0)
    assert not looks_rounded(13800138000)
    assert not looks_rounded("13800000000")
    (number,) = read_phones("13800000000", country="CN", rounded=True)
    assert number.address.code is Code.PHONE_DIGITS_LOST


def test_every_invented_number_reads_as_a_handset() -> None:
    for area in AREAS:
        assert read(f"+1{area}5550142") == [("sms", f"+1{area}5550142")]


def test_emails_are_read_and_bad_ones_kept_as_unusable() -> None:
    found = read_emails("A.b@Example.COM; nobody; x@y")
    assert [(a.value, a.usable) for a in found] == [
        ("A.b@example.com", True),
        ("nobody", False),
        ("x@y", False),
    ]


@given(st.text(max_size=60), st.sampled_from(["CN", "US", "GB", "XX"]))
def test_any_text_is_read_without_a_fault(text: str, country: str) -> None:
    for number in read_phones(text, country=country):
        assert number.address.usable == (number.address.code is None)
        assert len(number.address.value) <= 64


@given(st.lists(st.integers(13000000000, 19999999999), min_size=1, max_size=5, unique=True))
def test_no_number_of_a_list_is_lost(numbers: list[int]) -> None:
    assert [v for _, v in read("/".join(map(str, numbers)))] == [f"+86{n}" for n in numbers]
