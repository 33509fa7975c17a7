"""What a person should know before launching: said in both languages, never a reason to refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.decide.audience import roles_of
from hub.decide.draft import Draft
from hub.decide.meeting import meets
from hub.decide.nobody import Nobody
from hub.decide.real_first import drills_at
from hub.decide.site import POINTS
from hub.decide.site_cautions import PLACEHOLDERS, placeholders
from hub.decide.texts import PAGE
from hub.decide.unserved import Unserved
from hub.model import Kind, RecipientKind, Words

_ROLES: dict[str, Words] = {
    "duty_manager": {"zh-CN": "值班经理", "en": "duty manager"},
    "control_room": {"zh-CN": "中控室", "en": "control room"},
    "security": {"zh-CN": "秩序维护", "en": "security"},
    "engineering": {"zh-CN": "工程", "en": "engineering"},
    "customer_service": {"zh-CN": "客服", "en": "customer service"},
    "steward": {"zh-CN": "楼栋管家", "en": "building steward"},
    "project_manager": {"zh-CN": "项目经理", "en": "project manager"},
    "deputy": {"zh-CN": "副经理", "en": "deputy"},
    "region": {"zh-CN": "区域公司", "en": "regional office"},
}
_CHANNELS: dict[str, Words] = {
    "sms": {"zh-CN": "短信", "en": "SMS"},
    "voice": {"zh-CN": "语音电话", "en": "voice calls"},
    "push": {"zh-CN": "手机推送", "en": "push"},
    "wecom": {"zh-CN": "企业微信群", "en": "WeCom groups"},
    "email": {"zh-CN": "邮件", "en": "e-mail"},
    "screen": {"zh-CN": "屏幕", "en": "screens"},
    "door": {"zh-CN": "敲门名单", "en": "door-knock list"},
}


_WORDS: dict[str, Words] = {
    "drill_ends": {
        "zh-CN": "那里正在演练，启动后演练立即停止：{}。",
        "en": "A drill is under way there; it ends when this starts: {}.",
    },
    "drill_spares": {
        "zh-CN": "{} 人的住处正有真实事件，本次演练不通知他们。",
        "en": "People left out of this drill, something real is open where they live: {}.",
    },
    "nobody_accounts": {
        "zh-CN": "谁都通知不到：没有账号能给这些人发短信或打电话。请管理员先设置账号"
        "（MUSTER_TWILIO_…，或 MUSTER_CONFIG 里的 [[accounts]]），并请立即上门通知。",
        "en": "Nobody will be reached: no provider account can send to these people. Set one up"
        " (MUSTER_TWILIO_…, or [[accounts]] in MUSTER_CONFIG), and send somebody to the doors now.",
    },
    "nobody_addresses": {
        "zh-CN": "谁都通知不到：这些人都没有可用的号码。请在名册里补上号码，并立即上门通知。",
        "en": "Nobody will be reached: none of these people has a number that can be used. Put"
        " numbers into the roster, and send somebody to the doors now.",
    },
    "no_residents": {
        "zh-CN": "名单中没有住户：这里没有登记住户，或无人参加演练。",
        "en": "No resident would be told: none is on record here, or none takes part.",
    },
    "unreachable": {
        "zh-CN": "{} 人没有可用的联系方式，请安排上门通知。",
        "en": "People without any usable address, send somebody to the door: {}.",
    },
    "no_account": {
        "zh-CN": "没有账号，不会发送：{}。",
        "en": "Not set up, will not be sent: {}.",
    },
    "unserved": {
        "zh-CN": "这些号码所在的国家或地区没有账号可发，不会收到：{}。",
        "en": "No account serves the country of these numbers, they will get nothing: {}.",
    },
    "cut_off": {
        "zh-CN": "其中 {} 人没有其他联系方式，请安排上门通知。",
        "en": "People among them without another way, send somebody to the door: {}.",
    },
    "one_way": {
        "zh-CN": "{} 个号码的短信收不到回复（发送账号不支持回复）：这些短信只请住户点链接。",
        "en": "Texts to these numbers cannot be answered by their account, and ask for the link"
        " alone: {}.",
    },
    "role_unfilled": {
        "zh-CN": "无人担任：{}。",
        "en": "Nobody holds these roles: {}.",
    },
    "screens_offline": {
        "zh-CN": "{} 块屏幕未连接，连上后才会显示。",
        "en": "Screens not connected, they show it once they are back: {}.",
    },
}


_SERVED = Unserved()


@dataclass(frozen=True, slots=True)
class Sight:
    """Figures the warnings speak of."""

    people: int
    unreachable: int
    offline: int
    unserved: Unserved = _SERVED
    one_way: int = 0
    nobody: Nobody = Nobody.NONE


Caution = tuple[str, Words]


def cautions(made: Draft, kind: Kind, sight: Sight) -> tuple[Caution, ...]:
    """(code, text) of everything worth a look, the gravest first."""
    return tuple(_found(made, kind, sight))


def _found(made: Draft, kind: Kind, sight: Sight) -> Iterator[Caution]:
    if sight.nobody:
        yield _caution(sight.nobody)
    if kind is Kind.LIVE and (drills := _drills(made)):
        yield _caution("drill_ends", drills)
    yield from _of_people(made, sight)
    if roles := _unfilled(made, kind):
        yield _caution("role_unfilled", roles, names=_ROLES)
    yield from _of_place(made, sight)


def _of_people(made: Draft, sight: Sight) -> Iterator[Caution]:
    """Whom it will not reach, and why."""
    if not any(row.kind == RecipientKind.RESIDENT for row in made.audience.told):
        yield _caution("no_residents")
    if made.audience.spared:
        yield _caution("drill_spares", number=made.audience.spared)
    if sight.unreachable:
        yield _caution("unreachable", number=sight.unreachable)
    if silent := _in_use(made):
        yield _caution("no_account", silent, names=_CHANNELS)
    if numbers := sight.unserved.numbers:
        yield _caution("unserved", list(numbers), names=_CHANNELS, counts=numbers)
    if sight.unserved.people:
        yield _caution("cut_off", number=sight.unserved.people)
    if sight.one_way:
        yield _caution("one_way", number=sight.one_way)


def _of_place(made: Draft, sight: Sight) -> Iterator[Caution]:
    """What the site lacks, not its people."""
    if sight.offline:
        yield _caution("screens_offline", number=sight.offline)
    if unsaid := _unsaid(made):
        yield "site_defaults", unsaid


def _unsaid(made: Draft) -> Words | None:
    """What these texts say of the site that nobody has told the hub."""
    estate = made.estate
    point = any(meets(one) for one in made.playbook.parameters)
    wanted = [field for field in PLACEHOLDERS if field != POINTS or point]
    return placeholders(estate.key, estate.name, estate.settings, wanted=wanted)


def _caution(
    code: str,
    keys: Sequence[str] = (),
    *,
    number: int = 0,
    names: Mapping[str, Words] | None = None,
    counts: Mapping[str, int] | None = None,
) -> Caution:
    """The text of a code in both languages, with its number or the names of `keys` put in, each
    with its count."""
    said = {}
    for language, text in _WORDS[code].items():
        comma = "、" if language == "zh-CN" else ", "
        named = [(names or {}).get(key, {}).get(language, key) for key in keys]
        if counts:
            named = [f"{name} {counts[key]}" for name, key in zip(named, keys, strict=True)]
        listed = comma.join(named)
        said[language] = text.format(listed or number)
    return code, said


def _drills(made: Draft) -> list[str]:
    """The drills this launch ends."""
    return [one.code for one in drills_at(made.target.path, made.estate.under_way) if one.runs]


def _in_use(made: Draft) -> list[str]:
    """Channels without an account that this playbook has words for."""
    return sorted({w.channel for w in made.wordings} - made.media - {PAGE})


def _unfilled(made: Draft, kind: Kind) -> list[str]:
    """Roles the checklist and the waves count on that nobody on the site holds."""
    wanted = dict.fromkeys(t.role for t in made.playbook.tasks if t.role and kind in t.kinds)
    for roles in [one.roles for one in made.playbook.bands] + [
        one.roles for one in made.playbook.waves
    ]:
        wanted.update(dict.fromkeys(sorted(roles)))
    held: set[str] = set()
    for _, kind_of, _, _, roles_held, *_ in made.estate.people:
        if kind_of == RecipientKind.STAFF:
            held |= roles_of(roles_held)
    return [role for role in wanted if role not in held]
