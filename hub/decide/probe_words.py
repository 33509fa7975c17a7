"""What is said of a provider account that was asked a question which sends nothing."""

from __future__ import annotations

from collections.abc import Mapping

from hub.states import Finding

FINE = frozenset({Finding.WELL, Finding.UNPROVEN, Finding.TRIAL})
NOTES = frozenset({Finding.TRIAL, Finding.THROTTLED})
"""Worth a word, and nothing that is broken: no exit 1 for these alone."""

WORDS: Mapping[Finding, Mapping[str, tuple[str, str]]] = {
    Finding.WELL: {
        "zh-CN": ("账号 {account}（{medium}）连接正常，密钥有效。", ""),
        "en": ("The account {account} ({medium}) answers and takes our credentials.", ""),
    },
    Finding.UNPROVEN: {
        "zh-CN": ("账号 {account}（{medium}）可以连接。", ""),
        "en": ("The account {account} ({medium}) can be reached.", ""),
    },
    Finding.TRIAL: {
        "zh-CN": (
            "账号 {account}（{medium}）是试用账号：只能发给逐个验证过的号码。",
            "请在服务商处升级为正式账号，否则住户收不到。",
        ),
        "en": (
            "The account {account} ({medium}) is a trial: it reaches confirmed numbers alone.",
            "Upgrade it with the provider, or residents get nothing.",
        ),
    },
    Finding.CREDENTIALS: {
        "zh-CN": (
            "账号 {account}（{medium}）的密钥不对：服务商拒绝了登录。",
            "请核对账号 SID 和密钥（MUSTER_CONFIG 或 MUSTER_TWILIO_…），改好后重新启动。",
        ),
        "en": (
            "The account {account} ({medium}) has wrong credentials: the provider turns us away.",
            "Check its SID and token (MUSTER_CONFIG or MUSTER_TWILIO_…), then restart.",
        ),
    },
    Finding.SUSPENDED: {
        "zh-CN": (
            "账号 {account}（{medium}）已被服务商停用，什么也发不出去。",
            "请登录服务商后台，查看欠费或违规通知；在此之前请启用备用账号。",
        ),
        "en": (
            "The account {account} ({medium}) is suspended by the provider: it sends nothing.",
            "Look at the balance and the notices there; until then use a second account.",
        ),
    },
    Finding.CLOSED: {
        "zh-CN": (
            "账号 {account}（{medium}）已被注销。",
            "请换用另一个账号（MUSTER_CONFIG），然后重新启动。",
        ),
        "en": (
            "The account {account} ({medium}) is closed.",
            "Put another one in its place (MUSTER_CONFIG), then restart.",
        ),
    },
    Finding.NO_ACCOUNT: {
        "zh-CN": (
            "服务商没有账号 {account}（{medium}）。",
            "请核对账号 SID 和 api_url，改好后重新启动。",
        ),
        "en": (
            "The provider has no such account as {account} ({medium}).",
            "Check its SID and api_url, then restart.",
        ),
    },
    Finding.THROTTLED: {
        "zh-CN": (
            "账号 {account}（{medium}）请求过多，服务商让我们稍后再试。",
            "几分钟后再检查；如果一直这样，请降低 pace，或增加一个账号。",
        ),
        "en": (
            "The account {account} ({medium}) is asked too much: its provider says to wait.",
            "Look again in some minutes. If it stays so, lower its pace or add an account.",
        ),
    },
    Finding.UNAVAILABLE: {
        "zh-CN": (
            "账号 {account}（{medium}）的服务商出错。",
            "请查看服务商的状态页，并准备备用账号。",
        ),
        "en": (
            "The provider of {account} ({medium}) answers that it has failed.",
            "Look at its status page, and have a second account.",
        ),
    },
    Finding.UNREACHABLE: {
        "zh-CN": (
            "账号 {account}（{medium}）的服务商连接不上。",
            "请检查本机的网络、DNS 和防火墙，以及 api_url。",
        ),
        "en": (
            "The provider of {account} ({medium}) cannot be reached.",
            "Check network, DNS and firewall of this machine, and api_url.",
        ),
    },
    Finding.SILENT: {
        "zh-CN": (
            "账号 {account}（{medium}）的服务商没有及时回应。",
            "请检查网络和防火墙，以及服务商的状态页。",
        ),
        "en": (
            "The provider of {account} ({medium}) does not answer in time.",
            "Check network and firewall, and the provider's status page.",
        ),
    },
    Finding.NONSENSE: {
        "zh-CN": (
            "账号 {account}（{medium}）收到的回应不是服务商的：中间可能有代理或登录页。",
            "请核对 api_url，并检查路上的代理。",
        ),
        "en": (
            "What answers for {account} ({medium}) is not the provider: a proxy, a login page?",
            "Check api_url and the proxies on the way.",
        ),
    },
    Finding.FORBIDDEN: {
        "zh-CN": (
            "账号 {account}（{medium}）的服务商域名指向内网地址，已拒绝连接。",
            "请检查 DNS；如果确实是自己的网关，请写入 api_url。",
        ),
        "en": (
            "The provider of {account} ({medium}) stands at a private address: it is not called.",
            "Check DNS. If it is a gateway of your own, name it in api_url.",
        ),
    },
}

_MEDIA = {
    "zh-CN": {"sms": "短信", "voice": "电话", "wecom": "企业微信", "screen": "屏幕"},
    "en": {"sms": "texts", "voice": "calls", "wecom": "WeCom", "screen": "screens"},
}
_GROUPS = {
    "zh-CN": (
        "账号 {account}：检查了 {asked} 个群机器人，其中 {bad} 个已失效（人员编号 {ids}）。",
        "请在群里重新添加机器人，并在名册中更新它的 key。",
    ),
    "en": (
        "The account {account}: {bad} of {asked} group robots are gone (recipients {ids}).",
        "Add the robot to its group again, and put its new key into the register.",
    ),
}

Words = dict[str, dict[str, str]]


def words(finding: Finding, account: str, medium: str) -> Words:
    """What is so and what to do, in every language."""
    return {
        tag: {
            "what": what.format(account=account, medium=_MEDIA[tag].get(medium, medium)),
            "do": todo,
        }
        for tag, (what, todo) in WORDS[finding].items()
    }


def group_words(account: str, asked: int, bad: tuple[int, ...]) -> Words:
    """The same of robots that do not answer to the key we have; `bad`: whose they are."""
    ids = ", ".join(map(str, bad[:10])) + (" …" if len(bad) > 10 else "")
    named = {"account": account, "asked": asked, "bad": len(bad), "ids": ids}
    return {
        tag: {"what": what.format(**named), "do": todo} for tag, (what, todo) in _GROUPS.items()
    }
