"""What an alarm says to people, in both languages: what is so, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.decide.chain import Broken
from hub.decide.chain import words as chain_words
from hub.decide.disk_words import disk_words

Text = Mapping[str, Mapping[str, str]]
"""language -> {"what": …, "do": …}."""

_LANES = {
    "zh-CN": {"urgent": "紧急", "routine": "日常"},
    "en": {"urgent": "urgent", "routine": "routine"},
}
_CHANNELS = {
    "zh-CN": {
        "sms": "短信", "rcs": "RCS 消息", "whatsapp": "WhatsApp", "voice": "电话", "screen": "屏幕", "wecom": "企业微信", "email": "邮件",
        "push": "推送", "task": "任务",
    },
    "en": {
        "sms": "texts", "rcs": "RCS", "whatsapp": "WhatsApp", "voice": "calls", "screen": "screens", "wecom": "WeCom", "email": "e-mail",
        "push": "push", "task": "tasks",
    },
}  # fmt: skip
_ROLES = {
    "zh-CN": {"web": "网页进程", "worker": "发送进程", "serve": "主进程"},
    "en": {"web": "web process", "worker": "worker", "serve": "hub process"},
}
_JOINED = {"zh-CN": "、", "en": ", "}

_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "cry": {
        "zh-CN": (
            "有人通过{channel}求救，还不知道是谁、在哪里。",
            "立即打开“回复”页：看原话和号码，确认住户，派人或回拨；有生命危险请报警。",
        ),
        "en": (
            "Somebody cries for help by {channel}, and it is not known who or where they are.",
            ("Open Replies now: read the words and the number, find the flat, send somebody or call"
            " back. If a life is in danger, call the emergency services."),
        ),
    },
    "overdue_wave": {
        "zh-CN": (
            "事件 {code} 的一轮通知（{wave}）已到时间 {late}，仍未开始。",
            "确认发送进程在运行；情况紧急时，请立即打电话或上门通知。",
        ),
        "en": (
            "A wave of incident {code} ({wave}) has been due for {late} and has not begun.",
            "See that a worker runs. If it is urgent, call or go to the people now.",
        ),
    },
    "overdue_deliveries": {
        "zh-CN": (
            "{lane}通道有 {due} 条{channel}等待已达 {late}，最近一分钟只尝试了 {tried} 次。",
            "确认发送进程在运行，并检查服务商账号；情况紧急时，请改用其他方式通知。",
        ),
        "en": (
            ("{due} {lane} deliveries by {channel} have been due for up to {late}; only {tried} were"
            " tried in the last minute."),
            ("See that a worker runs, and look at the provider account. If it is urgent, tell people"
            " in another way."),
        ),
    },
    "lease_over": {
        "zh-CN": (
            "{count} 条通知停在“发送中”，最长已超时 {over}。",
            "重新启动发送进程；每条通知都会继续发送，或得到明确结果。",
        ),
        "en": (
            "{count} deliveries are stuck while being sent, up to {over} beyond their time.",
            "Restart the worker: each of them is sent on, or comes to a named end.",
        ),
    },
    "long_unsure": {
        "zh-CN": (
            "{count} 条通知的结果仍不明确，最长已超时 {over}。",
            "检查服务商的回调地址和账号；名单见看板中的“不明”。",
        ),
        "en": (
            "The outcome of {count} deliveries is still not known, up to {over} beyond its time.",
            "Look at the provider's callbacks and account. The board lists them as unsure.",
        ),
    },
    "no_worker": {
        "zh-CN": (
            "没有发送进程在工作{since}{lanes}。现在不会发出任何通知。",
            "启动 `muster worker`（单机请重新启动 `muster serve`）；情况紧急时，请立即打电话或上门通知。",
        ),
        "en": (
            "No worker is at work{since}{lanes}. Nothing is being sent.",
            ("Start `muster worker` (on one machine: restart `muster serve`). If it is urgent, call"
            " or go to the people now."),
        ),
    },
    "no_web": {
        "zh-CN": (
            "网页进程没有响应，已 {ago}。控制台、屏幕和居民链接无法使用。",
            "启动 `muster serve`；通知仍会照常发送。",
        ),
        "en": (
            "No web process has answered for {ago}: no console, no screens, no residents' links.",
            "Start `muster serve`. Texts and calls still go out.",
        ),
    },
    "process_lost": {
        "zh-CN": (
            "{host} 上的{role}没有正常结束就消失了，已 {ago}。",
            "查看那台机器的日志，并重新启动它；其他进程已接手它的工作。",
        ),
        "en": (
            "A {role} on {host} was lost {ago} ago: it did not end in order.",
            "Read that machine's log and start it again. The others have taken over its work.",
        ),
    },
    "no_receipts": {
        "zh-CN": (
            "账号 {account} 接受了 {accepted} 条短信，只收到 {reported} 条回执。",
            "确认服务商能访问 MUSTER_PUBLIC_URL 的 /hooks 地址；“已送达”暂不可信。",
        ),
        "en": (
            "Account {account} took {accepted} texts, and reported on only {reported} of them.",
            ("See that the provider can reach /hooks at MUSTER_PUBLIC_URL. Until then do not rely on"
            " “delivered”."),
        ),
    },
    "screens_gone": {
        "zh-CN": (
            "事件进行中，{site} 有 {gone} 块屏幕离线（共 {paired} 块），最长 {ago}。",
            "检查屏幕的电源和网络；这些位置请改用其他方式通知。",
        ),
        "en": (
            ("{gone} of {paired} screens of {site} are away during an incident, the longest for"
            " {ago}."),
            "Look at their power and network, and tell the people there in another way.",
        ),
    },
    "no_sockets": {
        "zh-CN": (
            "反向代理没有放行 WebSocket，{polling} 个屏幕或页面建立不了实时连接，改为轮询。",
            ("请在代理上为 /live 转发 Upgrade 和 Connection 头（见 docs/PROXIES.md）。"
             "在此之前内容照常更新，但服务器负担更重。"),
        ),
        "en": (
            ("A proxy in front of the hub lets no websockets through. Screens and pages that poll"
            " instead: {polling}."),
            ("Have the proxy forward Upgrade and Connection for /live (docs/PROXIES.md). Until then"
            " all of them are kept up to date, at a higher cost to this server."),
        ),
    },
    "account_failing": {
        "zh-CN": (
            "账号 {account} 最近 5 分钟的 {tried} 次发送中有 {failed} 次失败。",
            "检查服务商状态、余额和密钥；需要时请改用其他方式通知。",
        ),
        "en": (
            "{failed} of the last {tried} calls to account {account} failed (5 minutes).",
            ("Look at the provider's status, the balance and the credentials; if need be tell people"
            " in another way."),
        ),
    },
    "account_resting": {
        "zh-CN": (
            "账号 {account} 已 {ago} 无法发送，暂时停用，由其他账号代发。",
            "检查服务商状态、余额和密钥；恢复后会自动启用。",
        ),
        "en": (
            "Account {account} has not worked for {ago} and is left alone; others send for it.",
            ("Look at the provider's status, the balance and the credentials. It is taken up again by"
            " itself."),
        ),
    },
    "channel_closed": {
        "zh-CN": (
            "{channel}发不出去，已 {ago}：账号 {accounts} 均无法发送。",
            "情况紧急时，请立即改用其他方式通知；检查服务商状态、余额和密钥。恢复后会自动续发。",
        ),
        "en": (
            "No way to send {channel} for {ago} now: no account works ({accounts}).",
            ("If it is urgent, tell people in another way now. Look at the provider's status, the balance"
            " and the credentials. Sending goes on by itself."),
        ),
    },
    "no_account": {
        "zh-CN": (
            "没有可用的{channels}账号，{playbooks}中有一轮通知发不出去。",
            "在 MUSTER_CONFIG 中加入账号，或修改预案。",
        ),
        "en": (
            "There is no account for {channels}: a wave of {playbooks} can tell nobody.",
            "Add an account to MUSTER_CONFIG, or change the playbook.",
        ),
    },
    "event_gap": {
        "zh-CN": (
            "事件 {code} 的记录不连续（应到第 {last_seq} 条）。",
            "不要依赖看板上的数字；请从备份核对数据库，并报告此问题。",
        ),
        "en": (
            "The record of incident {code} has a gap before event {last_seq}.",
            "Do not rely on its board. Check the database against a backup, and report this.",
        ),
    },
    "clock_jumped": {
        "zh-CN": (
            "数据库的时钟在 {ago} 前跳变了 {by}。",
            "检查时间同步（NTP）；已到期的通知可能提前或推迟。",
        ),
        "en": (
            "The database's clock jumped by {by}, {ago} ago.",
            "Look at its time synchronisation (NTP). What was scheduled may come early or late.",
        ),
    },
    "sockets_short": {
        "zh-CN": (
            "网页进程的连接快用完了（已用 {open}，上限 {most}）：长时间空闲的匿名连接被断开，累计拒绝新连接 {away} 个。",
            "调高文件句柄上限（LimitNOFILE、ulimit -n）后重新启动；如果是攻击，请在防火墙上拦截。",
        ),
        "en": (
            ("A web process is running out of connections ({open} of {most} in use): idle strangers are"
            " cut, {away} newcomers were turned away so far."),
            ("Raise the limit of file handles (LimitNOFILE, ulimit -n) and restart; if it is an"
            " attack, block it at the firewall."),
        ),
    },
    "address_full": {
        "zh-CN": (
            "地址 {address} 的匿名连接达到上限（{most}）。其他地址不受影响；累计拒绝新连接 {away} 个。",
            "如果这是自己的反向代理，请写入 MUSTER_TRUSTED_PROXIES；否则请在防火墙上限制这个地址。",
        ),
        "en": (
            ("The address {address} holds all the connections a stranger may ({most}). Others are not"
            " affected; {away} newcomers were turned away so far."),
            ("If it is your own proxy, name it in MUSTER_TRUSTED_PROXIES; if not, limit this address"
            " at the firewall."),
        ),
    },
    "disk_full": {
        "zh-CN": (
            "{where}{why}，什么都存不下来：不能启动预案，居民的回复也要等恢复后才能看到。",
            "{mend}恢复后自动继续。情况紧急时，请立即打电话或上门通知。",
        ),
        "en": (
            ("{where} {why}: nothing can be kept. No playbook can be launched, and what people reply"
             " is seen only afterwards."),
            ("{mend} It goes on by itself then. If it is urgent, call or go to the people now."),
        ),
    },
    "disk_low": {
        "zh-CN": (
            "{where}快满了：剩余 {free_mb} MB{files_left}。",
            "请尽快腾出空间：写满后不能启动预案。",
        ),
        "en": (
            "{where} is nearly full: {free_mb} MB left{files_left}.",
            "Make room soon: once it is full nothing can be launched.",
        ),
    },
    "audit_broken": {
        "zh-CN": ("{chain}", "{chain_do}"),
        "en": ("{chain}", "{chain_do}"),
    },
    "old_schema": {
        "zh-CN": (
            "数据库结构与本版本不符。",
            "运行 `muster migrate`，并让所有进程使用同一版本。",
        ),
        "en": (
            "The database does not have the schema of this release.",
            "Run `muster migrate`, and run one release everywhere.",
        ),
    },
    "own_text": {
        "zh-CN": (
            "自有文件 {file} 有误，无法使用：{what}{hint}{more}。{used}",
            "改正后运行 `muster playbook check`，再重启。",
        ),
        "en": (
            "A file of your own cannot be used: {file}: {what}{hint}{more}. {used}",
            "Mend it, run `muster playbook check`, then restart.",
        ),
    },
    "own_text_gone": {
        "zh-CN": (
            "自有文件 {file} 不见了。{used}",
            "放回该文件；如确实不再需要，先停止，运行 `muster playbook forget {playbook}`，再启动。",
        ),
        "en": (
            "A file of your own is gone: {file}. {used}",
            ("Put it back. If it is not wanted any more: stop the hub, run `muster playbook forget"
            " {playbook}`, and start it."),
        ),
    },
}  # fmt: skip
_USED = {
    "zh-CN": {
        "kept": "仍在使用 {playbook} 的上一个正确版本（{version}）。",
        "shipped": "现在使用随产品附带的 {playbook}。",
        "other": "现在使用另一个文件中的 {playbook}。",
        "none": "现在没有 {playbook} 可用。",
    },
    "en": {
        "kept": "The last good version of {playbook} ({version}) stays in use.",
        "shipped": "The {playbook} that ships is in use instead.",
        "other": "The {playbook} of another file is in use.",
        "none": "There is no {playbook} to use now.",
    },
}
_UNKNOWN = {
    "zh-CN": ("出现本版本不认识的告警：{kind}。", "查看各进程的版本和日志。"),
    "en": ("An alarm this release does not know: {kind}.", "Look at versions and logs."),
}


def words(kind: str, data: Mapping[str, Any]) -> Text:
    """The alarm in every language; whatever is missing from `data` shows as –."""
    said = _WORDS.get(kind, _UNKNOWN)
    return {tag: _said(tag, said[tag], kind, data) for tag in _LANES}


def _said(tag: str, texts: tuple[str, str], kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    values = _Values(_values(tag, kind, data))
    return {"what": texts[0].format_map(values), "do": texts[1].format_map(values)}


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def _values(tag: str, kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    plain = {key: str(value) for key, value in data.items() if isinstance(value, str | int)}
    return {
        **plain,
        "kind": kind,
        "lane": _LANES[tag].get(str(data.get("lane")), str(data.get("lane"))),
        "channel": _CHANNELS[tag].get(str(data.get("channel")), str(data.get("channel"))),
        "role": _ROLES[tag].get(str(data.get("role")), str(data.get("role"))),
        "channels": _list(tag, [_CHANNELS[tag].get(c, c) for c in data.get("channels", ())]),
        "accounts": _list(tag, list(data.get("accounts", ()))[:5]),
        "playbooks": _list(tag, list(data.get("playbooks", ()))[:5]),
        **_own(tag, data),
        **disk_words(tag, data),
        **_chain(tag, data),
        "late": span(tag, data.get("late_s")),
        "over": span(tag, data.get("over_s")),
        "by": span(tag, data.get("by_s")),
        "ago": span(tag, data.get("since_s", data.get("ago_s"))),
        "since": _since(tag, data.get("since_s")),
        "lanes": _waiting(tag, [_LANES[tag].get(one, one) for one in data.get("lanes", ())]),
    }


def _own(tag: str, data: Mapping[str, Any]) -> dict[str, str]:
    """What is said of a file of the site's own: a hint, how much more, what is in use."""
    used = _USED[tag].get(str(data.get("used")), _USED[tag]["none"])
    hint, more = data.get("hint"), data.get("more")
    chinese = tag == "zh-CN"
    shown = (f"（{hint}）" if chinese else f" ({hint})") if hint else ""
    further = (f"，另有 {more} 处" if chinese else f", and {more} more") if more else ""
    values = _Values({key: str(data[key]) for key in ("playbook", "version") if key in data})
    return {"used": used.format_map(values), "hint": shown, "more": further}


def _chain(tag: str, data: Mapping[str, Any]) -> dict[str, str]:
    """What is said of an audit chain that does not hold."""
    why = next((one for one in Broken if one == data.get("why")), Broken.ROW)
    said = chain_words(why, data.get("row"))[tag]
    return {"chain": said["what"], "chain_do": said["do"]}


def span(tag: str, seconds: float | None) -> str:
    """A length of time as people say it."""
    if seconds is None:
        return "–"
    whole = abs(round(seconds))
    units = ((3600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s"))
    size, chinese, english = next(u for u in units if whole >= 2 * u[0] or u[0] == 1)
    return f"{whole // size} {chinese if tag == 'zh-CN' else english}"


def _since(tag: str, seconds: float | None) -> str:
    if seconds is None:
        return ""
    said = span(tag, seconds)
    return f"，已 {said}" if tag == "zh-CN" else f" (for {said})"


def _waiting(tag: str, lanes: list[str]) -> str:
    if not lanes:
        return ""
    said = _list(tag, lanes)
    return f"，{said}通道有通知在等待" if tag == "zh-CN" else f", and {said} deliveries wait"


def _list(tag: str, names: list[str]) -> str:
    return _JOINED[tag].join(names)
