"""What somebody tells of that is a cry without the word help: gas, fire, no breath, a lost child.

Read clause by clause. "No gas leak here" tells of none, "is there a gas leak?" asks, "the leak is
mended" is over: these are left to a person to read. "Why does it smell of gas?" tells of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple


class _Clause(NamedTuple):
    """What stands between two signs. `asks`: it ends in a question mark."""

    said: str
    asks: bool


def in_peril(said: str) -> bool:
    """Whether these words, folded, tell of danger to somebody."""
    return any(_told(clause, said) for clause in _clauses(said))


def _clauses(said: str) -> Iterator[_Clause]:
    for found in _CLAUSE.finditer(said):
        yield _Clause(found[1].strip(), "?" in found[2])


def _told(clause: _Clause, said: str) -> bool:
    asked = _ASKED.search(clause.said)
    if not asked and _SENT_FOR.search(clause.said):
        return True
    if asked or _WHETHER.search(clause.said) or (clause.asks and not _OWN.search(clause.said)):
        return False
    return any(_stands(found, clause.said, said) for found in _PERIL.finditer(clause.said))


def _stands(found: re.Match[str], clause: str, said: str) -> bool:
    """Whether this is so here and now: not denied before it, not over behind it. A fire in a
    tower or on a floor that is named is news of those who are well."""
    before, after = clause[: found.start()], clause[found.end() :]
    if _DENIED.search(before) or _OVER.search(after):
        return False
    return not (_FIRE.fullmatch(found[0]) and _ELSEWHERE.search(before) and _WELL.search(said))


_HAN = r"\u4e00-\u9fff"
_CLAUSE: Final = re.compile(
    rf"((?:[^,.!?;:。\n\s]|(?<![{_HAN}])[^\S\n]+(?![{_HAN}])|[.:](?=\d))+)([\s,.!?;:。]*)"
)
_GAS = r"(?:煤[气氣]|燃[气氣]|天然[气氣]|液化[气氣]|瓦斯)"
_KIN = (
    r"(?:孩子|小孩|宝宝|寶寶|娃|细路|細路|老人|爸|妈|媽|奶奶|爷爷|爺爺|外婆|外公|老公|老婆|老伴|儿子|兒子"
    r"|女儿|女兒|哥哥|弟弟|姐姐|妹妹|家人)"
)
_KIN_EN = (
    r"(?:kids?|child(?:ren)?|baby|son|daughter|m[uo]m(?:my)?|mother|dad(?:dy)?|father|grand\w+|wife"
    r"|husband|brother|sister|boy|girl|toddler|parents|family|neighbou?r)"
)
_FIRE: Final = re.compile(r"[着起失著]火")

_PERIL: Final = re.compile(
    # gas
    rf"{_GAS}[^\s,。没沒未不无無]{{0,3}}?(?:泄|洩|漏)(?:漏|露|了)?|{_GAS}(?:的)?[气氣]?(?:味|臭)|漏煤?[气氣]"
    rf"|{_GAS}[^\s,。]{{0,2}}中毒|中毒(?:了|$)|一氧化碳(?:中毒|超标|超標|$)"
    rf"|(?:{_GAS}|一氧化碳)[报報]警器?(?:在|一直)?[响響]"
    # fire
    r"|[着起失著]火(?!点|點|原因|位置|时间|時間|那|的|后|後|灶)|火[灾災](?:了|啦|$)|发生火[灾災]"
    r"|[烧燒](?:起来|起來|着了|著了|过来|過來|到)|火[势勢]?(?:很|太|好|特别|越来越|越來越)大|火苗"
    r"|(?:焦|糊)味(?!道|火锅|饼)"
    # breath, heart, mind
    r"|呼吸不(?:了|上|到)|(?:不能|没法|沒法|难以|難以|不会)呼吸|(?:哮喘|气喘|氣喘)(?!药|藥)|窒息|噎(?:住|到|着)"
    r"|胸口?(?:很|好|特别)?(?:闷|悶|疼|痛)|中[风風](?:了|$)|[脑腦](?:溢血|出血|梗)|(?:没|沒)有?(?:意识|意識|知觉|反应了)"
    r"|失去(?:意识|意識|知觉)|叫不醒|[喊唤喚]不醒|不省人事|(?:人|突然|老伴|他|她|爸|妈|媽)[^\s,]{0,3}倒(?:下|地|在)"
    r"|抽搐|抽筋|休克|羊水|快?要生了|(?:临|臨)[产產]|吐血|咯血|自[杀殺]|[轻輕]生|跳[楼樓](?!梯|价|價)|割腕"
    rf"|{_KIN}[^\s,]{{0,2}}不行了"
    # held, struck
    r"|[触觸]电|[触觸]電|[漏][电電]|爆炸|坍?塌|[压壓](?:住|在下)|砸(?:到|中)|动[弹彈]不|動[弹彈]不"
    r"|困人|[关關]在(?:电梯|電梯|屋|房|里|裡)|(?<![禁行饭飯门門身])卡在(?:电梯|電梯|门|門|里|裡|中)"
    r"|水淹|淹(?:进|進|过来|過來|到)|持刀|砍人|打劫|抢劫|搶劫|[杀殺]人|打人|被打"
    # lost, left inside
    rf"|(?:找不到|[联聯][系繫]不上)(?:我|我的|我家|我们)?{_KIN}"
    rf"|{_KIN}[^\s,没沒未]{{0,4}}(?:找不(?:到|着)|不[见見]了|走[丢失散]|走丟|唔[见見]|失[踪蹤联聯]|[联聯][系繫]不上)"
    r"|(?<![没沒未])走[失丢丟]了?|(?:里面|裡面|屋里|屋裡|楼上|樓上|楼里|家里)[^\s,]{0,3}[还還]有人"
    rf"|[还還]有(?:人|{_KIN})[^\s,]{{0,3}}(?:在(?:里|裡|屋|楼|樓|上面|家)|[没沒](?:有)?(?:出|下|撤|逃))"
    r"|有人[还還]?(?:没|沒)(?:有)?(?:出来|出來|下来|下來|撤|逃)"
    # English
    r"|\b(?:gas\s+(?:leak\w*|smells?|odou?r|(?:is\s+)?(?:leaking|escaping))|leak\w*\s+(?:of\s+)?gas"
    r"|(?:smell\w*|odou?r|stinks?|reeks?)\s+(?:\w+\s+)?(?:of\s+|like\s+)(?:gas|burning|smoke)"
    r"|smell(?:ed|t|ing)\s+(?:gas|burning|smoke)|(?:is\s*n.?t|are\s*n.?t)\s+breathing"
    r"|carbon\s+monoxide|co\s+alarm\s+(?:is\s+)?(?:go|beep|ring|sound)\w+"
    r"|there.?(?:s|\s+is)\s+(?!no\b)(?:a\s+)?(?:\w+\s+)?fire(?!\s*(?:drill|alarm|door|exit|test|truck|engine))"
    r"|fire\s+(?:at|outside|behind|by|near)\s+(?:my|our|the)\s+(?:door|flat|window|room)"
    r"|(?:house|flat|kitchen|apartment|building|room|something|car|bike|scooter|battery)\s+"
    r"(?:is\s+)?(?:burning|ablaze|in\s+flames)|caught\s+fire|catching\s+fire|flames\b"
    r"|burning\s+smell|(?:hard|struggling|unable)\s+to\s+breathe|short(?:ness)?\s+of\s+breath"
    r"|(?:difficulty|trouble|problems?)\s+breathing|chest\s+pains?|pains?\s+in\s+(?:my|his|her)\s+chest"
    r"|passed\s+out|faint(?:ed|ing)|seizures?|convuls\w+|unresponsive|asthma(?:\s+attack)?"
    r"|(?:he|she|him|her|man|woman|baby|mother|father)(?:.s|\s+is)?\s+not\s+respond\w+"
    r"|(?:wo\s*n.?t|will\s+not|ca\s*n.?t|can\s*not)\s+wake|(?:no|lost|out\s+of)\s+(?:\w+\s+)?(?:inhaler|insulin)"
    r"|(?:in|into)\s+labou?r|water\s+(?:has\s+)?broke|waters\s+broke|overdos\w+|poisoned|allergic\s+reaction"
    r"|anaphyla\w+|electrocut\w+|electric\s+shock|suicid\w+|explosions?|explod\w+|blew\s+up"
    r"|stabb\w+|shots\s+fired|with\s+a\s+(?:knife|gun)|robbery|being\s+robbed|intruders?|attacked"
    r"|jumped\s+(?:off|from|out)|someone\s+jumped|drowning|water\s+(?:is\s+)?rising"
    rf"|(?:ca\s*n.?t|cannot|can\s+not|could\s*n.?t)\s+(?:find|reach)\s+(?:my|our|the)\s+(?:\w+\s+)?{_KIN_EN}"
    rf"|lost\s+(?:my|our)\s+{_KIN_EN}"
    rf"|{_KIN_EN}(?:.s|\s+is|\s+are|\s+has|\s+have)?\s+(?:gone\s+)?(?:missing|disappeared)"
    rf"|(?:people|persons?|some\s*(?:one|body)|{_KIN_EN})(?:.s|\s+is|\s+are)?\s+(?:still\s+)?"
    r"(?:inside|upstairs|in\s+there))(?![a-z])"
    r"|^\W*fire+(?:\W+fire+)*\W*$"
    # Spanish
    r"|\bhuele(?:\s+\w+)?\s+a\s+(?:gas|quemado)|\b(?:fuga|escape|olor)\s+(?:de|a)\s+gas|\bhay\s+(?:un\s+)?"
    r"(?:fuego|incendio|llamas)|\b(?:fuego|incendio)\s+en\s+(?:mi|el|la|nuestr)|\bno\s+respira\b|\binfarto\b"
    r"|\bse\s+desmay[óo]|\bno\s+encuentro\s+a\s+mi\b"
    # Japanese
    r"|ガス(?:漏れ|もれ|が漏|の臭|の匂|のにおい|臭)|火事(?:です|だ|$)|燃えて(?:い|る|ます)|心臓発作|意識が(?:ない|ありません)"
    r"|救急車|(?:子供|子ども|息子|娘|母|父)が(?:いない|いません|見つから)"
    # Arabic
    r"|تسر[بي]\S*\s+(?:ال)?غاز|رائحة\s+(?:ال)?غاز|حريق|(?:ا|أ)ختنق|نوبة\s+قلبية|لا\s+يتنفس"
)

_SENT_FOR: Final = re.compile(
    r"(?:快|赶紧|趕緊|马上|馬上|请|請)?(?<!不用)(?<!不必)(?<!不要)(?<!别)(?<!谢)(?<!謝)派(?:个|個|点)?(?:人|医生|醫生|保安)"
    r"(?!\S{0,4}(?:修|收|打扫|打掃|清|拿|搬|换|換|装|裝|送))"
    r"|(?<!不)(?:需要|叫|找|送|派)(?:个|個)?(?:医生|醫生|急救|担架|擔架)"
    r"|(?:快|赶紧|趕緊|帮我|幫我|马上|馬上)[报報]火?警(?!器)|^[报報]火?警(?:啊|吧)?$"
    r"|(?<!not )(?<!n't )(?<!dont )(?<!never )(?<!no )\b(?:need|send|call|get)\s+(?:us\s+|me\s+)?"
    r"(?:(?:a|an|the)\s+)?(?:doctor|medics?|paramedics?|nurse)\b"
    r"|(?<!not )(?<!n't )(?<!dont )\bsend\s+(?:some\s*(?:one|body)|security|people|the\s+police)\b"
    r"(?!\s+to\s+(?:fix|repair|clean|collect|pick|read|replace))"
)
"""Somebody is asked for: also in a question ("could you send a doctor?")."""

_ASKED: Final = re.compile(
    r"(?:吗|嗎|么|麼|(?<!有)没|(?<!有)沒|没有|沒有|否)$|是不是|有没有|有沒有|有无|有無|是否|哪|(?<![为為])(?:什么|甚麼)|谁|誰|听说|聽說|据说"
    r"|(?:为什么|為什麼|怎么|怎麼)[^,.]{0,6}[着起失著]火(?!.{0,3}(?:了|怎))"
    r"|^(?:(?:ok|hi|hello|so|but|and|sorry)\W+)*(?:is|are|was|were|do|does|did|has|have|had|should|shall"
    r"|what|where|which|who|when|any|whether)\b"
)
"""It is asked whether it is so."""

_WHETHER: Final = re.compile(r"^(?:(?:ok|hi|so|but|and)\W+)*(?:can|could|will|would)\s+(?!not)")
"""A question, unless somebody is asked for."""

_OWN: Final = re.compile(
    r"我|这里|這裡|这边|家里|家裡|屋里|屋裡|厨房|廚房|好像|可能|疑似|怀疑|感觉|怎么办|怎麼辦|为什么|為什麼|怎么|怎麼"
    r"|\b(?:my|our|here|maybe|i\s+think|possible|possibly|why)\b"
)
"""Not sure, and yet at home: a question mark alone does not make it a question."""

_DENIED: Final = re.compile(
    r"(?:(?:没|沒)(?:有)?|冇|无|無|未|不是|并非|並非|并没有?|不用|不会)"
    r"(?:任何|什么|闻到|聞到|看到|看见|发现|發現|发生|發生|出现|感觉到?|检测到|有人?|再|人被?|被|过|過|明显|一点|点"
    r"|(?:明火|浓?烟|火|异味|焦味)[和或及、])*$|不(?:再|觉得|太|怎么)?$"
    r"|(?:\b(?:no|not|never|without|nobody|no\s*one|none|nor)|n.?t)"
    r"(?:\s+(?:any|a|an|the|have|having|had|has|is|are|was|more|signs?|of|smell|see|hear|notice|feel|find"
    r"|longer|visible|strong|there|been|got|really|here|\w+\s+(?:or|nor)))*\s*$"
    r"|\bsin\s+$|\bno\s+(?:hay|tengo|huele\s+a)\s+(?:una?\s+)?$|(?:لا\s+يوجد|ليس\s+هناك|لا)\s*$"
)

_OVER: Final = re.compile(
    r"^(?:的)?(?:通知|短信|演练|演習|演习|消息|电话|報警器|报警器(?![^,]{0,3}[响響])|检测|檢測|费|費|原因|公司|预案|险|险了|药|藥)"
    r"|(?<![没沒未无不人])(?:已经?|已經|都)(?:处理|處理|排除|修好|解决|解決|关|關|扑|撲|灭|滅|找到|控制)"
    r"|(?:处理好|處理好|修好|扑灭|撲滅|灭|滅|解除|控制住)了|演练|演習|演习|误报|誤報|是假的"
    r"|^\s*(?:is\s+|has\s+been\s+|was\s+|are\s+|now\s+|all\s+|been\s+)*(?:fixed|over|out|resolved|repaired|found"
    r"|gone|stopped|false|sorted|mended|safe|fine|okay|ok|well|and\s+safe|under\s+control"
    r"|drill|exercise|detectors?|insurance|company|bill|test)\b"
    r"|ではありません|はない|はありません"
)
"""Behind it: it is over, or only talked about."""

_ELSEWHERE: Final = re.compile(
    r"\d\s*(?:栋|棟|幢|号楼|號樓|座|单元|單元|楼|樓|层|層)|那[边邊]|外面|小区"
)
_WELL: Final = re.compile(
    r"没事|沒事|安全|平安|[撤下出](?:离|離|楼|樓|来|來)|不在|收到|知道|\bsafe\b|\bfine\b"
)
