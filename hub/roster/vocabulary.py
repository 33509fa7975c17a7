"""The words files use for languages, needs, roles and kinds of people. Data, no decisions."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model import RecipientKind

LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "zh-CN": (
        "中文",
        "汉语",
        "普通话",
        "国语",
        "简体中文",
        "chinese",
        "mandarin",
        "zh",
        "zh-hans",
        "cn",
    ),
    "zh-HK": (
        *(
            "繁体中文",
            "粤语",
            "广东话",
            "繁體中文",
            "粵語",
            "廣東話",
            "cantonese",
            "zh-hant",
            "yue",
        ),
        *("香港", "zh-mo"),
    ),
    "zh-TW": ("台湾国语", "國語", "臺灣", "台灣", "taiwanese mandarin"),
    "en": ("英语", "英文", "english", "eng", "en-us", "en-gb"),
    "ja": ("日语", "日文", "日本語", "japanese", "jp", "jpn"),
    "ko": ("韩语", "韩文", "朝鲜语", "한국어", "korean", "kr", "kor"),
    "fr": ("法语", "法文", "français", "french"),
    "de": ("德语", "德文", "deutsch", "german"),
    "es": ("西班牙语", "español", "spanish"),
    "ru": ("俄语", "俄文", "русский", "russian"),
    "pt": ("葡萄牙语", "português", "portuguese"),
    "it": ("意大利语", "italiano", "italian"),
    "ar": ("阿拉伯语", "العربية", "arabic"),
    "vi": ("越南语", "tiếng việt", "vietnamese"),
    "th": ("泰语", "ไทย", "thai"),
    "hi": ("印地语", "हिन्दी", "hindi"),
    "id": ("印尼语", "indonesian"),
    "ms": ("马来语", "malay"),
    "tl": ("菲律宾语", "filipino", "tagalog"),
}

# Categories of help, never diagnoses (PIPL art. 28: health data needs separate consent).
NEEDS: Mapping[str, tuple[str, ...]] = {
    "moves_slowly": (
        "行动不便", "腿脚不便", "行走不便", "行动缓慢", "需搀扶", "拄拐", "moves slowly",
        "slow", "walks slowly", "reduced mobility", "mobility", "needs assistance",
        "孕妇", "怀孕", "有孕", "行走困难", "不能走楼梯", "无法下楼", "卧床", "助行器", "拐杖", "pregnant",
        "walking frame", "crutches", "bedridden", "cannot use stairs", "can't use stairs",
    ),
    "wheelchair": ("轮椅", "坐轮椅", "使用轮椅", "輪椅", "wheelchair", "wheelchair user"),
    "powered_device": (
        "用电设备", "医疗用电", "用电医疗设备", "呼吸机", "制氧机", "氧气机", "吸氧", "家用氧气", "透析机", "powered device",
        "medical device", "oxygen", "ventilator", "powered medical device",
    ),
    "hearing": ("听力", "听障", "聋", "聋哑", "聋人", "耳背", "失聪", "助听器", "听力不便", "听不清",
        "hearing", "hearing aid", "hearing impaired", "hard of hearing", "deaf"),
    "sight": ("视力", "视障", "盲", "盲人", "失明", "导盲犬", "视力不便", "看不清",
        "sight", "low vision", "visually impaired", "blind", "guide dog"),
    "infant": ("婴儿", "婴幼儿", "幼儿", "有婴儿", "新生儿", "宝宝", "infant", "baby", "toddler", "newborn"),
    "other": (
        "独居", "独居老人", "孤寡老人", "空巢老人", "独居长者", "高龄独居", "需要协助", "需协助", "重点关照",
        "lives alone", "living alone", "elderly living alone", "needs help", "needs a visit",
    ),
}  # fmt: skip

ROLES: Mapping[str, tuple[str, ...]] = {
    "duty_manager": ("值班经理", "值班主管", "duty manager"),
    "control_room": ("中控室", "中控", "消控室", "监控室", "control room"),
    "security": ("秩序维护", "秩序", "保安", "安保", "安全员", "security", "guard"),
    "engineering": ("工程", "工程部", "维修", "工程维修", "engineering", "engineer", "technician"),
    "customer_service": ("客服", "前台", "客户服务", "customer service", "reception", "concierge"),
    "steward": ("楼栋管家", "管家", "疏散引导员", "引导员", "steward", "warden", "fire warden"),
    "project_manager": ("项目经理", "物业经理", "project manager", "property manager"),
    "region": ("区域公司", "区域经理", "region", "regional manager"),
    "deputy": ("副经理", "经理助理", "副值班经理", "deputy", "deputy manager"),
}

KINDS: Mapping[RecipientKind, tuple[str, ...]] = {
    RecipientKind.RESIDENT: (
        "住户", "业主", "租户", "租客", "家属", "居民", "产权人", "户主", "家庭成员", "自住", "出租",
        "resident", "owner", "tenant", "family", "occupant", "householder",
    ),
    RecipientKind.STAFF: (
        "员工", "物业", "物业人员", "工作人员", "职员", "staff", "employee", "team",
    ),
}  # fmt: skip

YES = frozenset(
    {
        "是",
        "是的",
        "有",
        "参加",
        "参加演练",
        "愿意",
        "同意",
        "y",
        "yes",
        "true",
        "1",
        "√",
        "✓",
        "v",
        "x",
    }
)
NO = frozenset(
    {
        "否",
        "不是",
        "无",
        "不",
        "不参加",
        "不参加演练",
        "不愿意",
        "不同意",
        "n",
        "no",
        "false",
        "0",
        "×",
    }
)
DASHES = frozenset({"-", "--", "/", "—", "——"})
NOTHING = frozenset(
    {"", "无", "無", "没有", "否", "正常", "-", "--", "/", "none", "no", "nil", "n/a", "na"}
)


def _turned(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {w: key for key, words in table.items() for w in (*words, key.lower())} | {
        key.replace("_", " "): key for key in table
    }


LANGUAGE_OF: Mapping[str, str] = _turned(LANGUAGES)
NEED_OF: Mapping[str, str] = _turned(NEEDS)
ROLE_OF: Mapping[str, str] = _turned(ROLES)
KIND_OF: Mapping[str, RecipientKind] = {w: k for k, words in KINDS.items() for w in words}
