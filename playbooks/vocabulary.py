"""What the rules about harmful words listen for: patterns by language, with their paraphrases.

A language without a pattern is not judged: a rule that cannot read a text says nothing about it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from hub.decide.spoken import base

Heard = Mapping[str, re.Pattern[str]]


def _heard(zh: str, en: str, **others: str) -> Heard:
    found = {tag: re.compile(said) for tag, said in others.items()}
    return {"zh": re.compile(zh), "en": re.compile(en, re.IGNORECASE), **found}


def hears(pattern: Heard, said: str, language: str) -> re.Match[str] | None:
    """The first place where a text says this; None also for a language that is not judged."""
    known = pattern.get(base(language))
    return known.search(unicodedata.normalize("NFKC", said)) if known else None


def judged(language: str) -> bool:
    """Whether the rules can read this language."""
    return base(language) in FIRE


FIRE: Heard = _heard("起火|火警|火情|火灾|着火|失火", r"\bfires?\b|\bsmoke\b|\bblaze\b")

STAY: Heard = _heard(
    "(留|待|呆)在(家|楼|室|房|屋|原)|原地|(不用|不必|无需|不需要?|暂不|先不|不要|请勿|别)"
    "(急于|自行)?(撤离|离开|外出|下楼|出门|疏散)|居家|关门等候|就地(避险|等候|避难)",
    r"\bstay (in|inside|indoors|home|at home|here|where|put)\b|\bremain (in|inside|indoors|where)\b"
    r"|\b(need not|do not need to|don.?t need to|no need to|do not|don.?t) (leave|evacuate|go out)\b"
    r"|\bshelter in place\b|\bkeep inside\b",
)

STAIRS: Heard = _heard(
    "(走|沿|从|由|(?<!占)用|经)(疏散|安全)?(楼梯|步梯|消防通道)|(楼梯|步梯)(间)?(撤|下|离|到|疏散)"
    "|步行(下楼|出楼|撤)|走[一两几]层",
    r"(?<!off )(?<!off the )\bstair(s|way|case|well)?s?\b(?!( and [a-z ]{1,20})? (free|clear))"
    r"|\bwalk (down|one flight|out of the building)\b",
)

SMOKE: Heard = _heard("烟", r"\bsmok[ey]")

SEALED: Heard = _heard(
    "(堵|封|塞)(住|好|严|紧|门|缝|窗)|(打|拨|报|呼叫?|致电)(打|通)?[^，。；]{0,2}[0-9]{3}|报火?警",
    r"\bseal|\b(block|stuff|plug)\b[^.;]{0,20}\b(gap|door|crack)|\b(call|dial|phone|ring) [\d ]{3}"
    r"|\b(call|phone) the fire",
)

UNABLE: Heard = _heard(
    "走不(了|动)|(不能|无法|没法|难以|不便)(走|上下|下|使用)|行动不便|行走不便|腿脚不便|轮椅|下不了楼"
    "|不方便下楼",
    r"\b(cannot|can.?t|can not|unable to|not able to|hard to|difficult to) "
    r"(use|take|manage|walk|climb|get down|go down)"
    r"|\bstairs are (too )?(hard|difficult|steep|much)|\bwheelchair|\bcannot walk|\bstep-free"
    r"|\b(limited|reduced) mobility|\bmobility (problems|needs|impair)",
)

LIFTS: Heard = _heard("电梯|升降机", r"\blifts?\b|\belevators?\b")

SWEEP: Heard = _heard(
    "清查|清楼|逐层|逐户|搜(索|救|寻)|敲门|巡楼|扫楼|排查(各|每|楼|住)",
    r"\bsweep|\bsearch|\bknock|\bdoor.to.door|\bcheck (the|every|each|all) (floor|flat|door)",
)

TURN_BACK: Heard = _heard(
    "退回|撤回|后退|返回|(勿|不|别|禁止)(再)?(进入?|入|上)|无烟|停止(前进|进入)|撤出",
    r"\bturn (back|around)|\bgo back|\bretreat|\bwithdraw|\b(free of|without|no) smoke|\bsmoke.free"
    r"|\bdo not (enter|go (in|on|further))|\bget out",
)

PROMISE: Heard = _heard(
    "(正在|已经?|已經|马上|馬上|立即|立刻|即将|即將)?派(了|出)?(人|员|員|出)(员|員)?[^。，；]{0,4}"
    "(前来|前來|前往|过来|過來|赶来|趕來|上门|上門|去|到)?"
    "|(正在?|马上|馬上|即将|即將|已经?在?|已經在?)(赶|趕|前)(来|來|往|到)|在路上|在途中|(正|已)出(动|動|发|發)"
    "|(马上|馬上|很快|立刻|即刻|稍后|稍後)(就|会|會)?(到|来|來|有人)"
    "|(会|會|将|將)有(人|员|員|专人|專人|救援)[^。，；]{0,5}(来|來|到|去|救|联系|聯繫|上门|上門)"
    "|(人员|人員|管家|保安|救援队?|救援隊|消防员?|消防員|我们|我們|物业|物業)"
    "(正|会|會|将|將|马上|馬上|稍后|稍後|已经?|已經)(在)?(尽快|盡快|立即)?"
    "(上门|上門|赶|趕|前往|到场|到場|到达|到達|来|來|去)"
    "|已(安排|通知|联系|聯繫)[^。，；]{0,6}(上门|上門|前往|前来|前來|到场|到場|过去|過去|接您|救您)"
    "|救援(人员|人員|队|隊)?(正在|马上|馬上|即将|即將|很快)",
    r"\bhelp (is (on (its|the) way|coming|being sent|here|near)|will (come|arrive|reach))"
    r"|\b(somebody|someone|rescuers?|a (team|crew|steward|colleague)|staff|we|they|firefighters"
    r"|the (fire )?(brigade|crew|team|service)) ?('s|'re|is|are|will be|have been|has been) (now )?"
    r"(coming|on (its|the|their|our) way|being sent|sent|with you|there|rushing|en route|dispatched)"
    r"|\bwe('re| are) (sending|coming)\b|\bwe('ll| will) send\b|\bwe('ve| have) sent\b"
    r"|\b(somebody|someone|a (steward|colleague)|staff|they) will (visit|knock|call on|fetch)\b"
    r"|\bwill (come|reach you|be with you|get you)\b|\bon (its|their|the) way\b|\ben route\b"
    r"|\bha(s|ve) been (sent|dispatched)\b|\bis being (sent|dispatched)\b",
    ja="(係員|誰か|救助隊?|スタッフ|担当者)が(向か|伺|参り|行き|到着)|救助に向か|すぐに?(行き|伺い|参り|着き)ます",
    ko="(직원|구조대|누군가|저희)[이가은는]? ?(곧 )?(가고|갑니다|출동|도착|찾아)|출동(했|합)",
    ar="(في الطريق إليك|سيصل|سنرسل|أرسلنا|سيأتي)",
)
_NOT_SENT: Heard = _heard(
    "(无需|不用|不必|请勿|勿|不要|不)(再|另)?派",
    r"\b(no one|nobody|not) (is|are) (coming|being sent)",
)

NOBODY_COMES: Heard = _heard(
    "(不会|不再|不用|不|无人|没有人|没人|并不)(会|真的?|实际|真正)?(的)?(派人|派员|来人|有人来|前来|出动"
    "|处理求助|响应|安排人)|求助(也)?(只是|均为|都是|仅为)(演练|模拟)|(模拟|练习|假装)(求助|需要帮助)",
    r"\b(nobody|no one|no-one|no help|nothing) (is|will be|will|is being|comes?)( really| actually)?"
    r"( be)?( being)? ?(called|sent|coming|come|comes|respond|dispatched)"
    r"|\bhelp (is|will) not (real|coming|come|be sent|being sent)"
    r"|\b(practise|pretend|simulate)\w* (a )?(call|cry|request)? ?(for )?help\b"
    r"|\bnot (really )?be sent\b",
)

UNDER_WAY: Heard = _heard(
    "正在(抢修|维修|修复|修理|扑救|灭火|救援)|(抢修|维修|扑救)(正在进行|中)",
    r"\brepairs? (is|are)? ?(already )?under ?way|\b(is|are) being (repaired|fixed|fought)"
    r"|\b(crews?|engineers?|firefighters?|fire brigade) (is|are) (already )?(at work|working|on site|there)",
)

WITHDRAWN: Heard = _heard(
    "[误誤](发|發|报|報|触|觸)|(发|發)(错|錯)|(错|錯)(发|發)|(虚|虛)(惊|驚)|没有(火情|起火|停电|险情|事故|危险|发生)|不是(真的|事实)|供电正常|一切正常",
    r"\bby mistake\b|\b(in|an) error\b|\bfalse alarm\b|\bmistakenly\b|\bthere is no \w+|\bwas (sent )?wrong"
    r"|\bwas not (true|real)|\bno real\b",
)

BACK_TO_NORMAL: Heard = _heard(
    "(设备|系统|设施|一切|全部|均)(都|均)?(已|已经)?(恢复|复位|正常)|恢复正常",
    r"\bback to normal\b|\b(restored|back in (service|operation)|reset)\b|\bnormal operation\b",
)

FOR_NOW: Heard = _heard(
    "先|目前|暂|继续|仍|等|直到|另行|下一?次",
    r"\bfor now\b|\buntil\b|\bstill\b|\bwait\b|\bat present\b|\bcontinue\b",
)

LABEL_FIRST: Heard = _heard(
    "(平安|安全|不在(家|现场|岗)?|求助|帮助|参加|已练习|收到|到位|撤离|支援)(请)?(回复?|选|按)?[:]?[1-4](?![0-9])",
    r"\b(safe|help|away|out|evacuated|done|received|home|site|part|place)\b[ :=-]{1,2}[1-4](?![0-9:])",
)

DIGITS_ASKED: Heard = _heard(
    "(回复?|答复)(数字)?[:]?\\s*[1-4]", r"\b(reply|answer|text)( with)?:? [1-4]\b"
)

TYPED_NUMBER: Heard = _heard(
    r"(?<![0-9-])(110|112|119|120|122|911|999)(?![0-9])",
    r"(?<![\d-])(110|112|119|120|122|911|999)(?![\d])",
)


def promises(said: str, language: str) -> str:
    """What a text promises of people who come, "" if it promises nothing."""
    kept = unicodedata.normalize("NFKC", said)
    kept = _NOT_SENT[base(language)].sub(" ", kept) if judged(language) else kept
    found = hears(PROMISE, kept, language)
    return found[0].strip() if found else ""
