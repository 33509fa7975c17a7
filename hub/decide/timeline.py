"""One line of the timeline for each event, in Chinese and English. No names, no numbers to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.decide.byhand import ANSWERED, STOPPED, outcome_word
from hub.events import Event, EventKind

Line = dict[str, str]

ANSWERS: Mapping[str, Line] = {
    "safe": {"zh-CN": "安全", "en": "safe"},
    "help": {"zh-CN": "需要帮助", "en": "need help"},
    "evacuated": {"zh-CN": "已撤离", "en": "evacuated"},
    "away": {"zh-CN": "不在现场", "en": "not on site"},
    "seen": {"zh-CN": "已看到", "en": "seen"},
}
VIA: Mapping[str, Line] = {
    "link": {"zh-CN": "链接", "en": "link"},
    "sms": {"zh-CN": "短信", "en": "SMS"},
    "voice": {"zh-CN": "电话", "en": "phone"},
    "push": {"zh-CN": "推送", "en": "push"},
    "wecom": {"zh-CN": "企业微信", "en": "WeCom"},
    "chat": {"zh-CN": "群聊", "en": "chat"},
    "screen": {"zh-CN": "屏幕", "en": "screen"},
    "staff": {"zh-CN": "工作人员代答", "en": "staff"},
}
STAGES: Mapping[str, Line] = {
    "alert": {"zh-CN": "警报", "en": "Alert"},
    "update": {"zh-CN": "进展通报", "en": "Update"},
    "all_clear": {"zh-CN": "解除通知", "en": "All-clear"},
    "correction": {"zh-CN": "误报撤回", "en": "Withdrawal of a false alarm"},
}
SCREEN: Mapping[str, Line] = {
    "shown": {"zh-CN": "已显示", "en": "shows the notice"},
    "offline": {"zh-CN": "离线", "en": "went offline"},
    "back": {"zh-CN": "恢复连接", "en": "is back"},
}
TASK: Mapping[str, Line] = {
    "open": {"zh-CN": "重新打开", "en": "opened again"},
    "assigned": {"zh-CN": "已指派", "en": "assigned"},
    "done": {"zh-CN": "完成", "en": "done"},
}
OUTCOME: Mapping[str, Line] = {
    "safe": {"zh-CN": "安全", "en": "safe"},
    "help": {"zh-CN": "需要帮助", "en": "needs help"},
    "evacuated": {"zh-CN": "已撤离", "en": "evacuated"},
    "away": {"zh-CN": "不在现场", "en": "not on site"},
    "not_home": {"zh-CN": "无人应答", "en": "nobody answered"},
    "refused": {"zh-CN": "拒绝配合", "en": "refused"},
    "no_access": {"zh-CN": "无法到达", "en": "could not be got to"},
    "other": {"zh-CN": "其他情况", "en": "something else, see the note"},
}
"""What came of a knock or a call at one household."""
ENDED: Mapping[str, Line] = {
    ANSWERED: {"zh-CN": "已自行回复，无需再上门或致电", "en": "answered by themselves meanwhile"},
    STOPPED: {"zh-CN": "不再上门或致电", "en": "need no knock or call any more"},
}
ALARMS: Mapping[str, Line] = {
    "cry": {
        "zh-CN": "有人求救，还不知道是谁、在哪里：请看“回复”页",
        "en": "Somebody cries for help, not known who or where: see Replies",
    },
    "cry_settled": {
        "zh-CN": "一条求救已有人处理",
        "en": "Somebody has seen to a cry for help",
    },
    "unclear_reply": {
        "zh-CN": "收到一条看不懂的回复，请核实",
        "en": "A reply could not be understood; please check",
    },
    "after_help": {
        "zh-CN": "有人求助之后又只回复了一个数字：求助仍然有效，请到“回复”页核实",
        "en": "Asked for help, then sent a bare digit: the help stands, see Replies",
    },
    "reply_reopened": {
        "zh-CN": "一条已处理的回复改回待处理",
        "en": "A reply that was settled waits for somebody again",
    },
    "misconfigured": {
        "zh-CN": "通道配置有误，请通知运维",
        "en": "A channel is set up wrongly; tell the operators",
    },
}
SOMEBODY: Line = {"zh-CN": "一位未登记住处的人员", "en": "Somebody without a flat"}


@dataclass(frozen=True, slots=True)
class Known:
    """What a line may name: where people live, as it is said (recipient -> words), waves and
    tasks by their names, screens by theirs."""

    places: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    waves: Mapping[str, Line] = field(default_factory=dict)
    tasks: Mapping[int, Line] = field(default_factory=dict)


def line(event: Event, known: Known) -> Line:
    """What happened, in a sentence per language."""
    return _LINES[event.kind](event.data, known)


def _launched(data: Mapping[str, Any], _known: Known) -> Line:
    people, homes = data.get("people", 0), data.get("households", 0)
    zh = f"已启动：通知{people}人、{homes}户"
    en = f"Started: {_many(people, 'person', 'people')} in {_many(homes, 'household')}"
    beyond = data.get("beyond", 0)
    if beyond:
        zh += f"；{beyond}户消息无法送达，请立即上门或致电"
        en += f"; {_many(beyond, 'household')} no message can reach: knock or call now"
    if doors := data.get("tasks", 0) - beyond:
        zh += f"；{doors}户由人上门或致电"
        en += f"; {_many(doors, 'household')} to be told by hand"
    if drills := data.get("drills"):
        zh += f"；同一地点的演练已停止：{'、'.join(drills)}"
        en += f"; drills there were ended: {', '.join(drills)}"
    return {"zh-CN": zh, "en": en}


def _wave(data: Mapping[str, Any], known: Known) -> Line:
    number, count = data.get("wave", 0), data.get("deliveries", 0)
    again = data.get("round", 0)
    zh, en = _named(known.waves.get(data.get("key", ""), {}))
    zh_round = f"（第{again + 1}轮）" if again else ""
    en_round = f" (round {again + 1})" if again else ""
    zh_count, many = _sends(count, data.get("tasks", 0))
    return {
        "zh-CN": f"第{number + 1}波开始{zh_round}{zh and '：' + zh}，{zh_count}",
        "en": f"Wave {number + 1} began{en_round}{en and ': ' + en}, {many}",
    }


def _progress(_data: Mapping[str, Any], _known: Known) -> Line:
    return {"zh-CN": "发送有进展", "en": "Sending went on"}


def _answered(data: Mapping[str, Any], known: Known) -> Line:
    zh_place, en_place = _place(data.get("recipient", 0), known)
    word = ANSWERS.get(data.get("answer", ""), {})
    via = VIA.get(data.get("via", ""), {})
    zh, en = _named(word)
    zh_via, en_via = _named(via)
    if "undone" in data:
        return _undone((zh_place, en_place), zh, en)
    return {
        "zh-CN": f"{zh_place} 回复“{zh}”" + (f"（{zh_via}）" if zh_via else ""),
        "en": f"{en_place} answered “{en}”" + (f" by {en_via}" if en_via else ""),
    }


def _undone(place: tuple[str, str], zh: str, en: str) -> Line:
    """An answer that staff had recorded by mistake is taken back."""
    return {
        "zh-CN": f"{place[0]} 的代答已撤销，恢复为“{zh or '未回复'}”",
        "en": f"{place[1]}: what staff recorded was taken back, now “{en or 'no answer'}”",
    }


def _help(data: Mapping[str, Any], known: Known) -> Line:
    zh, en = _place(data.get("recipient", 0), known)
    return {"zh-CN": f"{zh} 需要帮助", "en": f"{en} needs help"}


def _assigned(data: Mapping[str, Any], known: Known) -> Line:
    zh, en = _task_name(data, known)
    who = str(data.get("who", ""))
    return {"zh-CN": f"{zh}：已指派给{who}", "en": f"{en}: assigned to {who}"}


def _task(data: Mapping[str, Any], known: Known) -> Line:
    zh, en = _task_name(data, known)
    if count := data.get("count", 0):
        zh_why, en_why = _named(ENDED[str(data.get("outcome", ""))])
        homes = _many(count, "household")
        return {"zh-CN": f"{zh}：{count}户{zh_why}", "en": f"{en}: {homes} {en_why}"}
    zh_state, en_state = _named(TASK.get(str(data.get("state", "")), {}))
    if data.get("recipient") and data.get("state") == "done":
        zh_word, en_word = _named(OUTCOME.get(outcome_word(str(data.get("outcome", ""))), {}))
        zh_home, en_home = _place(data["recipient"], known)
        late = data.get("tasks", 0)  # entered after the last word
        zh_late = "；还须当面或电话告知已结束" if late else ""
        en_late = "; still to be told by hand that it is over" if late else ""
        return {
            "zh-CN": f"{zh}：{zh_home} {zh_word}{zh_late}",
            "en": f"{en}: {en_home} {en_word}{en_late}",
        }
    return {"zh-CN": f"{zh}：{zh_state}", "en": f"{en}: {en_state}"}


def _notice(data: Mapping[str, Any], _known: Known) -> Line:
    zh, en = _named(STAGES.get(str(data.get("stage", "")), {}))
    zh_count, en_count = _sends(data.get("deliveries", 0), data.get("tasks", 0))
    if data.get("real"):
        return {
            "zh-CN": f"已告知参加演练的人：这是真实事件，{zh_count}",
            "en": f"The people of the drill are told that it is real: {en_count}",
        }
    late = data.get("after_close", False)
    zh_late, en_late = ("（结案后补发）", " after the close") if late else ("", "")
    return {
        "zh-CN": f"{zh}已发出{zh_late}，{zh_count}",
        "en": f"{en} went out{en_late}, {en_count}",
    }


def _stopped(data: Mapping[str, Any], _known: Known) -> Line:
    left = data.get("untold", 0)
    if real := data.get("live_code"):
        return {
            "zh-CN": f"真实事件 {real} 开始，演练已停止",
            "en": f"The drill was ended: the real incident {real} began",
        }
    return {
        "zh-CN": f"已停止发送，{left}人尚未通知",
        "en": f"Sending was stopped; {_many(left, 'person', 'people')} not told",
    }


def _closed(data: Mapping[str, Any], _known: Known) -> Line:
    zh, en = "事件已结案，记录封存", "Closed; the record is final"
    if not data.get("cleared", True):
        zh += "；未发出解除通知"
        en += "; nobody was told that it is over"
    if left := data.get("help_open", 0):
        zh += f"；仍有{left}人需要帮助"
        en += f"; {_many(left, 'person still needs', 'people still need')} help"
    return {"zh-CN": zh, "en": en}


def _screen(data: Mapping[str, Any], _known: Known) -> Line:
    zh, en = _named(SCREEN.get(str(data.get("state", "")), {}))
    number = data.get("recipient", "")
    return {"zh-CN": f"屏幕{number} {zh}", "en": f"Screen {number} {en}"}


def _called(data: Mapping[str, Any], _known: Known) -> Line:
    number = str(data.get("number", ""))
    return {"zh-CN": f"已拨打{number}", "en": f"{number} was called"}


def _alarm(data: Mapping[str, Any], _known: Known) -> Line:
    known = ALARMS.get(str(data.get("what", "")))
    return dict(known) if known else {"zh-CN": "请注意系统提示", "en": "The hub wants attention"}


_LINES: Mapping[EventKind, Callable[[Mapping[str, Any], Known], Line]] = {
    EventKind.LAUNCHED: _launched,
    EventKind.WAVE: _wave,
    EventKind.PROGRESS: _progress,
    EventKind.ANSWERED: _answered,
    EventKind.HELP: _help,
    EventKind.ASSIGNED: _assigned,
    EventKind.TASK: _task,
    EventKind.NOTICE: _notice,
    EventKind.STOPPED: _stopped,
    EventKind.CLOSED: _closed,
    EventKind.SCREEN: _screen,
    EventKind.CALLED: _called,
    EventKind.ALARM: _alarm,
}


def _place(recipient: int, known: Known) -> tuple[str, str]:
    return _named(known.places.get(recipient) or SOMEBODY)


def _task_name(data: Mapping[str, Any], known: Known) -> tuple[str, str]:
    name = known.tasks.get(data.get("task", 0)) or data.get("name") or {}
    zh, en = _named(name)
    return zh or "任务", en or "Task"


def _named(words: Mapping[str, str]) -> tuple[str, str]:
    """Both languages of a name; one stands in for the other where only one was written."""
    other = next(iter(words.values()), "")
    return words.get("zh-CN", other), words.get("en", other)


def _sends(count: int, tasks: int) -> tuple[str, str]:
    """What goes out, and how many homes are told by hand."""
    if not count and not tasks:
        return "没有需要再通知的人", "nobody left to tell"
    zh = ([f"{count}条"] if count else []) + ([f"{tasks}户上门或电话"] if tasks else [])
    en = [_many(count, "delivery", "deliveries")] if count else []
    en += [_many(tasks, "household") + " by hand"] if tasks else []
    return "、".join(zh), ", ".join(en)


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"
