"""What the people of a drill are told when something real ends it, in the hub's own words.

No playbook writes them: they are the same whatever was practised and whatever has begun, they say
that the drill is over and where to look, and they never say that a danger is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hub.decide.emergency import number_for
from hub.decide.spoken import in_language, spoken_place
from hub.decide.target import Target
from hub.decide.texts import CHATS, PAGE, SCREEN, VOICE
from hub.decide.variables import public_place
from hub.model import Playbook, Stage
from hub.tags import nearest

Parts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tongue:
    """What one language says. `body` is the text, `heard` the call; the rest are lines of their
    own, for a screen, a page or a push."""

    body: str
    heard: str
    head: str
    do: str
    facts: str
    way: str


TONGUES: Mapping[str, Tongue] = {
    "zh-CN": Tongue(
        "【演练】演练到此停止。现在是真实事件：{{real_name}}，{{real_place}}。请按真实事件的通知做，"
        "不要再按演练做；没有收到通知请点链接。{{issued}} {{source}} {{link}}",
        "您好，这里是{{source}}。演练到此停止。现在是真实事件：{{real_place}}，{{real_name}}。"
        "请按真实事件的通知做，不要再按演练做。有生命危险请拨打{{real_number}}。",
        "真实事件：{{real_name}}",
        "演练已停止 请按真实通知做",
        "{{real_place}}。这不是演练。有生命危险请拨打 {{real_number}}。{{issued}} {{source}}",
        "请听广播和工作人员指挥",
    ),
    "en": Tongue(
        "DRILL stopped. This is real now: {{real_name}}, {{real_place}}. Do what the real notice"
        " says, no longer what the drill said. If you have no notice, open the link."
        " From {{source}}, {{issued}}. {{link}}",
        "This is {{source}}. The drill has stopped. This is real now: {{real_name}}, {{real_place}}."
        " Do what the real notice says, no longer what the drill said. If your life is in danger,"
        " call {{real_number}}.",
        "REAL: {{real_name}}",
        "Drill stopped. Do what the real notice says",
        "{{real_place}}. This is not the drill. If your life is in danger, call {{real_number}}."
        " From {{source}}, {{issued}}.",
        "Follow announcements and staff",
    ),
    "zh-Hant": Tongue(
        "【演練】演練到此停止。現在是真實事件：{{real_name}}，{{real_place}}。請按真實事件的通知做，"
        "不要再按演練做；沒有收到通知請點連結。{{issued}} {{source}} {{link}}",
        "您好，這裡是{{source}}。演練到此停止。現在是真實事件：{{real_place}}，{{real_name}}。"
        "請按真實事件的通知做，不要再按演練做。如有生命危險請致電{{real_number}}。",
        "真實事件：{{real_name}}",
        "演練已停止 請按真實通知做",
        "{{real_place}}。這不是演練。如有生命危險請致電 {{real_number}}。{{issued}} {{source}}",
        "請聽廣播和工作人員指示",
    ),
    "ja": Tongue(
        "【訓練】訓練は中止します。これは本当の事態です：{{real_name}}、{{real_place}}。訓練ではなく、"
        "本当の通知の指示に従ってください。通知が届いていない方はリンクを開いてください。"
        "{{issued}} {{source}} {{link}}",
        "{{source}}です。訓練は中止します。これは本当の事態です。{{real_place}}、{{real_name}}。"
        "訓練ではなく、本当の通知の指示に従ってください。命の危険があるときは{{real_number}}に"
        "電話してください。",
        "実際の事態：{{real_name}}",
        "訓練は中止 本当の通知に従う",
        "{{real_place}}。訓練ではありません。命の危険があるときは {{real_number}} へ。"
        "{{issued}} {{source}}",
        "放送と係員の指示に従う",
    ),
    "ko": Tongue(
        "[훈련] 훈련을 중단합니다. 지금은 실제 상황입니다: {{real_name}}, {{real_place}}. 훈련이 아니라"
        " 실제 안내를 따르세요. 안내를 받지 못했으면 링크를 여세요. {{issued}} {{source}} {{link}}",
        "{{source}}입니다. 훈련을 중단합니다. 지금은 실제 상황입니다. {{real_place}}, {{real_name}}."
        " 훈련이 아니라 실제 안내를 따르세요. 생명이 위험하면 {{real_number}}로 전화하세요.",
        "실제 상황: {{real_name}}",
        "훈련 중단, 실제 안내를 따르세요",
        "{{real_place}}. 훈련이 아닙니다. 생명이 위험하면 {{real_number}}로 전화하세요."
        " {{issued}} {{source}}",
        "방송과 직원의 안내를 따르세요",
    ),
    "ar": Tongue(
        "تدريب: توقف التدريب. هذا حدث حقيقي الآن: {{real_name}}، {{real_place}}. اتبع الإشعار الحقيقي"
        " وليس التدريب. إذا لم يصلك إشعار فافتح الرابط. {{source}}، {{issued}}. {{link}}",
        "معكم {{source}}. توقف التدريب. هذا حدث حقيقي الآن: {{real_place}}، {{real_name}}."
        " اتبع الإشعار الحقيقي وليس التدريب. إذا كانت حياتك في خطر فاتصل بالرقم {{real_number}}.",
        "حدث حقيقي: {{real_name}}",
        "توقف التدريب، اتبع الإشعار الحقيقي",
        "{{real_place}}. هذا ليس تدريباً. إذا كانت حياتك في خطر فاتصل بالرقم {{real_number}}."
        " {{source}}، {{issued}}",
        "اتبع الإعلانات وتعليمات الموظفين",
    ),
}


def told_of_real(playbook: Playbook, kind: str, languages: Iterable[str]) -> Playbook:
    """The playbook of a drill with these words as its last, in each language somebody of it is told
    in: the nearest there is, else English."""
    said: dict[str, dict[str, Parts]] = {}
    for tag in languages:
        tongue = TONGUES[nearest(tag, tuple(TONGUES)) or "en"]
        for channel, parts in _by_channel(tongue).items():
            said.setdefault(channel, {})[tag] = parts
    return replace(playbook, words={kind: {str(Stage.CORRECTION): {"*": said}}})


def real_values(
    real: Playbook, target: Target, settings: Mapping[str, Any], *, language: str
) -> dict[str, str]:
    """What these words say of the real incident: its name, its place, whom to call."""
    place = public_place(target.place, real.place_depth)
    return {
        "real_name": in_language(real.name, language, real.key),
        "real_place": spoken_place(place, language, building_name=target.building_name),
        "real_number": number_for(real.calls, settings),
    }


def _by_channel(tongue: Tongue) -> Mapping[str, Parts]:
    stop = "。" if "。" in tongue.facts else ". "
    told = {"title": tongue.head, "body": f"{tongue.do}{stop}{tongue.facts}"}
    screen = {"headline": tongue.head, "action": tongue.do, "way": tongue.way}
    return {
        "sms": {"body": tongue.body},
        VOICE: {"body": tongue.heard},
        "push": told,
        "email": told,
        **dict.fromkeys(sorted(CHATS), told),
        SCREEN: {**screen, "detail": "{{real_place}}"},
        PAGE: {"title": tongue.head, "do": tongue.do, "facts": tongue.facts},
    }
