"""What the rows of the audit record mean, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS: Mapping[str, tuple[str, str]] = {
    # logging in
    "login": ("登录", "logged in"),
    "login_once": ("用一次性链接登录", "logged in by a one-time link"),
    "login_once_create": ("生成一次性登录链接", "made a one-time login"),
    "login_failed": ("登录失败 {count} 次（{why}）", "{count} failed logins ({why})"),
    "user_put": ("新建或修改用户", "added or changed a user"),
    "token_create": ("新建令牌", "made an API token"),
    "token_revoke": ("撤销令牌", "revoked an API token"),
    # incidents
    "launch": ("启动预案 {playbook}（{kind}），{people} 人", "launched {playbook} ({kind}), {people} people"),
    "update": ("发送进展", "said an update"),
    "all_clear": ("解除警报", "said the all-clear"),
    "correction": ("发送更正", "said a correction"),
    "stop": ("停止发送，{untold} 人未通知到", "stopped sending, {untold} people untold"),
    "close": ("结束事件", "closed an incident"),
    "alarm_acknowledged": ("确认告警", "saw an alarm"),
    "reply_settled": ("处理回复", "settled a reply"),
    "reply_reopened": ("撤回对回复的处理", "took back how a reply was settled"),
    # looks at people
    "needs_look": ("查看住户的特殊需要", "looked at people's needs"),
    "replies_look": ("查看回复", "looked at replies"),
    "flat_look": ("查看住户", "looked at a household"),
    "person_look": ("查看人员", "looked at a person"),
    "door_look": ("查看上门通知的住户", "looked at a household to knock at"),
    "recipient_look": ("查看名册中的人员", "looked at a person in the register"),
    "repairs_look": ("查看待核实的号码", "looked at numbers to repair"),
    # the register
    "site_change": ("修改小区设置", "changed the site's settings"),
    "roster_import": ("导入名册", "imported a roster"),
    "estate_load": ("载入小区", "loaded an estate"),
    "recipient_add": ("新增人员", "added a person"),
    "recipient_change": ("修改人员", "changed a person"),
    "recipient_remove": ("移除人员", "removed a person"),
    "address_mend": ("重新启用号码", "took a number into use again"),
    "opt_out_taken_away": ("恢复接收", "took an opt-out away"),
    "screen_pair": ("配对屏幕", "paired a screen"),
    "screen_unpair": ("解除屏幕配对", "unpaired a screen"),
    # what people say to the hub
    "opt_out": ("退订", "opted out"),
    "opt_in": ("恢复接收", "opted in again"),
    "reply_kept": ("收到需要人工查看的回复", "a reply for people to look at"),
    "reply_unmatched": ("收到无法归入事件的回复", "a reply that belongs to no incident"),
    "reply_nothing": ("收到没有内容的回复", "a reply that says nothing"),
    # the hub itself
    "hub_restore": ("从备份恢复", "restored from a backup"),
}  # fmt: skip
"""kind -> (zh-CN, en)."""

_WHY = {
    "password": ("密码不对", "wrong password"),
    "unknown": ("没有这个登录名", "no such login"),
    "closed": ("账号已停用", "closed account"),
    "once": ("一次性链接无效", "a one-time link that is void"),
    "too_many": ("尝试过多被拒", "refused after too many tries"),
    "several": ("多种原因", "several reasons"),
}


_SORT = {"live": ("真实事件", "live"), "drill": ("演练", "drill"), "test": ("测试", "test")}
"""A launch's kind."""


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def said(kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    """What a row means, in every language; a kind of another release by its name."""
    words = KINDS.get(kind, (kind, kind))
    found = {}
    for at, tag in enumerate(("zh-CN", "en")):
        values = {key: str(value) for key, value in data.items() if isinstance(value, str | int)}
        values["why"] = _WHY.get(values.get("why", ""), ("–", "–"))[at]
        if (sort := values.get("kind", "")) in _SORT:
            values["kind"] = _SORT[sort][at]
        found[tag] = words[at].format_map(_Values(values))
    return found
