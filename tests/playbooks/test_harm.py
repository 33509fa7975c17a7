# ruff: noqa: E501 (a table: one row is one text, and cutting it would hide it)
"""Words that can hurt: each rule hears the fault in both languages, and leaves the mended text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playbooks.case import Case
from playbooks.check import FAULTS, RULES, STOPS, check_text
from playbooks.harm import (
    fires_name_the_lifts,
    help_in_a_drill_is_real,
    nobody_is_kept_from_calling,
    nobody_is_promised,
    smoke_has_an_answer,
    staff_turn_back_at_smoke,
    stairs_are_not_for_everybody,
)
from playbooks.vocabulary import judged, promises
from tests.playbooks.said import BOOKS, told
from tests.playbooks.shelf import FIRE, LANGUAGES, POWER, TRAITS, changed

PLACES = (
    "live.alert.hold.sms",
    "live.update.hold.push",
    "live.update.evacuate.voice",
    "live.alert.evacuate.page",
    "live.update.groups.wecom",
    "live.update.screens_site.screen",
)

NO_ANSWER = (
    "3栋起火。您不必撤离：请关好门窗，听候通知。此时外出可能遇上浓烟。",
    "3栋起火。请留在家中，等候通知。",
    "3栋火情更新：仍在处置。请继续待在家里，不要外出。",
    "Fire at Tower 3. You need not leave: close doors and windows. Going out may lead into smoke.",
    "Fire at Tower 3, update. Stay indoors and wait for news.",
    "Fire at Tower 3. Shelter in place.",
)
ANSWERED = (
    "3栋起火。请先留在家中。楼道有烟：关门，湿毛巾堵门缝，打119报房号。",
    "3栋起火。请留在室内；见到烟，用湿布封住门缝并报火警。",
    "3栋起火，请待在家里。烟进来就退到阳台，拨打119。",
    "Fire at Tower 3. Stay inside for now. If smoke reaches you: seal the door, call 119.",
    "Fire. Remain indoors. Smoke coming in? Block the gaps under the door.",
    "Fire. Stay put. If you see smoke, close your door and call 119 with your flat number.",
)


@pytest.mark.parametrize("slot", PLACES)
@pytest.mark.parametrize("said", NO_ANSWER)
def test_who_is_told_to_stay_must_read_what_to_do_in_smoke(said: str, slot: str):
    assert told(smoke_has_an_answer, said, slot=slot) == [
        "does not say what to do when smoke comes"
    ]


@pytest.mark.parametrize("slot", PLACES)
@pytest.mark.parametrize("said", ANSWERED)
def test_an_answer_to_smoke_is_heard_in_any_words(said: str, slot: str):
    assert told(smoke_has_an_answer, said, slot=slot) == []


@pytest.mark.parametrize(
    "said",
    [
        "3栋火情更新：未撤出的请走楼梯撤到南草坪，勿乘电梯；已撤出的请勿返回。",
        "Fire at Tower 3, update. Not out yet: stairs to the south lawn, no lifts.",
        "Use the east stairwell to the lawn. No elevators.",
    ],
)
def test_who_is_sent_to_the_stairs_must_read_it_too_in_updates(said: str):
    assert told(smoke_has_an_answer, said, slot="live.update.evacuate.sms")


def test_the_answer_must_not_hang_on_what_an_operator_adds():
    said = "Stay inside. {% if text %}{{text}} If smoke comes seal the door, call 119.{% endif %}"
    assert told(smoke_has_an_answer, said)


def test_other_hazards_drills_staff_and_other_languages_are_not_asked_about_smoke():
    said = "Stay inside and wait for news."
    assert told(smoke_has_an_answer, said, slot="live.alert.affected.sms", book="power") == []
    assert told(smoke_has_an_answer, said, slot="drill.alert.hold.sms") == []
    assert told(smoke_has_an_answer, said, slot="live.all_clear.hold.sms") == []
    assert told(smoke_has_an_answer, said, slot="live.alert.staff.sms") == []
    assert told(smoke_has_an_answer, said, slot="live.alert.outside.sms") == []
    assert told(smoke_has_an_answer, "家にいてください", language="ja") == []
    out = "Leave the building now. Meet on the lawn."
    assert told(smoke_has_an_answer, out, slot="live.alert.screens_building.screen") == []
    assert not judged("ja")
    assert judged("en-GB")


@pytest.mark.parametrize(
    "said",
    ["请走楼梯撤到南草坪。", "未撤出的从疏散楼梯离开。", "Take the stairs to the lawn.", "Walk down the stairs."],
)  # fmt: skip
def test_in_a_fire_the_stairs_come_with_no_lifts(said: str):
    slot = "live.update.evacuate.push"
    assert told(fires_name_the_lifts, said, slot=slot)
    more = "勿乘电梯" if "楼" in said else "No lifts."
    assert told(fires_name_the_lifts, said + more, slot=slot) == []
    assert told(fires_name_the_lifts, "Keep off the stairs.", slot=slot) == []


@pytest.mark.parametrize(
    ("said", "slot", "book"),
    [
        ("请走楼梯撤到南草坪，勿乘电梯。", "live.alert.evacuate.sms", "fire"),
        ("Leave now by the stairs to the lawn. No lifts.", "live.alert.evacuate.voice", "fire"),
        ("【演练】请走楼梯步行到南草坪练习撤离。", "drill.alert.evacuate.voice", "fire"),
        ("DRILL. Walk one flight instead of the lift.", "drill.alert.affected.sms", "power"),
        ("【演练】请练习：不乘电梯走一层楼梯。", "drill.alert.affected.page", "power"),
    ],
)
def test_stairs_come_with_a_way_for_those_who_cannot_use_them(said: str, slot: str, book: str):
    assert told(stairs_are_not_for_everybody, said, slot=slot, book=book)
    for way in ("走不了楼梯的请关门等候", "行动不便的不用下楼", "坐轮椅的请回复2"):
        assert told(stairs_are_not_for_everybody, said + way, slot=slot, book=book, language="zh-CN") == []  # fmt: skip
    for way in ("If stairs are hard for you, stay in.", "Cannot use stairs: reply 2.", "Wheelchair users stay in."):  # fmt: skip
        assert told(stairs_are_not_for_everybody, said + way, slot=slot, book=book, language="en") == []  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "请不要占用楼梯。",
        "请让出楼梯。",
        "Keep off the stairs and the fire lane.",
        "Leave the stairs free.",
        "Keep the stairs clear.",
        "Keep stairs and fire lane clear.",
    ],
)
def test_keeping_off_the_stairs_sends_nobody_there(said: str):
    assert told(stairs_are_not_for_everybody, said, slot="live.alert.hold.sms") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("逐层清查无烟楼层，遇烟立即退回、报消防队，不乘电梯；上报未联系到的人", "逐层清查"),
        ("Sweep floors free of smoke only; turn back at smoke and tell the fire crew; no lifts. ", "Search every floor. "),
        ("：只走无烟楼层，遇烟立即退回、报消防队", ""),
        ("管家清查无烟楼层。遇烟立即退回，不乘电梯。", "管家逐户敲门，不乘电梯。"),
        ("stewards sweep floors free of smoke. Turn back at smoke. No lifts.", "stewards sweep the floors. No lifts."),
    ],
)  # fmt: skip
def test_nobody_sweeps_or_knocks_without_turning_back_at_smoke(old: str, new: str):
    text = changed(FIRE, (old, new))
    found = check_text(text, name="fire.yaml", traits=TRAITS, languages=LANGUAGES)
    what = "sends staff to floors or doors without telling them to turn back at smoke"
    assert [what in one.what for one in found] == [True]
    assert found[0].where.startswith("fire.yaml:")


def test_a_power_outage_sends_staff_to_doors_freely():
    case = Case(BOOKS["power"], TRAITS, LANGUAGES)
    assert list(staff_turn_back_at_smoke(case)) == []


@pytest.mark.parametrize(
    "said",
    [
        "没有真实火情，不要拨打119。",
        "没有真实火情 勿拨 119",
        "这是演练，请勿报警。",
        "无需出动，请勿转报119。",
        "Nothing is burning. Do not call 119.",
        "There is no need to call the fire brigade.",
        "Never dial 119 today. There is no real fire.",
    ],
)
@pytest.mark.parametrize("slot", ["drill.alert.hold.sms", "drill.update.screens_site.screen", "live.alert.hold.sms"])  # fmt: skip
def test_nobody_is_told_never_to_call(said: str, slot: str):
    (what,) = told(nobody_is_kept_from_calling, said, slot=slot)
    assert what.startswith("tells people not to call for help, whatever happens")


@pytest.mark.parametrize(
    "said",
    [
        "演练请勿报火警，真有险情照常拨打119。",
        "请勿因演练拨打119；如果真的发生危险，请拨打119。",
        "演练没有火情 真有险情请拨 119",
        "Please do not report this drill; in a real emergency call 119.",
        "Do not call 119 for the drill. If there is a real fire, call 119.",
        "Do not use the lifts.",
        "请勿拨打热线",
    ],
)
def test_a_drill_may_ask_not_to_report_it(said: str):
    assert told(nobody_is_kept_from_calling, said, slot="drill.alert.hold.sms") == []


@pytest.mark.parametrize(
    "said",
    [
        "回复2为模拟求助。",
        "求助只是演练，不会真的派人。",
        "演练中求助不用派人。",
        "已记录（演练），不会真的派人。",
        "Noted as part of the drill. Nobody is being called.",
        "Reply 2 to practise a call for help.",
        "If you press 2, no one will come.",
        "Help will not be sent.",
    ],
)
def test_help_in_a_drill_is_never_played(said: str):
    (what,) = told(help_in_a_drill_is_real, said, slot="drill.alert.hold.sms")
    assert what.startswith("says that a call for help in the drill is not real")


def test_a_drill_may_speak_of_real_help_and_a_live_text_is_not_asked():
    for said in (
        "真的需要帮助请按2。",
        "请勿出动",
        "Reply 2 really need help.",
        "Please send no one.",
    ):
        assert told(help_in_a_drill_is_real, said, slot="drill.alert.hold.sms") == []
    assert told(help_in_a_drill_is_real, "Nobody is being called.") == []


@pytest.mark.parametrize(
    "said",
    [
        "正在派人前来。",
        "已派人前往，请等候。",
        "工作人员正在赶来。",
        "马上有人来。",
        "救援人员马上就到。",
        "会有人上门救您。",
        "Help is being sent.",
        "Help is on its way.",
        "Somebody will be with you soon.",
        "The fire brigade is coming.",
        "A crew is on the way.",
        "We are sending a steward.",
        "管家会上门协助您。",
        "已安排人员上门。",
        "保安已出动。",
        "消防员已到场。",
        "我们马上来。",
        "Somebody's coming.",
        "We have sent a colleague.",
        "A steward will knock at your door.",
        "Firefighters are en route.",
        "Help will arrive soon.",
    ],
)
def test_nobody_is_promised_before_anybody_goes(said: str):
    (what,) = told(nobody_is_promised, said)
    assert what.startswith("promises that somebody comes")
    assert promises(said, "zh-CN" if said[0] >= "\u4e00" else "en")


@pytest.mark.parametrize(
    "said",
    [
        "值班经理已收到您的求助。",
        "值班人员会尽快给您回电。",
        "供电正常，无需派人。",
        "请勿自行进入大楼，以免妨碍救援。",
        "住户正撤往南草坪。",
        "We have your call for help.",
        "Please send no one.",
        "Residents are moving to the lawn.",
        "Come and go as usual.",
    ],
)
def test_what_is_no_promise_stays(said: str):
    assert told(nobody_is_promised, said) == []
    assert promises("誰も来ません", "ja") == ""


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("已派員前往。", "zh-Hant"),
        ("管理員正趕來。", "zh-HK"),
        ("係員が向かっています。", "ja"),
        ("直員が到着します。担当者が伺います。", "ja"),
        ("직원이 곧 가고 있습니다.", "ko"),
        ("المساعدة في الطريق إليك", "ar"),
    ],
)
def test_a_promise_in_another_language_is_heard(said: str, language: str):
    assert promises(said, language)


def test_the_words_of_the_first_release_do_not_pass_but_can_still_be_launched():
    """An estate's own copy of the old words: told what to mend, never left without a playbook."""
    old = changed(
        FIRE,
        (
            "楼道有烟或烟进家中：关门，湿毛巾堵门缝，打{{fire_number}}报房号。",
            "此时外出可能遇上浓烟。",
        ),
        ("演练请勿报火警，真有险情照常拨打{{fire_number}}。", "不要拨打{{fire_number}}。"),
    )
    ask = {"name": "own.yaml", "traits": TRAITS, "languages": LANGUAGES}
    assert check_text(old, rules=FAULTS, **ask) == []  # type: ignore[arg-type]
    stopped = check_text(old, rules=STOPS, **ask)  # type: ignore[arg-type]
    assert len(stopped) == 2
    assert all(one.where.startswith("own.yaml:") and one.hint for one in stopped)


def test_a_playbook_without_cap_is_a_fire_by_its_name():
    book = replace(BOOKS["fire"], source={}, key="house")
    case = Case(book, TRAITS, LANGUAGES)
    assert [one for rule in RULES[len(FAULTS) : len(STOPS)] for one in rule(case)] == []
    (hold,) = (t for t in case.texts if t.path[1:] == ("live", "alert", "hold", "sms", "en"))
    for body, count in (("Stay inside.", 1), ("Stay inside. {{nonsense}}", 0)):
        case = Case(book, TRAITS, LANGUAGES)
        case.__dict__["texts"] = (replace(hold, parts={"body": body}),)
        assert len(list(smoke_has_an_answer(case))) == count


def test_the_shipped_playbooks_hurt_nobody():
    for text in (FIRE, POWER):
        assert check_text(text, name="x.yaml", traits=TRAITS, languages=LANGUAGES) == []
