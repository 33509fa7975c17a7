from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from hub.decide.byhand import OUTCOMES
from hub.decide.timeline import (
    ALARMS,
    ANSWERS,
    ENDED,
    OUTCOME,
    SCREEN,
    STAGES,
    TASK,
    VIA,
    Known,
    line,
)
from hub.events import Event, EventKind

KNOWN = Known(
    places={7: {"zh-CN": "3栋1203室", "en": "Tower 3, flat 1203"}},
    waves={"voice": {"zh-CN": "电话", "en": "Phone calls"}},
    tasks={5: {"zh-CN": "打119", "en": "Call 119"}},
)

DOORS = {"zh-CN": "敲门名单", "en": "Door-knock list"}
CASES = [
    (
        EventKind.LAUNCHED,
        {"people": 1908, "households": 1},
        "已启动：通知1908人、1户",
        "Started: 1,908 people in 1 household",
    ),
    (
        EventKind.LAUNCHED,
        {"people": 3, "households": 2, "tasks": 5, "beyond": 1},
        "已启动：通知3人、2户；1户消息无法送达，请立即上门或致电；4户由人上门或致电",
        (
            "Started: 3 people in 2 households; 1 household no message can reach: knock or call"
            " now; 4 households to be told by hand"
        ),
    ),
    (
        EventKind.WAVE,
        {"wave": 2, "key": "voice", "deliveries": 0},
        "第3波开始：电话，没有需要再通知的人",
        "Wave 3 began: Phone calls, nobody left to tell",
    ),
    (
        EventKind.WAVE,
        {"wave": 2, "key": "voice", "deliveries": 40},
        "第3波开始：电话，40条",
        "Wave 3 began: Phone calls, 40 deliveries",
    ),
    (
        EventKind.WAVE,
        {"wave": 2, "round": 1, "key": "new", "deliveries": 1},
        "第3波开始（第2轮），1条",
        "Wave 3 began (round 2), 1 delivery",
    ),
    (
        EventKind.ANSWERED,
        {"recipient": 7, "answer": "help", "via": "sms"},
        "3栋1203室 回复“需要帮助”（短信）",
        "Tower 3, flat 1203 answered “need help” by SMS",
    ),
    (
        EventKind.ANSWERED,
        {"recipient": 8, "answer": "safe", "via": "somehow"},
        "一位未登记住处的人员 回复“安全”",
        "Somebody without a flat answered “safe”",
    ),
    (
        EventKind.ANSWERED,
        {"recipient": 7, "answer": "away", "via": "staff", "undone": 1},
        "3栋1203室 的代答已撤销，恢复为“不在现场”",
        "Tower 3, flat 1203: what staff recorded was taken back, now “not on site”",
    ),
    (
        EventKind.ANSWERED,
        {"recipient": 7, "answer": "", "via": "staff", "undone": 1},
        "3栋1203室 的代答已撤销，恢复为“未回复”",
        "Tower 3, flat 1203: what staff recorded was taken back, now “no answer”",
    ),
    (EventKind.HELP, {"recipient": 7}, "3栋1203室 需要帮助", "Tower 3, flat 1203 needs help"),
    (EventKind.TASK, {"task": 5, "state": "done"}, "打119：完成", "Call 119: done"),
    (
        EventKind.WAVE,
        {"wave": 7, "key": "new", "deliveries": 0, "tasks": 2000},
        "第8波开始，2000户上门或电话",
        "Wave 8 began, 2,000 households by hand",
    ),
    (
        EventKind.WAVE,
        {"wave": 7, "key": "new", "deliveries": 3, "tasks": 1},
        "第8波开始，3条、1户上门或电话",
        "Wave 8 began, 3 deliveries, 1 household by hand",
    ),
    (
        EventKind.TASK,
        {"task": 0, "state": "done", "outcome": "answered", "count": 12, "name": DOORS},
        "敲门名单：12户已自行回复，无需再上门或致电",
        "Door-knock list: 12 households answered by themselves meanwhile",
    ),
    (
        EventKind.TASK,
        {"task": 9, "state": "done", "outcome": "not_home: dark", "recipient": 7, "name": DOORS},
        "敲门名单：3栋1203室 无人应答",
        "Door-knock list: Tower 3, flat 1203 nobody answered",
    ),
    (
        EventKind.TASK,
        {
            "task": 9,
            "state": "done",
            "outcome": "safe",
            "recipient": 7,
            "name": DOORS,
            "tasks": 1,
        },
        "敲门名单：3栋1203室 安全；还须当面或电话告知已结束",
        "Door-knock list: Tower 3, flat 1203 safe; still to be told by hand that it is over",
    ),
    (
        EventKind.ASSIGNED,
        {"task": 6, "who": "user:4"},
        "任务：已指派给user:4",
        "Task: assigned to user:4",
    ),
    (
        EventKind.NOTICE,
        {"stage": "all_clear", "deliveries": 3},
        "解除通知已发出，3条",
        "All-clear went out, 3 deliveries",
    ),
    (
        EventKind.NOTICE,
        {"stage": "all_clear", "deliveries": 3, "tasks": 1},
        "解除通知已发出，3条、1户上门或电话",
        "All-clear went out, 3 deliveries, 1 household by hand",
    ),
    (
        EventKind.NOTICE,
        {"stage": "correction", "deliveries": 0, "tasks": 2},
        "误报撤回已发出，2户上门或电话",
        "Withdrawal of a false alarm went out, 2 households by hand",
    ),
    (
        EventKind.NOTICE,
        {"stage": "all_clear", "deliveries": 3, "after_close": True},
        "解除通知已发出（结案后补发），3条",
        "All-clear went out after the close, 3 deliveries",
    ),
    (
        EventKind.CLOSED,
        {"cleared": False, "help_open": 1},
        "事件已结案，记录封存；未发出解除通知；仍有1人需要帮助",
        "Closed; the record is final; nobody was told that it is over; 1 person still needs help",
    ),
    (
        EventKind.CLOSED,
        {"cleared": True, "help_open": 2},
        "事件已结案，记录封存；仍有2人需要帮助",
        "Closed; the record is final; 2 people still need help",
    ),
    (
        EventKind.ALARM,
        {"what": "cry_settled"},
        "一条求救已有人处理",
        "Somebody has seen to a cry for help",
    ),
    (
        EventKind.STOPPED,
        {"untold": 1},
        "已停止发送，1人尚未通知",
        "Sending was stopped; 1 person not told",
    ),
    (EventKind.CALLED, {"number": "119"}, "已拨打119", "119 was called"),
    (
        EventKind.SCREEN,
        {"recipient": 3, "state": "offline"},
        "屏幕3 离线",
        "Screen 3 went offline",
    ),
]


