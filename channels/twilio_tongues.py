"""Voices and our own sentences of a call, by language, as literal tables.

https://www.twilio.com/docs/voice/twiml/say/text-speech: a pair that is not there fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.model import AnswerWord
from hub.tags import nearest

VOICES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "zh": ("cmn-CN", "Polly.Zhiyu"),
        "zh-CN": ("cmn-CN", "Polly.Zhiyu"),
        "zh-Hans": ("cmn-CN", "Polly.Zhiyu"),
        "zh-HK": ("yue-HK", "Google.yue-HK-Standard-A"),  # Cantonese reads it in its own sounds
        "zh-MO": ("yue-HK", "Google.yue-HK-Standard-A"),
        "zh-TW": ("cmn-TW", "Google.cmn-TW-Standard-A"),
        "zh-Hant": ("cmn-TW", "Google.cmn-TW-Standard-A"),
        "yue": ("yue-HK", "Google.yue-HK-Standard-A"),
        "yue-HK": ("yue-HK", "Google.yue-HK-Standard-A"),
        "en": ("en-GB", "Polly.Amy"),
        "en-GB": ("en-GB", "Polly.Amy"),
        "en-US": ("en-US", "Polly.Joanna"),
        "en-AU": ("en-AU", "Polly.Nicole"),
        "en-IN": ("en-IN", "Polly.Raveena"),
        "ar": ("arb", "Polly.Zeina"),
        "da": ("da-DK", "Polly.Naja"),
        "de": ("de-DE", "Polly.Vicki"),
        "es": ("es-ES", "Polly.Lucia"),
        "es-MX": ("es-MX", "Polly.Mia"),
        "es-US": ("es-US", "Polly.Penelope"),
        "fr": ("fr-FR", "Polly.Lea"),
        "fr-CA": ("fr-CA", "Polly.Chantal"),
        "hi": ("hi-IN", "Polly.Aditi"),
        "id": ("id-ID", "Google.id-ID-Standard-A"),
        "it": ("it-IT", "Polly.Bianca"),
        "ja": ("ja-JP", "Polly.Takumi"),
        "ko": ("ko-KR", "Polly.Seoyeon"),
        "ms": ("ms-MY", "Google.ms-MY-Standard-A"),
        "nl": ("nl-NL", "Polly.Lotte"),
        "no": ("nb-NO", "Polly.Liv"),
        "pl": ("pl-PL", "Polly.Ewa"),
        "pt": ("pt-PT", "Polly.Ines"),
        "pt-BR": ("pt-BR", "Polly.Camila"),
        "ru": ("ru-RU", "Polly.Tatyana"),
        "sv": ("sv-SE", "Polly.Astrid"),
        "th": ("th-TH", "Google.th-TH-Standard-A"),
        "tl": ("fil-PH", "Google.fil-PH-Standard-A"),
        "tr": ("tr-TR", "Polly.Filiz"),
        "uk": ("uk-UA", "Google.uk-UA-Standard-A"),
        "vi": ("vi-VN", "Google.vi-VN-Standard-A"),
    }
)
"""Language of the words -> Twilio's language and voice; the nearest one counts."""


def tongue_of(language: str) -> str | None:
    """The language our own sentences are said in beside words in this one; None: there are none."""
    return nearest(language, tuple(WORDS))


HASH: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "zh-CN": re.compile("[#＃]|井号"),
        "zh-Hant": re.compile("[#＃]|井號"),
        "en": re.compile(r"#|\b(hash|pound)\b", re.IGNORECASE),
        "ja": re.compile("[#＃]|シャープ"),
        "ko": re.compile("[#＃]|우물"),
        "ar": re.compile("#|المربع|الشباك"),
    }
)
"""How words speak of the key #."""

WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "zh-CN": {
            "again": "按井号键重听。",
            "wrong": "按键无效，请重按。",
            "over": "此次通知已经结束，不再接受回复。需要帮助请直接打物业电话，"
            "有生命危险请立即拨打{number}。再见。",
            AnswerWord.SAFE: "您已回复：安全。谢谢，再见。",
            AnswerWord.HELP: "已收到您的求助，正在通知值班人员。"
            "如果有生命危险，请挂断后立即拨打{number}。请保持电话畅通。",
            AnswerWord.EVACUATED: "您已回复：已撤离。谢谢，再见。",
            AnswerWord.AWAY: "您已回复：不在。谢谢，再见。",
            AnswerWord.SEEN: "您已回复：收到。谢谢，再见。",
        },
        "en": {
            "again": "Press hash to hear it again.",
            "wrong": "That key is not in use. Please press again.",
            "over": "This alert is over, and answers are no longer taken. If you need help, phone "
            "the estate office. If your life is in danger, call {number} now. Goodbye.",
            AnswerWord.SAFE: "Noted: you are safe. Thank you. Goodbye.",
            AnswerWord.HELP: "We have your call for help and are telling the duty team. "
            "If your life is in danger, hang up and call {number} now. Keep this phone free.",
            AnswerWord.EVACUATED: "Noted: you have left the building. Thank you. Goodbye.",
            AnswerWord.AWAY: "Noted: you are away. Thank you. Goodbye.",
            AnswerWord.SEEN: "Noted: you have received this. Thank you. Goodbye.",
        },
        "zh-Hant": {
            "again": "按井號鍵重聽。",
            "wrong": "這個按鍵沒有作用。",
            "over": "此次通知已經結束，不再接受回覆。需要協助請直接致電管理處，"
            "有生命危險請立即致電{number}。再見。",
            AnswerWord.SAFE: "您已回覆：安全。謝謝，再見。",
            AnswerWord.HELP: "已收到您的求助，正在通知值班人員。"
            "如有生命危險，請掛斷後立即致電{number}。請保持電話暢通。",
            AnswerWord.EVACUATED: "您已回覆：已疏散。謝謝，再見。",
            AnswerWord.AWAY: "您已回覆：不在現場。謝謝，再見。",
            AnswerWord.SEEN: "您已回覆：收到。謝謝，再見。",
        },
        "ja": {
            "again": "もう一度聞くには、シャープを押してください。",
            "wrong": "そのボタンは使えません。",
            "over": "このお知らせは終了し、回答の受付は終わっています。助けが必要なときは"
            "管理事務所に電話してください。命の危険があるときは、すぐに{number}へ。失礼します。",
            AnswerWord.SAFE: "無事、と承りました。ありがとうございました。",
            AnswerWord.HELP: "救助の要請を受け付け、当直に知らせています。命の危険があるときは、"
            "電話を切って、すぐに{number}へかけてください。電話を空けておいてください。",
            AnswerWord.EVACUATED: "避難した、と承りました。ありがとうございました。",
            AnswerWord.AWAY: "不在、と承りました。ありがとうございました。",
            AnswerWord.SEEN: "確認した、と承りました。ありがとうございました。",
        },
        "ko": {
            "again": "다시 들으시려면 우물 정자를 누르세요.",
            "wrong": "사용하지 않는 버튼입니다.",
            "over": "이 알림은 종료되어 더 이상 답변을 받지 않습니다. 도움이 필요하면 관리사무소에"
            " 전화하세요. 생명이 위험하면 즉시 {number}에 전화하세요.",
            AnswerWord.SAFE: "안전하다고 접수했습니다. 감사합니다.",
            AnswerWord.HELP: "도움 요청을 받아 당직자에게 알리고 있습니다. 생명이 위험하면"
            " 전화를 끊고 즉시 {number}에 전화하세요. 전화를 비워 두세요.",
            AnswerWord.EVACUATED: "대피했다고 접수했습니다. 감사합니다.",
            AnswerWord.AWAY: "현장에 없다고 접수했습니다. 감사합니다.",
            AnswerWord.SEEN: "확인했다고 접수했습니다. 감사합니다.",
        },
        "ar": {
            "again": "للاستماع مرة أخرى اضغط مفتاح المربع.",
            "wrong": "هذا المفتاح لا معنى له هنا.",
            "over": "انتهى هذا الإنذار ولم تعد الردود تُستقبل. إذا احتجت إلى مساعدة فاتصل بمكتب"
            " الإدارة، وإذا كانت حياتك في خطر فاتصل فورًا بالرقم {number}. مع السلامة.",
            AnswerWord.SAFE: "سجّلنا أنك بأمان. شكرًا، مع السلامة.",
            AnswerWord.HELP: "وصلنا طلبك للمساعدة ونبلغ الفريق المناوب. إذا كانت حياتك في خطر فأنهِ"
            " المكالمة واتصل فورًا بالرقم {number}. أبقِ هاتفك متاحًا.",
            AnswerWord.EVACUATED: "سجّلنا أنك خرجت. شكرًا، مع السلامة.",
            AnswerWord.AWAY: "سجّلنا أنك لست هناك. شكرًا، مع السلامة.",
            AnswerWord.SEEN: "سجّلنا أنك استلمت الرسالة. شكرًا، مع السلامة.",
        },
    }
)
"""Our own sentences of a call. Nothing here promises that somebody comes: nobody has been asked yet
when a key is pressed."""

NUMBER: Final[Mapping[str, str]] = MappingProxyType({"zh-CN": "幺幺九", "en": "1 1 9"})
"""Whom to call in danger where the hub names no number, as it is spoken; else as in English."""
