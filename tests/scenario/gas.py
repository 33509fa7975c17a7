"""A site's own playbook in four languages: a gas leak, in the words of those who live there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LANGUAGES = ("zh-HK", "en", "ar", "ja")

Words = Mapping[str, str]

NAME: Words = {"zh-HK": "煤氣洩漏", "en": "Gas leak", "ar": "تسرّب غاز", "ja": "ガス漏れ"}
HAZARD = {tag: [name] for tag, name in NAME.items()}
ACTION = {
    "zh-HK": ["離開大廈", "練習"],
    "en": ["leave the building", "practise"],
    "ar": ["غادروا المبنى", "تدرّبوا"],
    "ja": ["外へ避難", "練習"],
}
LIVE: Mapping[str, Words] = {
    "alert": {
        "zh-HK": "{{place}}煤氣洩漏。請立即離開大廈，勿用升降機，勿開關電掣。",
        "en": "Gas leak at {{place}}. Leave the building now. No lifts, touch no switches.",
        "ar": "تسرّب غاز في {{place}}. غادروا المبنى فورًا. لا مصاعد ولا مفاتيح كهرباء.",
        "ja": "{{place}}でガス漏れ。すぐに外へ避難してください。スイッチに触れないこと。",
    },
    "update": {
        "zh-HK": "{{place}}煤氣洩漏仍在處理，請留在大廈外。",
        "en": "The gas leak at {{place}} is still being worked on. Stay outside.",
        "ar": "ما زال العمل جاريًا على تسرّب الغاز في {{place}}. ابقوا في الخارج.",
        "ja": "{{place}}のガス漏れは対応中です。建物の外にいてください。",
    },
    "all_clear": {
        "zh-HK": "{{place}}煤氣洩漏已處理，可以返回。",
        "en": "The gas leak at {{place}} is over. You may go back.",
        "ar": "انتهى تسرّب الغاز في {{place}}. يمكنكم العودة.",
        "ja": "{{place}}のガス漏れは収まりました。お戻りください。",
    },
    "correction": {
        "zh-HK": "{{time_of_original}}關於{{place}}的通知為誤發，沒有煤氣洩漏。",
        "en": "The {{time_of_original}} notice about {{place}} was an error: no gas leak.",
        "ar": "إشعار {{time_of_original}} عن {{place}} أُرسل خطأً: لا يوجد تسرّب غاز.",
        "ja": "{{time_of_original}}の{{place}}のお知らせは誤りでした。ガス漏れはありません。",
    },
}
DRILL: Mapping[str, Words] = {
    "alert": {
        "zh-HK": "【演練】設想{{place}}煤氣洩漏，並無危險。住戶請練習步行下樓。",
        "en": "DRILL. We imagine a gas leak at {{place}}; please practise walking down.",
        "ar": "تدريب: نفترض تسرّب غاز في {{place}}. تدرّبوا على النزول مشيًا بهدوء.",
        "ja": "【訓練】{{place}}のガス漏れを想定します。歩いて降りる練習をお願いします。",
    },
    "update": {
        "zh-HK": "【演練】演練繼續，請按步驟進行。",
        "en": "DRILL. The practice goes on as planned.",
        "ar": "تدريب: يستمر التمرين كما هو مخطط.",
        "ja": "【訓練】訓練を続けます。手順に沿って進めてください。",
    },
    "all_clear": {
        "zh-HK": "【演練】演練到此結束，多謝參與。",
        "en": "DRILL. The practice is over, thank you.",
        "ar": "تدريب: انتهى التمرين، شكرًا لمشاركتكم.",
        "ja": "【訓練】訓練は以上で終わりです。ご協力ありがとうございました。",
    },
    "correction": {
        "zh-HK": "【演練】先前的演練短訊有誤，請不用理會。",
        "en": "DRILL. The earlier drill text was wrong, please ignore it.",
        "ar": "تدريب: كان نص التدريب السابق خاطئًا، يُرجى تجاهله.",
        "ja": "【訓練】先ほどの訓練文は誤りでした。無視してください。",
    },
}
TAIL: Words = {
    "zh-HK": "{{issued}} {{source}}",
    "en": "{{issued}}, {{source}}",
    "ar": "{{issued}}، {{source}}",
    "ja": "{{issued}} {{source}}",
}
NEXT: Words = {
    "zh-HK": "，{{next_update}}前更新",
    "en": ", next update by {{next_update}}",
    "ar": "، التحديث التالي قبل {{next_update}}",
    "ja": "、次の更新は{{next_update}}まで",
}
ANSWER: Words = {
    "zh-HK": "{% if replies %}。回覆1安全、2需要協助{% endif %}",
    "en": "{% if replies %}. Reply 1 safe, 2 need help{% endif %}",
    "ar": "{% if replies %}. أجب 1 بأمان، 2 أحتاج مساعدة{% endif %}",
    "ja": "{% if replies %}。返信 1無事 2助けが必要{% endif %}",
}
DEEDS: Words = {
    "zh-HK": "請離開大廈",
    "en": "Leave the building",
    "ar": "غادروا المبنى",
    "ja": "外へ避難してください",
}
PRACTICE: Words = {
    "zh-HK": "請練習步行",
    "en": "Practise walking down",
    "ar": "تدرّبوا على النزول",
    "ja": "歩く練習をしてください",
}
DRILL_NAME: Words = {
    "zh-HK": "【演練】煤氣洩漏",
    "en": "DRILL: gas leak",
    "ar": "تدريب: تسرّب غاز",
    "ja": "【訓練】ガス漏れ",
}


def playbook(*, version: int = 1) -> str:
    """The playbook as a file a site would keep (JSON is YAML)."""
    book: dict[str, Any] = {
        "key": "gas",
        "version": version,
        "name": NAME,
        "summary": NAME,
        "level": "P1",
        "icon": "gas",
        "lane": "urgent",
        "expires": "24h",
        "update_every": "24h",
        "place_depth": "floor",
        "cap": {
            "category": "Safety",
            "event": "Gas leak",
            "responseType": "Evacuate",
            "urgency": "Immediate",
            "severity": "Severe",
            "certainty": "Observed",
        },
        "must_say": {"hazard": HAZARD, "action": ACTION},
        "bands": [
            {"key": "homes", "name": NAME, "kinds": ["resident"], "where": "building"},
            {"key": "staff", "name": NAME, "kinds": ["staff"], "where": "site"},
            {"key": "screens", "name": NAME, "kinds": ["screen"], "where": "building"},
        ],
        "waves": [
            {
                "key": "now",
                "name": NAME,
                "after": "0s",
                "bands": ["homes", "staff", "screens"],
                "channels": ["sms", "screen"],
                "until": "none",
            },
            {
                "key": "call",
                "name": NAME,
                "after": "2s",
                "bands": ["homes"],
                "channels": ["voice"],
            },
            {"key": "door", "name": NAME, "after": "1h", "bands": ["homes"], "channels": ["door"]},
        ],
        "words": {"live": _stages(LIVE, drill=False), "drill": _stages(DRILL, drill=True)},
    }
    return json.dumps(book, ensure_ascii=False, indent=1)


def _stages(said: Mapping[str, Words], *, drill: bool) -> dict[str, Any]:
    return {stage: {"*": _channels(stage, words, drill=drill)} for stage, words in said.items()}


def _channels(stage: str, words: Words, *, drill: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"sms": {}, "voice": {}, "page": {}, "screen": {}}
    for tag, text in words.items():
        tail = TAIL[tag] + (NEXT[tag] if stage in {"alert", "update"} else "")
        title = DRILL_NAME[tag] if drill else NAME[tag]
        deed = PRACTICE[tag] if drill else DEEDS[tag]
        whole = f"{text} {tail}"
        link = f"{ANSWER[tag]} {{{{link}}}}" if stage == "alert" else ""
        made["sms"][tag] = whole + link
        made["voice"][tag] = {"body": whole}
        made["page"][tag] = {"title": title, "do": deed, "facts": text}
        made["screen"][tag] = {
            "headline": title,
            "action": deed,
            "detail": "{{place}}",
            "way": deed,
        }
    return made
