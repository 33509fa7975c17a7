"""What a person writes into a recipient's fields: kept as meant, refused by field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.entries import AddressEntry, RecipientEntry
from hub.errors import Problem, Refused
from hub.flow.recipient_fields import read_entry
from hub.flow.screen_fields import read_way
from hub.model import RecipientKind
from hub.roster.address_value import read_address
from hub.roster.numbers import read_phones
from web.refusals import tell

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


# ── Addresses, each by its channel ─────────────────────────────────────────────────────────────

KEY = "693a91f6-7bb0-4ff1-8c4f-1ab2c3d4e5f6"


def kept(channel: str, value: str, country: str = "CN") -> str:
    fields = {"name": "Ann", "addresses": [{"channel": channel, "value": value}]}
    (address,) = read_entry(BLANK, fields, country).addresses
    assert address.channel == channel
    return address.value


@pytest.mark.parametrize(
    ("channel", "written", "value"),
    [
        ("sms", "138 0013 8000", "+8613800138000"),
        ("sms", "＋86 13800138000", "+8613800138000"),
        ("voice", "13800138000", "+8613800138000"),
        ("voice", "010-62345678", "+861062345678"),
        ("email", " Ann@Example.COM ", "Ann@example.com"),
        ("wecom", KEY, KEY),
        ("wecom", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", KEY),
        ("push", "fcm:" + "a1B2" * 50, "fcm:" + "a1B2" * 50),
    ],
)
def test_an_address_is_kept_as_its_channel_takes_it(channel: str, written: str, value: str) -> None:
    assert kept(channel, written) == value


def test_numbers_are_read_by_the_country() -> None:
    assert kept("sms", "07700 900123", "GB") == "+447700900123"
    assert kept("voice", "(212) 736-5000", "US") == "+12127365000"


@pytest.mark.parametrize(
    ("channel", "value", "code", "zh"),
    [
        ("sms", "12", "phone_short", "位数不够"),
        ("sms", "1380013800", "phone_unknown", "没有这样的号码"),
        ("sms", "name@example.com", "phone_unread", "不是号码"),
        ("sms", "010-62345678", "phone_landline", "收不到短信"),
        ("sms", "13800138000/13800138001", "phone_several", "几个号码"),
        ("voice", "010-62345678转801", "phone_extension", "分机"),
        ("email", "13800138000", "email_unread", "电子邮箱"),
        ("email", "a@b.cn, c@d.cn", "email_unread", "电子邮箱"),
        ("email", "ann@localhost", "email_unread", "电子邮箱"),
        ("wecom", "业主群", "robot_unread", "机器人"),
        ("wecom", "https://example.com/hook?key=abc", "robot_unread", "机器人"),
        ("push", "my phone", "token_unread", "推送"),
        ("screen", "lobby", "screen_paired", "配对"),
        ("pigeon", "x", "channel_unknown", "没有这种联系方式"),
        ("", "x", "channel_unknown", "没有这种联系方式"),
        (None, "x", "channel_unknown", "没有这种联系方式"),
        ("sms", "", "address_missing", "没有填写"),
        ("sms", None, "address_missing", "没有填写"),
        ("email", "a" * 2000 + "@example.com", "address_long", "太长"),
        ("push", "a\ufffd" * 20, "address_lost", "无法识别"),
    ],
)
def test_what_is_no_address_of_its_channel_is_refused_by_field(
    channel: object, value: object, code: str, zh: str
) -> None:
    fine = {"channel": "sms", "value": "13800138000"}
    wrong = {"channel": channel, "value": value}
    with pytest.raises(Refused) as refused:
        read_entry(BLANK, {"name": "Ann", "addresses": [fine, wrong]}, "CN")

    (problem,) = refused.value.problems
    assert (problem.where, problem.code) == ("addresses.1", code)
    assert zh in tell(problem, "zh-CN")["what"]
    assert problem.what == problem.words["en"]


def test_something_else_than_an_address_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        read_entry(BLANK, {"name": "Ann", "addresses": ["13800138000"]}, "CN")
    assert refused.value.problems[0].where == "addresses.0"


def test_what_is_on_record_word_for_word_stays() -> None:
    known = replace(BLANK, name="Ann", addresses=(AddressEntry("screen", "7"),))
    said = {"addresses": [{"channel": "screen", "value": "7"}]}
    assert read_entry(known, said, "CN").addresses == known.addresses


def test_a_roster_and_the_form_read_a_number_alike() -> None:
    for written in ("138-0013-8000", "+44 7700 900123", "13800138000 (停机)", "12345", "12580"):
        (row,) = read_phones(written, country="CN")
        found = read_address(row.address.channel, written, country="CN")
        assert isinstance(found, tuple) is row.address.usable
        if isinstance(found, tuple):
            assert found[1] == row.address.value


def test_staff_take_part_in_drills_unless_they_said_no() -> None:
    staff = read_entry(BLANK, {"kind": "staff", "name": "王"}, "CN")
    assert (staff.drill, staff.no_drill) == (True, False)
    never = read_entry(staff, {"drill": False}, "CN")
    assert (never.drill, never.no_drill) == (False, True)
    assert not read_entry(never, {"name": "李"}, "CN").drill
    assert not read_entry(BLANK, {"name": "王"}, "CN").drill


def test_words_of_the_way_stand_in_the_place_of_an_arrow_and_the_other_way_round() -> None:
    arrow = {"arrow": "left", "door": {"en": "south door"}, "metres": 30}
    out: list[Problem] = []
    said = read_way({"words": {"en": "walk to the lake"}}, arrow, out)
    assert said == {"words": {"en": "walk to the lake"}}
    assert read_way({"arrow": "back"}, said, out) == {"arrow": "back"}
    assert read_way({"metres": 12}, arrow, out) == {**arrow, "metres": 12}
    assert out == []
