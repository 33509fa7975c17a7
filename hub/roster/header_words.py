"""The words column headers are made of. Data: a word more is a line more."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, tuple[str, ...]] = {
    "building": (
        "楼栋", "楼号", "栋", "栋号", "幢", "幢号", "楼栋号", "座", "座号", "楼宇", "楼座", "楼", "樓棟",
        "楼栋名称", "栋座", "所在楼栋", "building", "building no", "bldg", "bldg no", "tower",
        "tower no", "block", "block no", "blk",
    ),
    "entrance": (
        "单元", "单元号", "門洞", "门洞", "梯", "單元", "entrance", "entrance no", "stair",
        "staircase", "stairwell",
    ),
    "floor": ("楼层", "层", "层数", "所在楼层", "层号", "樓層", "floor", "floor no", "level", "storey"),
    "unit": (
        "房号", "室号", "房间号", "户号", "室", "房间", "门牌号", "门牌", "房屋编号", "房屋号", "單位",
        "房號", "unit", "unit no", "flat", "flat no", "room", "room no", "apartment",
        "apartment no", "apt", "apt no", "suite", "door", "door no",
    ),
    "place": (
        "地址", "住址", "房屋地址", "位置", "房产", "房屋", "楼栋房号", "楼栋单元", "栋室", "楼号房号",
        "房产地址", "详细地址", "房屋坐落", "房产名称", "place", "address", "location", "property",
        "home address", "path",
    ),
    "name": (
        "姓名", "名字", "业主姓名", "住户姓名", "客户姓名", "户主姓名", "业主", "住户", "客户名称", "户主",
        "业主名称", "产权人", "家庭成员", "家属姓名", "家属", "员工姓名", "租户姓名", "租户", "成员姓名",
        "name", "full name", "names", "resident", "residents", "resident name", "owner",
        "owner name", "tenant", "tenant name", "occupant", "contact name", "person", "staff name",
    ),
    "phone": (
        "电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "移动电话", "联系手机",
        "業主電話", "電話", "本人电话", "家属电话", "业主电话", "住户电话", "固定电话", "座机", "宅电", "固话",
        "phone", "phone no", "phone number", "phones", "phone numbers", "mobile", "mobile no",
        "mobile number", "mobile phone", "cell", "cell phone", "cellphone", "tel", "tel no",
        "telephone", "telephone number", "contact", "contact no", "contact number", "landline",
        "home phone", "sms",
    ),
    "email": ("邮箱", "电子邮箱", "电子邮件", "邮件", "email", "e-mail", "mail", "email address"),
    "language": ("语言", "语种", "首选语言", "沟通语言", "language", "lang", "preferred language"),
    "needs": (
        "特殊需求", "需求", "需求类别", "关照需求", "重点关照", "协助需求", "特殊情况", "特殊人群",
        "needs", "need", "special needs", "assistance", "assistance needed", "vulnerability",
    ),
    "roles": ("岗位", "职务", "职位", "角色", "role", "roles", "position", "job title", "post"),
    "kind": (
        "类别", "人员类别", "人员类型", "身份", "类型", "客户类型", "住户类型", "kind", "type",
        "person type", "category",
    ),
    "drill": ("演练", "参加演练", "是否参加演练", "drill", "drills", "drill participant"),
    "ref": (
        "编号", "人员编号", "住户编号", "客户编号", "业主编号", "员工编号", "工号", "id", "ref",
        "resident id", "person id", "customer id", "staff id", "reference",
    ),
    "ignored": (
        "序号", "备注", "说明", "身份证", "身份证号", "身份证号码", "证件号码", "性别", "年龄", "出生日期",
        "关系", "与户主关系", "面积", "建筑面积", "车牌", "车牌号", "车位", "紧急联系人", "紧急联系电话",
        "入住日期", "入住时间", "户型", "人数", "签名", "no", "s/n", "serial", "notes", "note",
        "remark", "remarks", "comment", "comments", "gender", "sex", "age", "area",
        "date of birth", "relationship", "emergency contact", "car", "plate",
    ),
}  # fmt: skip

CONTAINS: tuple[tuple[str, str], ...] = (
    ("紧急", "ignored"),
    ("emergency", "ignored"),
    ("身份证", "ignored"),
    ("证件", "ignored"),
    ("日期", "ignored"),
    ("管家", "ignored"),
    ("物业电话", "ignored"),
    ("物业联系", "ignored"),
    ("物业服务", "ignored"),
    ("物业公司", "ignored"),
    ("客服", "ignored"),
    ("网格员", "ignored"),
    ("楼长", "ignored"),
    ("中介", "ignored"),
    ("登记人", "ignored"),
    ("经办", "ignored"),
    ("steward", "ignored"),
    ("butler", "ignored"),
    ("property manager", "ignored"),
    ("building manager", "ignored"),
    ("estate manager", "ignored"),
    ("management", "ignored"),
    ("agent", "ignored"),
    ("concierge", "ignored"),
    ("手机", "phone"),
    ("电话", "phone"),
    ("電話", "phone"),
    ("mobile", "phone"),
    ("phone", "phone"),
    ("邮箱", "email"),
    ("e-mail", "email"),
    ("姓名", "name"),
    ("楼栋", "building"),
    ("单元", "entrance"),
    ("楼层", "floor"),
    ("房号", "unit"),
    ("室号", "unit"),
    ("语言", "language"),
)
"""A header without an exact word takes the first of these it contains. Names and numbers of those
who look after a flat (管家电话) are not the residents': a steward's number in every row would make
people without a number look reachable."""

PLACES = frozenset({"building", "entrance", "floor", "unit", "place"})
MANY = frozenset({"name", "phone", "email"})
"""Fields that may have several columns."""
