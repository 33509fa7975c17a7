"""Words people text back, by what they mean, in the languages an estate speaks.

Everything is compared after folding (`replies.folded`): half-width, lower-case, typographic
apostrophes straight, no accents of Arabic. Both Chinese scripts stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from hub.model import AnswerWord

STOP_WORDS: Final = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
    | {"退订", "td", "回td", "取消订阅", "退訂", "取消訂閱"}
)
START_WORDS: Final = frozenset({"start", "unstop", "恢复订阅", "恢復訂閱"})

DIGIT_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("一", "壹", "one", "uno", "いち", "واحد"), "1"),
    **dict.fromkeys(("二", "贰", "貳", "两", "兩", "two", "dos", "に", "اثنان", "اثنين"), "2"),
    **dict.fromkeys(("三", "叁", "參", "three", "tres", "さん", "ثلاثة"), "3"),
    **dict.fromkeys(("四", "肆", "four", "cuatro", "よん", "أربعة", "اربعة"), "4"),
}
"""A digit written out: only where it is all that was said."""

SAYS: Final[Mapping[AnswerWord, frozenset[str]]] = {
    AnswerWord.SAFE: frozenset(
        {"安全", "我安全", "我很安全", "我们安全", "我们都安全", "平安", "我平安", "我们平安"}
        | {"都平安", "没事", "我没事", "我们没事", "我们都没事", "都没事", "我很好", "我们很好"}
        | {"我還好", "我还好", "沒事", "我沒事", "我們沒事", "我們安全", "我們平安", "全家平安"}
        | {
            "没事了",
            "我没事了",
            "我们没事了",
            "我们都没事了",
            "家里没事",
            "家里都没事",
            "大家都没事",
        }
        | {"wereallsafe", "weareallsafe", "allsafehere", "everyoneissafe", "everybodyissafe"}
        | {"wearebothsafe", "werebothsafe", "safeandsound"}
        | {"safe", "iamsafe", "imsafe", "wearesafe", "weresafe", "allsafe", "iamok", "imok"}
        | {"imokay", "iamokay", "weareok", "wereok", "iamfine", "imfine", "wearefine", "werefine"}
        | {"allgood", "安全です", "無事です", "大丈夫です", "estoybien", "estamosbien", "asalvo"}
        | {"seguro", "segura", "أنابخير", "انابخير", "نحنبخير", "آمن", "بأمان"}
    ),
    AnswerWord.HELP: frozenset(),  # a cry is looked for in all the words
    AnswerWord.EVACUATED: frozenset(
        {"已撤离", "我已撤离", "撤离", "已撤", "我们已撤离", "已撤離", "我已撤離", "撤離"}
        | {"已下楼", "我已下楼", "已经下楼", "我们都下来了", "我们下来了", "已经出来了", "已下樓"}
        | {"已到集合点", "到集合点", "已到集合點", "evacuated", "ievacuated", "weevacuated"}
        | {"gotout", "ihavegotout", "imout", "iamout", "weareout", "wereout", "atassemblypoint"}
        | {"attheassemblypoint", "避難しました", "避難済み", "evacuado", "evacuada", "evacuados"}
        | {"أخليت", "تمالإخلاء", "خرجنا"}
    ),
    AnswerWord.AWAY: frozenset(
        {
            "在外地",
            "我在外地",
            "人在外地",
            "出差",
            "出差了",
            "家里没人",
            "不在家里",
            "nothome",
            "outoftown",
        }
        | {"不在", "不在家", "我不在", "我不在家", "不在现场", "不在楼内", "不在岗", "不在現場"}
        | {"不在樓內", "不在崗", "不喺屋企", "away", "notthere", "notonsite", "notin", "notathome"}
        | {"iamnotthere", "imnotthere", "iamaway", "imaway", "iamnotathome", "imnotathome"}
        | {"wearenotathome", "werenotathome", "留守", "外出中", "外出中です", "fueradecasa"}
        | {"noestoyencasa", "لستفيالمنزل", "لستفيالبيت"}
    ),
}
"""What says an answer by itself, beside its digit or without one."""

BESIDE: Final[Mapping[AnswerWord, frozenset[str]]] = {
    AnswerWord.SAFE: frozenset(
        {"收到", "已收到", "参加", "我参加", "已练习", "练习", "完成", "已完成", "到位", "已到位"}
        | {"參加", "我參加", "已練習", "在岗", "在崗", "done", "takingpart", "takepart", "onit"}
        | {"imonit", "inplace", "received", "gotit", "okay", "ok"}
    ),
    AnswerWord.HELP: frozenset(
        {"求助", "真需帮助", "需帮助", "确需帮助", "仍需帮助", "需支援", "真有险情", "真实险情"}
        | {"遇真实险情", "真需幫助", "需幫助", "needhelp", "reallyneedhelp", "needsupport"}
        | {"realdanger", "stillneedhelp", "onlyifyouneedhelp", "needassistance"}
    ),
    AnswerWord.EVACUATED: frozenset({"out", "salí", "خرجت"}),
    AnswerWord.AWAY: frozenset({"ausente"}),
}
"""What is printed beside a digit, and says nothing without it."""

ACKS: Final = frozenset(
    {
        "收到",
        "已收到",
        "知道了",
        "知道",
        "好的",
        "好",
        "谢谢",
        "謝謝",
        "多谢",
        "多謝",
        "感谢",
        "感謝",
    }
    | {"收到谢谢", "好的谢谢", "明白", "了解", "嗯", "ok", "okay", "k", "thanks", "thankyou", "thx"}
    | {"ty", "received", "gotit", "roger", "noted", "understood", "了解です", "了解しました"}
    | {"ありがとう", "ありがとうございます", "gracias", "recibido", "شكرا", "تم", "حسنا"}
)
"""Thanks and "received": nothing about how anybody is. Of somebody on duty: acknowledged."""

ACK_SIGNS: Final = frozenset("👍👌🙏🆗✅✔☑❤♥💪🙆🫡")
"""The same by a sign alone."""

# Around an answer: courtesy before or after, and what a phone adds by itself.
POLITE: Final = re.compile(
    r"^(?:好的|好|收到|ok(?:ay)?|yes|hi|hello|你好|您好|请|請|please|pls)[\W_]+"
    r"|[\W_]*(?:谢谢(?:你们?|您|啦|了)?|謝謝(?:你們?|您)?|谢了|多谢|多謝|感谢|感謝|辛苦了?|麻烦了|唔該"
    r"|thank ?you(?: so much| very much)?|thanks(?: a lot)?|thx|ty|please|pls|cheers"
    r"|muchas gracias|gracias|por favor|ありがとう(?:ございます)?|شكرا(?: لكم| جزيلا)?)$"
)
SIGNATURE: Final = re.compile(
    r"(?:^|\n)[\W_]*(?:发自我?的?\s*|發自我?的?\s*|來自我的\s*|从我的.{0,20}发送|從我的.{0,20}(?:傳送|寄出)"
    r"|sent (?:from|via|with) |get outlook for |iphoneから送信|enviado desde |envoyé de "
    r"|أ?رسلت من ).{0,60}\s*$"
)

# ── Not what somebody says of themselves ────────────────────────────────────────────────────────

REACTION: Final = re.compile(
    r"^(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted(?: with)?|removed an?"
    r"(?: \w+)? from|(?:reacted )?\W{0,8} ?to|已?(?:赞|讚|喜欢|喜歡|喜爱|喜愛|踩|强调|強調|质疑|質疑|大笑)了?"
    r"|[对對將将]|(?:以|用).{0,6}(?:回应|回應)|(?:表示|作出|回应|回應|觉得|覺得|用)?.{0,8}"
    r"(?:好笑|疑问|疑問|强调|強調|喜欢|喜歡|喜爱|喜愛|反感|回应|回應|反应|反應|表情|点赞|點讚|赞|讚)了?"
    r"|le (?:gust[óo]|encant[óo]|dio risa|desagrad[óo])|se ri[óo] de|enfatiz[óo]|cuestion[óo]"
    r"|reaccion[óo](?: con)?(?: a)?|(?:に|を)?(?:いいね|ハート|爆笑|強調|リアクション).{0,12}"
    r"|أعجبه|أحب|تفاعل(?: مع)?|ضحك على)?$"
)
"""What is left of a reaction when our own words are taken out of it."""

FORWARDED: Final = re.compile(
    r"^(?:fwd?|forwarded(?: message)?|转发|轉發|轉寄|转寄|re|回复|回覆|答复|reenviado|rv|転送|إعادة توجيه)"
    r"(?:[\W_]*[:：][\W_]*|[\W_]*$)"
)
"""What stands before words that are passed on, or that are answered."""

# ── Need, and what only sounds like it ──────────────────────────────────────────────────────────

_NEED_ZH = (
    r"(?:需要|要|需)(?:人)?(?:的)?(?:帮助|幫助|帮忙|幫忙|救援|援助|支援)|求助|求救|被困|困住|受(?:伤|傷)|"
    r"(?:摔|跌)倒|(?:晕|暈|昏)倒|(?:烧|燒|烫|燙)(?:伤|傷)|骨折|流血|卡住|烟|煙"
)
_NOT_ME_AR = r"(?!\S*(?:ستطيع|مكن|قدر|ساعد|نقذ)|\S*(?:ني|نا)\s)"
"""Before a word between: nothing about what somebody cannot do, or about the one who writes."""

CALM: Final = re.compile(
    # not needed
    r"(?:不用|无需|無需|不需要?|不必|別|别|唔使|毋须|毋須)\s*(?:再)?\s*(?:人)?\s*(?:来|來)?\s*(?:需要)?(?:的)?"
    r"(?:帮助|幫助|帮忙|幫忙|求助|救援|救我|担心我)"
    # nobody, nothing, not
    rf"|(?:没|沒|未|无|無|冇|并非|並非|不是)(?:有|再|见|見)?(?:任何|什么|甚麼|其他)?(?:人|谁|誰)?(?:在)?(?:再)?"
    rf"(?:看到|看见|看見|见到|見到|闻到|聞到|感觉到)?(?:任何|什么|浓|濃|黑|有)?(?:{_NEED_ZH})"
    r"|(?:看|闻|聞|见|見|睇)(?:不|唔)(?:到|见|見)(?:有|任何|什么)?(?:浓|濃)?(?:烟|煙)"
    r"|不是?(?:我)?(?:求救|求助)|(?:烟|煙)(?:已经|已經|都)?(?:散|没有?了|沒有?了|小了|少了)"
    # questions and offers: never "can somebody help me"
    r"|(?:谁|誰|哪(?:里|裡|裏|儿|兒|家|户|戶|位|个|個|一?层|一?層)|有没有人|有沒有人|有无|有無|什么人|甚麼人)"
    rf"[^,.!?;，。！？；\s我俺咱快来來救帮幫]{{0,8}}?(?:{_NEED_ZH})"
    rf"|(?:{_NEED_ZH})(?:了|的|人|啊)*(?:吗|嗎|么|麼|没有|沒有|没|沒|不)(?=[\W_]|$)"
    r"|需要(?:帮助|幫助|帮忙|幫忙)的?(?:话|話|可以|联系|聯繫|聯絡|找"
    r"|(?:请|請)(?:直接|您)?(?:回|拨|撥|打|联|聯|致|按|点|點|找|说|說|告))"
    r"|求助(?:电话|電話|热线|熱線|方式|号码|號碼)"
    # smoke that is none
    r"|(?:抽|吸|禁|戒|香|电子|電子|卖|買|买)(?:烟|煙)|(?:烟|煙)(?:花|草|酒|囱|囪|灰缸|感|雾报警|霧報警)|油烟|油煙"
    # fires asked about or over, smells that are none
    r"|(?:哪|谁|誰|几|幾|什么|甚麼|是不是|听说|聽說|为什么|怎么|怎麼)[^,.!?;，。！？；\n]{0,8}?(?:着|起|失|著)火"
    r"|(?:没|沒|未|不是|并非|並非)(?:有)?[^,.!?;，。！？；\n]{0,4}?(?:着|起|失|著)火"
    r"|[^,.!?;，。！？；\n]{0,6}(?:着|起|失|著)火(?:了|的)*(?:吗|嗎|么|麼|没|沒|\?|？)"
    r"|(?:没|沒|未|不)(?:有|再)?(?:闻|聞)(?:到|见|見)"
    r"|(?:没|沒|无|無|不用|不需要?|不是)(?:有|坐|用|人)*(?:轮椅|輪椅|呼吸机|呼吸機|救护车|救護車|心脏病|心臟病)"
    r"|(?:手机|手機|电池|電池|电|電)快不行了|(?:没|沒|未)(?:有)?(?:来|來)人|门禁[^,.，。\n]{0,4}打不开"
    r"|\b(?:ca|do|did|could)\s*n.?t\s+smell\s+(?:any\s+)?(?:gas|burning)"
    r"|(?:轮椅|輪椅|呼吸机|呼吸機|氧气|氧氣|制氧机|120)[^,.!?，。！？\n]{0,4}(?:吗|嗎|么|\?)"
    r"|(?:要不要|需要|该不该|是否)(?:我|我们)?(?:叫|打|拨|撥)\W*1[12][09]"
    # English
    r"|\b(?:should|shall|do|can|may|must)\s+(?:i|we|you)\s+(?:please\s+)?(?:call|need)\s+(?:an\s+)?(?:ambulance|\d{3})"
    r"|\b(?:no|not\s+(?:a|an|in\s+a)|without(?:\s+a)?|do\s*n.?t\s+need\s+an?)\s+(?:ambulance|wheelchair|emergency)\b"
    r"|\b(?:no|without)\s+(?:more\s+|any\s+)?help\s+(?:is\s+)?(?:needed|required|necessary)\b"
    r"|\bneed(?:s|ed)?\s+no\s+help\b"
    r"|\b(?:(?:do\s*n.?t|dont|does\s*n.?t|doesnt|did\s*n.?t|not)\s+need(?:ing)?|no\s+need\s+(?:for|of))"
    r"\s+(?:any\s+|your\s+|more\s+)?help\b"
    r"|\b(?:no[ -]?one|no[ -]?body|none(?:\s+of\s+us)?|not|never|is\s*n.?t|are\s*n.?t|was\s*n.?t|without)\s+"
    r"(?:(?:is|are|was|were|has|have|been|being|got|gets|getting|here(?!\s+help\b)|else|seriously|badly|really|at\s+all|to"
    r"|be|seems?|asking|calling|for|needs?|need)\s+)*"
    r"(?:hurt|injured|trapped|stuck|wounded|bleeding|fallen|burn(?:ed|t)|unconscious|help)\b(?!\s+(?:has|came|us|me))"
    r"|\b(?:did\s*n.?t|has\s*n.?t|have\s*n.?t|had\s*n.?t)\s+(?:fall(?:en)?|get\s+(?:hurt|stuck|trapped))\b"
    r"|\b(?:does\s*n.?t|do\s*n.?t|did\s*n.?t)\s+hurt\b"
    r"|\b(?:no|not\s+any|without(?:\s+any)?|see\s+no|smell\s+no|(?:do|ca|did|could|is)\s*n.?t\s+(?:see|smell|any)"
    r"(?:\s+any)?|cannot\s+(?:see|smell)(?:\s+any)?)\s+(?:more\s+|visible\s+)?smoke\b"
    r"|\bsmoke\s+(?:(?:has|is|have)\s+)?(?:all\s+)?(?:gone|cleared|clearing)\b|\bsmoke[ -]?free\b"
    r"|\bsmoke\s+(?:a\s+cigarette|break|outside)\b|^\W*(?:what\s+)?smoke\s*\?"
    r"|\bsmoke\s+(?:alarm|detector|sensor)s?\b(?!\s+(?:is\s+|are\s+|keeps\s+|has\s+)*(?:r[ia]ng|go|went|beep"
    r"|sound|scream|set))|\b(?:can|do|did|does)\s+(?:you|any\w+|some\w+)\s+(?:all\s+)?smell\s+(?:gas|burning)"
    r"|\b(?:no|not\s+an?|not\s+having\s+a|is\s*n.?t\s+a)\s+(?:heart\s+attack|stroke)\b"
    r"|心(?:脏|臟)病(?:的)?(?:药|藥|史)|(?:孩子|小孩|老人)(?:不(?:见|見)了)(?:吗|嗎|没|\?)"
    r"|\b(?:how|what|where|when)\s+(?:can|could|do|may|should)\s+(?:i|we)\s+(?:do\s+to\s+)?help\b"
    r"|\b(?:can|could|may|shall|should)\s+(?:i|we)\s+(?:be\s+of\s+(?:any\s+)?)?help\b(?!\s+me)"
    r"|\b(?:i|we)(?:\s*.?ll|.?d)?\s+(?:can|could|will|would|want\s+to|(?:would\s+)?like\s+to|am\s+able\s+to"
    r"|are\s+able\s+to|love\s+to|offer(?:\s+to)?|came\s+to)?\s*help\b"
    r"|\b(?:do|does|did|would)\s+(?:you|u|any\s*(?:one|body)|some\s*(?:one|body)|they|people|he|she)\s+"
    r"(?:all\s+)?(?:need|want|require)\s+(?:any\s+|some\s+|my\s+)?help\b"
    r"|\b(?:who|who\s+else|any\s*(?:one|body)(?:\s+else)?)\s+(?:needs?|wants?|is|are|in|got)\s+"
    r"(?:any\s+|some\s+)?(?:help|hurt|injured|trapped|stuck)\b"
    r"|\b(?:is|are|was|were)\s+(?:any\s*(?:one|body)|some\s*(?:one|body)|you|u|they|he|she|everyone|everybody)"
    r"\s+(?:(?:any|else|all|really|ok|or|there(?!\s+help\b))\s+)*(?:hurt|injured|trapped|stuck|smoke|help)\b"
    r"|\b(?:is|are|was|were)\s+there\s+(?:any\s*(?:one|body)?\s+(?:else\s+)?(?:hurt|injured|trapped|stuck|smoke|help)"
    r"|smoke)\b"
    r"|\b(?:happy|here|glad|willing|able|available|ready)\s+to\s+help\b"
    r"|\bthank(?:s|\s*you)?\s+(?:so\s+much\s+)?for\s+(?:the\s+|your\s+|all\s+(?:the\s+|your\s+)?)?help\b"
    r"|\bhelp\s+(?:line|desk|number|out\s+there|is\s+here|has\s+arrived|arrived|came)\b"
    r"|\b(?:fell|fall)\s+asleep\b|\bstuck\s+(?:at|in)\s+(?:work|traffic|the\s+office|a\s+meeting|school|class)\b"
    # Spanish
    r"|\bno\s+(?:necesito|necesitamos|necesita|necesitan|hace\s+falta|se\s+necesita)\s+(?:ninguna\s+)?ayuda\b"
    r"|\bsin\s+(?:heridos|humo|ayuda)\b|\b(?:no|nadie)\s+(?:hay\s+|est[áa]\s+|estoy\s+|estamos\s+|nadie\s+)*"
    r"(?:herid[oa]s?|atrapad[oa]s?|humo)\b"
    r"|(?:¿\s*(?:alguien|usted(?:es)?)|\bqui[ée]n)\s+necesitan?\s+ayuda\b|\bnecesitan?\s+ayuda\s*\?"
    r"|\bgracias\s+por\s+(?:la\s+|su\s+)?ayuda\b"
    # Japanese
    r"|助けは?(?:必要(?:ありません|ない)|いりません|不要)|(?:けが|怪我)(?:人)?[はも]?(?:いません|ありません|ない|なし|いない)"
    r"|(?:けが|怪我)(?:を)?して(?:い)?(?:ません|ない)|煙[はも]?(?:ありません|ない|なし|見えません)"
    r"|閉じ込められて(?:い)?(?:ません|ない)|助けが必要(?:です)?か|(?:けが|怪我)人[はが]?(?:います|いる)か"
    # Arabic
    rf"|(?:لا|لم|ليس|ليست|بدون|غير)\s+(?:{_NOT_ME_AR}\S+\s+){{0,2}}?(?:ال)?(?:مساعدة|مصاب\S*|محاصر\S*|عالق\S*|جريح|جرحى|دخان)"
    rf"|هل\s+(?:{_NOT_ME_AR}\S+\s+){{0,3}}?(?:ال)?(?:مساعدة|مصاب\S*|محاصر\S*|عالق\S*|دخان)"
)
CRY: Final = re.compile(
    # by a sign, or letter by letter
    r"🆘|(?<![a-z])(?:s(?P<dot>[ .\-_*·])o(?P=dot)s|h(?P<gap>[ .\-_*·])e(?P=gap)l(?P=gap)p)(?![a-z])"
    # Chinese
    r"|救[\s，,.。!！、·]{0,2}命|救我|救救|求助|求救|(?:需要|需|要)(?:人)?(?:帮助|幫助|帮忙|幫忙|救援)|帮帮|幫幫|帮我|幫我"
    r"|快来人|快來人|来人啊|來人啊|快来救|快來救|(?:被|给|給)困|困住|困(?:在|喺)|卡住"
    r"|摔倒|摔伤|摔傷|摔了|跌倒|跌伤|跌傷|跌咗|(?:起|站|爬)(?:不|唔)(?:起)?(?:来|來|到身)|起唔到身"
    r"|受(?:了)?(?:重)?(?:伤|傷)|(?:烧|燒|烫|燙|砸)(?:伤|傷)|骨折|流血|出血|(?:出|下|跑|逃|走)(?:不|唔)(?:去|出|来|來|了|到)"
    r"|走不动|走不動|动不了|動不了|不能动|不能動|(?:晕|暈|昏)(?:倒|过去|過去|咗)|昏迷"
    r"|(?:喘|透)(?:不|唔)(?:过|過|上|到)(?:来|來)?(?:气|氣)|(?:无法|無法)(?:下|出|离|離|走|动|動|呼吸)|快死了"
    r"|(?<!不用)(?<!不必)(?<!不要)(?:叫|打)(?:救护车|救護車)(?!吗|嗎|了)|呼吸困难|呼吸困難|呛|嗆|烟|煙"
    r"|(?:我|屋|家|房|厨房|廚房|阳台|陽台|楼道|走廊)(?:家|里|裡|裏|内|內|间|間|入面|有)*(?:着|起|失|著)火"
    r"|(?:店|铺|鋪|车库|車庫|隔壁|对面|對面|邻居|鄰居|楼上|樓上|楼下|樓下|电动车|電動車|电池|電池|空调|空調"
    r"|插座|油锅|油鍋|灶台|床|沙发|沙發)(?:里|裡|内|內|间|間)*(?:着|起|失|著)火|^\W*(?:着|起|失|著)火(?:(?:了|啦|啊)*\W*(?:快|$)|(?:了|啦|啊)+\W)"
    r"|(?:闻|聞)(?:到|见|見)[^,.，。\n]{0,4}(?:煤气|煤氣|燃气|燃氣|天然气|天然氣|瓦斯|焦|糊)"
    r"|(?:门|門)[^,.!?，。！？\n]{0,4}打(?:不|唔)(?:开|開)|(?:(?:被|反)|(?:我|们|們|孩子|老人)(?:给|給)?)(?:锁|鎖)(?:在|了|$)|^(?:锁|鎖)在"
    r"|(?:孩子|小孩|宝宝|寶寶|娃|老人|爸|妈|媽|奶奶|爷爷|爺爺|老公|老婆|儿子|兒子|女儿|女兒)[^,.!?，。！？\n]{0,4}"
    r"(?:(?:还|還)在(?:屋|里|裡|楼上|樓上|楼里|上面)|(?:没|沒|未)(?:能)?(?:下来|下來|出来|出來|逃|撤)|一(?:个|個)人在家|不(?:见|見)了)"
    r"|心(?:脏|臟)病|心梗|(?:没|沒)(?:有)?(?:呼吸|气了|氣了)|(?:快|人|他|她|我|爸|妈|媽)不行了|(?:撑|撐)不住|(?<!不用)(?<!不必)(?<!不要)(?:叫|打|要|派|喊)\W*(?:个|辆|輛|個)?救(?:护|護)(?:车|車)(?!吗|嗎|了)"
    r"|(?:叫|打|拨|撥)\W*120|(?:瘫|癱)(?:痪|瘓)|(?:卧|臥)床|(?:轮|輪)椅|行(?:动|動)不(?:便|了)|走不下|爬不(?:动|動)"
    r"|(?:不能|没法|沒法|没办法|沒辦法|无法|無法)(?:自己)?(?:下楼|下樓|走(?!电梯|電梯|开|開)|离开|離開|撤离|撤離|出去|出来|出來)"
    r"|腿(?:断|斷)|呼吸(?:机|機)|制氧|吸氧|氧(?:气|氣)|救人|^\W*(?:快|快点|快點)?(?:来人|來人|来|來)(?:啊|吧|呀)*\W*$"
    # English; no \b: Chinese may stand right beside
    r"|(?<![a-z])(?:h+e+l+p+|hlep|hepl|halp|rescue\s+(?:me|us)|save\s+(?:me|us|my|our)|come\s+(?:quick|fast)(?:ly)?"
    r"|(?:fire|flames)\s+in\s+(?:my|our|the|this)|(?:my|our)\s+\w+\s+(?:is|are)\s+burning|smell\s+(?:gas|burning)"
    r"|(?<!not )(?<!n't )(?<!dont )(?<!never )(?:need|call|get|send)(?:\s+(?:us|me))?\s+(?:an?\s+|the\s+)?ambulance|(?:(?:please|pls|plz|somebody|someone)\s+|^\W*)call\s+(?:911|999|112|119|120)|heart\s+attack|having\s+a\s+stroke|(?:(?:he|she|i)(?:.s|.m|\s+am|\s+is))\s+dying|bedridden|wheelchair"
    r"|(?:not|stopped|stops)\s+breathing|broken?\s+(?:my\s+|his\s+|her\s+)?(?:leg|arm|hip|ankle|back)"
    r"|unable\s+to\s+(?:get|walk|move|leave|evacuate|breathe|stand)|oxygen|ventilator|paraly[sz]ed"
    r"|(?:can\s*.?not|can.?t|cant)\s+(?:use|manage|do|take)\s+(?:the\s+)?stairs"
    r"|(?:i.?m|we.?re|s?he.?s|am|are|is|got|been)\s+locked\s+in(?:side)?|locked\s+inside|(?:kids?|son|daughter|child(?:ren)?|m[ou]m|mother|dad|father|grand\w+|wife|husband|baby|sister|brother)\s+(?:is|are|.s)\s+(?:still\s+(?:inside|in\s)|missing)"
    r"|door\s+(?:(?:wo\s*n.?t|will\s+not|does\s*n.?t)\s+open|is\s+(?:jammed|blocked|not\s+opening))"
    r"|(?:can\s*.?not|can.?t|cant)\s+open\s+(?:the|my|our)\s+door)(?![a-z])"
    r"|(?<![a-z])(?:sos+|mayday|trapped|stuck|hurts?|injured|bleeding|fell|fallen|smoke|smoky|unconscious"
    r"|choking|on\s+fire|collapsed|no\s+way\s+out|(?:can\s*.?not|can.?t|cant)\s+(?:get\s+(?:out|up|down)|breathe"
    r"|walk|move|leave|stand)|(?:can\s*.?not|can.?t|cant)\s+breath|heart\s+attack"
    r"|(?<!not )(?<!n't )(?<!dont )(?<!never )call\s+(?:an\s+|the\s+)?ambulance)(?![a-z])"
    # Spanish
    r"|(?<![a-záéíóúñ])(?:ayuda|ay[úu]d(?:ame|enme|enos)|auxilio|socorro|atrapad[oa]s?|herid[oa]s?|humo|sangr\w+"
    r"|no\s+pued(?:o|e|emos)\s+(?:salir|respirar|mover\w*|levantar\w*|caminar)|me\s+ca[íi]|se\s+cay[óo])"
    r"(?![a-záéíóúñ])"
    # Japanese
    r"|助けて|たすけて|助けが必要|救助|閉じ込め|動け(?:ない|ません)|逃げ(?:られない|られません)|出られ(?:ない|ません)"
    r"|けが|怪我|倒れ|息が(?:できない|苦しい)"
    # Arabic
    r"|النجدة|(?:أ|ا)نقذ\S+|ساعد(?:وني|ني|ونا|نا)|(?:ال)?مساعدة|محاصر|عالق|مصاب|جريح|دخان|نزيف"
    r"|لا\s+(?:أستطيع|استطيع|نستطيع)\s+(?:ال)?(?:خروج|تنفس|حركة|مشي)|سقط"
)
