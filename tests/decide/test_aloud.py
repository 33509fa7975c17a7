from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.aloud import aloud, clock_aloud, digits_aloud


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("拨打119，说清房号", "拨打幺幺九，说清房号"),
        ("拨打120或110", "拨打幺二零或幺幺零"),
        ("02:41发布，02:51前更新", "凌晨2点41分发布，凌晨2点51分前更新"),
        ("预计14:30恢复", "预计下午2点30分恢复"),
        ("12:05到", "中午12点零5分到"),
        ("00:00到", "凌晨零点整到"),
        ("7:00 开始，08:15 结束，19:59 再见", "早上7点整 开始，上午8点15分 结束，晚上7点59分 再见"),
        ("3栋12层起火", "3栋12层起火"),
        ("3栋1203室需要帮助", "3栋幺二零三室需要帮助"),
        ("请按1，需要帮助请按2", "请按1，需要帮助请按2"),
        ("物业电话0571-88880000", "物业电话零五七幺八八八八零零零零"),
        ("拨打12345", "拨打幺二三四五"),
        ("共1190元，第112条", "共1190元，第幺幺二条"),
        ("比例1.19，1,190户", "比例1.19，1,190户"),
        ("更正：02:36说起火", "更正：凌晨2点36分说起火"),
        ("10:02:41 不是时刻", "10:02:41 不是时刻"),
        ("", ""),
    ],
)
def test_chinese_as_it_is_spoken(written: str, spoken: str):
    assert aloud(written, "zh-CN") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Call 119 now.", "Call 1 1 9 now."),
        ("call 911 or 999", "call 9 1 1 or 9 9 9"),
        ("Sent at 02:41. Next update by 14:00.", "Sent at 2:41 a.m. Next update by 2 p.m."),
        ("Tower 3, floor 12, flat 1203", "Tower 3, floor 12, flat 1 2 0 3"),
        ("Press 1 if you are safe", "Press 1 if you are safe"),
        ("at 00:05", "at 12:05 a.m."),
        ("at 12:00, not 00:00", "at noon, not midnight"),
        ("phone +86 571 88880000", "phone +86 571 8 8 8 8 0 0 0 0"),
    ],
)
def test_english_as_it_is_spoken(written: str, spoken: str):
    assert aloud(written, "en") == spoken


def test_a_sites_own_number_is_said_digit_by_digit():
    assert aloud("拨打995", "zh-CN", numbers=["995"]) == "拨打九九五"
    assert aloud("Call 000, not 1000.", "en", numbers=["000", "no"]) == "Call 0 0 0, not 1000."


def test_other_languages_keep_what_is_written():
    assert aloud("119 02:41", "ja", numbers=["119"]) == "119 02:41"


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["zh-CN", "en"]))
def test_every_time_of_day_is_said_without_a_colon_of_24_hours(hour: int, minute: int, tag: str):
    said = aloud(f"{hour:02}:{minute:02}", tag)
    assert said == clock_aloud(hour, minute, tag)
    assert re.search("点|[ap]\\.m\\.|^noon$|^midnight$", said)


@given(st.text("0123456789", min_size=1, max_size=12))
def test_digits_are_all_said(number: str):
    assert len(digits_aloud(number, "zh-CN")) == len(number)
    assert digits_aloud(number, "en").replace(" ", "") == number
