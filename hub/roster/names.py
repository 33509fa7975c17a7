"""Names in a cell: one person or a family, and the form that identifies a name."""

from __future__ import annotations

import re

from hub.roster.limits import NAME

_SEPARATORS = re.compile(r"\s*(?:[/;、\n|+&]|\band\b)\s*", re.IGNORECASE)
_CJK = re.compile(r"[㐀-鿿豈-﫿]+")
_VACANT = frozenset(
    {
        "空置",
        "空房",
        "空",
        "未售",
        "未入住",
        "无人",
        "待租",
        "vacant",
        "empty",
        "unsold",
        "unoccupied",
    }
)
_NONE = frozenset(
    {
        *("", "无", "無", "-", "--", "/", "n/a", "na", "none", "未登记", "不详", "unknown"),
        *("null", "(null)", "nan", "undefined", "nil", "同上", "〃", '"', "ditto", "as above"),
    }
)
_COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 司徒 司空 令狐 长孙 宇文 轩辕 端木"
    " 百里 呼延 南宫 独孤 歐陽 司馬 諸葛 東方 尉遲 長孫 南宮 獨孤".split()
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭蔣葉蘇魏呂盧鍾譚陸範賈韋鄒龍賀顧龔萬錢嚴湯"
)
_NOBODY = _VACANT | _NONE


def split_names(text: str) -> tuple[str, ...]:
    """Every name of a cell. Blanks part Chinese names only where each begins with a surname."""
    if text.lower() in _NONE:
        return ()
    if _CJK.fullmatch(text):
        return (text,)
    names: list[str] = []
    for piece in _SEPARATORS.split(text):
        names += _by_commas(piece.strip(" ,，"))
    return tuple(dict.fromkeys(n for n in names if n))


def _by_commas(text: str) -> list[str]:
    parts = [p.strip() for p in re.split(r"[,，]", text)]
    if len(parts) > 1 and (all(_cjk(p) for p in parts) or all(" " in p for p in parts)):
        return [name for p in parts for name in _by_blanks(p)]
    return _by_blanks(text) if len(parts) == 1 else [text]


def _by_blanks(text: str) -> list[str]:
    words = text.split()
    if len(words) < 2 or not all(_CJK.fullmatch(w) for w in words):
        return [text]
    if all(w[0] in _SURNAMES and 2 <= len(w) <= 3 for w in words):
        return words
    if len(words) == 2 and words[0] in _COMPOUND:
        return ["".join(words)]
    return ["".join(words)] if sum(map(len, words)) <= 4 else [text]


def _cjk(text: str) -> bool:
    return bool(_CJK.fullmatch(text.replace(" ", "").replace("·", "")))


def one_or_two(name: str) -> bool:
    """True for `Smith, John`: kept as one name, worth a look."""
    return "," in name or "，" in name


def in_doubt(name: str) -> bool:
    """True for Chinese words of which nobody can tell whether they are one name or two."""
    words = name.split()
    return len(words) > 1 and all(_CJK.fullmatch(w) for w in words)


def begins_with_surname(text: str) -> bool:
    """True for two or three Chinese letters of which the first is a common surname."""
    return 2 <= len(text) <= 3 and text[0] in _SURNAMES and bool(_CJK.fullmatch(text))


def is_vacant(text: str) -> bool:
    """True when the name cell says that nobody lives there."""
    return text.lower() in _VACANT


def is_plain(text: str) -> bool:
    """True for the usual case, one short name without anything to take apart."""
    return (
        1 < len(text) < 6 and text.isalnum() and text[0].isalpha() and text.lower() not in _NOBODY
    )


def is_name(text: str) -> bool:
    """True when the text can be a person's name: letters, not too long, no long number."""
    return (
        len(text) <= NAME
        and any(c.isalpha() for c in text)
        and not text.startswith("=")
        and not re.search(r"\d{7,}|@.+\.", text)
    )


def name_key(name: str) -> str:
    """The name as it identifies a person: case and blanks do not matter."""
    return "".join(name.casefold().split())
