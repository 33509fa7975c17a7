"""What is wrong with a field of a site, and what is right, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from hub.errors import Problem

Said = tuple[str, str, str]
"""What is wrong and what to do in English; both in Chinese."""

_SAID: Mapping[str, Said] = {
    "unknown": (
        "is no field of a site",
        "the fields are {known}",
        "没有这一项。可填写的是：{known}",
    ),
    "read_only": (
        "says {value}, and this is {right}",
        "leave it out: it cannot be changed",
        "写的是 {value}，实际是 {right}；此项不能更改，请去掉",
    ),
    "object": ("is no object", "write {right}", "格式不对，应写成 {right}"),
    "words": (
        "is no text by language",
        'write {{"zh-CN": "…", "en": "…"}}',
        '应按语言填写：{{"zh-CN": "…", "en": "…"}}',
    ),
    "tag": ("{value} is no language", "{right}", "{value} 不是语言代码。{right}"),
    "no_words": (
        "says nothing in any language",
        "write it in one",
        "没有任何语言的内容，请至少填写一种",
    ),
    "text": ("is no text", "write it in quotes", "应为文字"),
    "unseen": (
        "holds characters nobody sees, or a line break",
        "type it anew on one line",
        "含有看不见的字符或换行，请在一行内重新输入",
    ),
    "long": (
        "has {count} characters, {limit} fit",
        "shorten it",
        "有 {count} 个字符，最多 {limit} 个",
    ),
    "brackets": (
        "holds brackets",
        "write {right}: the brackets 【】 are put around it",
        "不要写括号，只写“{right}”，系统会自动加上【】",
    ),
    "short": (
        "is {count} character, a signature has {least} to {limit}",
        "write the words your provider approved",
        "签名为 {least} 到 {limit} 个字，请与运营商审核通过的一字不差",
    ),
    "colon": (
        "ends in a colon",
        "write {right}: the colon is put after it",
        "不要写冒号，只写“{right}”",
    ),
    "zone": (
        "{value} {what}",
        "{right}",
        "{value} 不是可用的时区。请写城市所在时区，例如 Asia/Shanghai",
    ),
    "country": (
        "{value} is no country's code",
        "{right}",
        "{value} 不是国家或地区代码，请写 ISO 3166 两位代码，例如 CN",
    ),
    "languages": (
        "is no list of languages",
        'write ["zh-CN", "en"], the most important first',
        '应为语言列表，最重要的在前：["zh-CN", "en"]',
    ),
    "number": (
        "{value} is no telephone number",
        "write digits, with + - ( ) or blanks between: 119, 400-820-8820",
        "{value} 不是电话号码，请写数字（可带 + - ( ) 和空格），例如 119、400-820-8820",
    ),
    "service": (
        "is one number, without a name",
        'write "{right}"',
        "只写一个号码，不用名称，例如“{right}”",
    ),
    "firm_key": (
        "is no key",
        "write a short word in a-z, such as lift, gas, power",
        "名称代码应为小写字母，例如 lift、gas、power",
    ),
    "firm_name": (
        "has no name",
        'write {{"name": {{"zh-CN": "…", "en": "…"}}, "number": "…"}}',
        '缺少名称，应写成 {{"name": {{"zh-CN": "…", "en": "…"}}, "number": "…"}}',
    ),
    "list": ("is no list", "write {right}", "应为列表：{right}"),
    "many": (
        "has {count} entries, {limit} fit",
        "leave some out",
        "有 {count} 项，最多 {limit} 项",
    ),
    "no_points": (
        "is empty",
        "name one point at least: a fire notice sends people there",
        "至少要有一个集合点，火警通知要告诉住户到哪里集合",
    ),
    "point_key": (
        "is no key",
        "write a short word in a-z, 0-9 and -, such as south-lawn; not own",
        "代码应由小写字母、数字和 - 组成，例如 south-lawn，且不能是 own",
    ),
    "twice": ("{value} stands there twice", "write it once", "{value} 重复了，只写一次"),
    "place": (
        "{value} is no building or entrance of this site",
        "the buildings are {right}",
        "{value} 不是本小区的楼栋或单元。楼栋有：{right}",
    ),
    "place_form": (
        "{value} is no building",
        "write 3 (building) or 3-1 (entrance)",
        "{value} 不是楼栋，请写 3（楼栋）或 3-1（单元）",
    ),
    "elsewhere": (
        "{value} already goes to {right}",
        "a building has one point: take it out there or here",
        "{value} 已属于集合点 {right}；每栋楼只去一处，请去掉一个",
    ),
    "choice": ("{value} is not known", "one of {right}", "没有 {value} 这个选项，可选：{right}"),
    "metres": (
        "is no distance",
        "write whole metres, 1 to {limit}",
        "应为整数米数，1 到 {limit}",
    ),
    "no_screen": (
        "belongs to a screen",
        "leave it out, or make it a screen",
        "只有屏幕才能填写，请去掉",
    ),
    "both": (
        "says yes and no at once",
        "write one of drill and no_drill",
        "drill 与 no_drill 不能同时为真，请只写一个",
    ),
    "version": ("is no whole number", "write the version you read", "应为整数，即读取时的 version"),
}


def problem(where: str, code: str, **params: str) -> Problem:
    """The problem in both languages."""
    what, hint, chinese = _SAID[code]
    return Problem(
        where,
        what.format(**params),
        hint.format(**params),
        code=f"site_{code}",
        params=params,
        words={"zh-CN": chinese.format(**params)},
    )
