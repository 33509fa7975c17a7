"""One address as somebody wrote it, read by its channel: its value, or what is wrong and right.

The API, the console's form and a roster's columns read numbers and e-mail by the same functions
(`numbers`), so what an import takes can be typed, and what it refuses cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.model import Words
from hub.roster.cells import has_lost_text, tidy
from hub.roster.numbers import read_emails, read_phones
from hub.roster.problem_words import Code, problem_words

ROBOT_URL = re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([\w-]+)")
_ROBOT = re.compile(r"[A-Za-z0-9_-]{8,128}")
_TOKEN = re.compile(r"[A-Za-z0-9_:.~+/=%-]{16,1024}")
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a value is no address of its channel, and what is, in a sentence by language."""

    code: str
    words: Words


_WORDS: Mapping[str, Words] = {
    "channel_unknown": {
        "zh-CN": "没有这种联系方式。应为 {known}",
        "en": "There is no such channel. One of {known}",
    },
    "address_missing": {"zh-CN": "没有填写内容", "en": "The address is empty"},
    "address_long": {
        "zh-CN": f"太长了，最多 {_LONGEST} 个字符",
        "en": f"The address is too long; {_LONGEST} characters fit",
    },
    "address_lost": {
        "zh-CN": "含有无法识别的字符，请重新输入",
        "en": "The address holds characters that cannot be read. Type it anew",
    },
    "phone_several": {
        "zh-CN": "写了几个号码。请每个号码单独一条",
        "en": "Several numbers in one. Give each an entry of its own",
    },
    "phone_landline": {
        "zh-CN": "这是固定电话，收不到短信。请改为语音电话（voice）",
        "en": "This is a landline, which takes no texts. Make it a voice address",
    },
    "robot_unread": {
        "zh-CN": "不是群机器人的 key。请填写企业微信群机器人 Webhook 地址中 key= 后面的内容",
        "en": "This is no robot's key. Write what stands behind key= in the WeCom robot's webhook",
    },
    "token_unread": {
        "zh-CN": "不是推送标识。它由手机应用生成，16 至 1024 个字符，不含空格",
        "en": "This is no device token. The app makes it: 16 to 1024 characters without blanks",
    },
    "screen_paired": {
        "zh-CN": "屏幕的地址不能手填：请先登记屏幕，再在“屏幕”页配对",
        "en": "A screen's address is not typed: add the screen, then pair it on the Screens page",
    },
}


def read_address(channel: object, value: object, *, country: str) -> tuple[str, str] | Wrong:
    """(channel, value) as it is stored, or what is wrong with it."""
    read = CHANNELS.get(channel) if isinstance(channel, str) else None
    if read is None:
        return _wrong("channel_unknown", known=", ".join(CHANNELS))
    text = tidy(value) if isinstance(value, str) else ""
    if not text:
        return _wrong("address_missing")
    if len(text) > _LONGEST:
        return _wrong("address_long")
    if has_lost_text(text):
        return _wrong("address_lost")
    found = read(text, country)
    return (str(channel), found) if isinstance(found, str) else found


def _wrong(code: str, **named: str) -> Wrong:
    return Wrong(code, {tag: said.format(**named) for tag, said in _WORDS[code].items()})


def _coded(code: Code | None) -> Wrong:
    known = code or Code.PHONE_UNREAD
    return Wrong(str(known), problem_words(known))


def _number(text: str, country: str) -> tuple[str, str] | Wrong:
    """(the channel a roster would give it, E.164)."""
    found = [number.address for number in read_phones(text, country=country)]
    if len(found) > 1:
        return _wrong("phone_several")
    if not found or not found[0].usable:
        return _coded(found[0].code if found else None)
    return found[0].channel, found[0].value


def _sms(text: str, country: str) -> str | Wrong:
    found = _number(text, country)
    if isinstance(found, Wrong):
        return found
    return found[1] if found[0] == "sms" else _wrong("phone_landline")


def _voice(text: str, country: str) -> str | Wrong:
    found = _number(text, country)
    return found if isinstance(found, Wrong) else found[1]


def _email(text: str, _country: str) -> str | Wrong:
    found = read_emails(text)
    fine = len(found) == 1 and found[0].usable
    return found[0].value if fine else _coded(Code.EMAIL_UNREAD)


def _robot(text: str, _country: str) -> str | Wrong:
    whole = ROBOT_URL.fullmatch(text)
    key = whole[1] if whole else text
    return key if _ROBOT.fullmatch(key) else _wrong("robot_unread")


def _token(text: str, _country: str) -> str | Wrong:
    return text if _TOKEN.fullmatch(text) else _wrong("token_unread")


def _screen(_text: str, _country: str) -> Wrong:
    return _wrong("screen_paired")


CHANNELS: Mapping[str, Callable[[str, str], str | Wrong]] = {
    "sms": _sms,
    "voice": _voice,
    "email": _email,
    "wecom": _robot,
    "push": _token,
    "screen": _screen,
}
"""Every channel an address can have, and how one of it is read."""