def said(kind: EventKind, data: dict) -> dict[str, str]:
    return line(Event(1, 1, datetime.now(UTC), kind, data), KNOWN)


@pytest.mark.parametrize(("kind", "data", "zh", "en"), CASES)
def test_a_line_says_what_happened_in_both_languages(kind, data, zh, en):
    assert said(kind, data) == {"zh-CN": zh, "en": en}


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_kind_has_a_line_even_with_nothing_known(kind):
    for data in ({}, {"task": 99, "recipient": 99, "what": "new", "state": "new"}):
        found = said(kind, data)
        assert set(found) == {"zh-CN", "en"}
        assert all(found.values())


@pytest.mark.parametrize("kind", list(EventKind))
def test_chinese_lines_use_chinese_punctuation(kind):
    data = {"task": 5, "recipient": 7, "wave": 1, "round": 1, "key": "voice", "who": "张三"}
    for more in ({"stage": "update"}, {"state": "done", "answer": "help", "via": "sms"}, {}):
        text = said(kind, data | more)["zh-CN"]
        assert not re.search(r"[\u4e00-\u9fff”][,:;?!(]|[,:;?!)][\u4e00-\u9fff]", text)


def test_every_word_has_both_languages():
    for table in (ANSWERS, VIA, STAGES, SCREEN, TASK, ALARMS):
        for words in table.values():
            assert set(words) == {"zh-CN", "en"}


def test_every_outcome_of_a_knock_has_its_words():
    assert set(OUTCOME) == set(OUTCOMES)
    for words in (*OUTCOME.values(), *ENDED.values()):
        assert set(words) == {"zh-CN", "en"}
        assert all(words.values())


def test_what_something_real_does_to_a_drill_is_said() -> None:
    began = said(EventKind.LAUNCHED, {"people": 3, "households": 2, "drills": ["FIRE-0001"]})
    assert began["zh-CN"].endswith("同一地点的演练已停止：FIRE-0001")
    assert began["en"].endswith("drills there were ended: FIRE-0001")
    ended = said(EventKind.STOPPED, {"live": 2, "live_code": "FIRE-0002"})
    assert ended["zh-CN"] == "真实事件 FIRE-0002 开始，演练已停止"
    assert ended["en"] == "The drill was ended: the real incident FIRE-0002 began"
    told = said(EventKind.NOTICE, {"stage": "correction", "deliveries": 2, "real": True})
    assert told["zh-CN"] == "已告知参加演练的人：这是真实事件，2条"
    assert told["en"] == "The people of the drill are told that it is real: 2 deliveries"
