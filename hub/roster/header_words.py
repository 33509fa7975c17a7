"""The words column headers are made of. Data: a word more is a line more."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, tuple[str, ...]] = {
    "building": (
        "楼栋", "楼号", "栋", "栋号", "幢", "幢号", "楼栋号", "座", "座号", "楼宇", "楼座", "楼",
        "楼栋名称", "栋座", "所在楼栋", "座数", "楼宇名称", "楼宇编号", "building", "building no", "bldg", "bldg no", "tower",
        "tower no", "block", "block no", "blk",
    ),
    "entrance": (
        "单元", "单元号", "门洞", "梯", "entrance", "entrance no", "stair",
        "staircase", "stairwell",
    ),
    "floor": ("楼层", "层", "层数", "所在楼层", "层号", "floor", "floor no", "level", "storey"),
    "unit": (
        "房号", "室号", "房间号", "户号", "室", "房间", "门牌号", "门牌", "房屋编号", "房屋号",
        "房间名称", "房屋名称", "房间编号", "单位", "单位号", "unit", "unit no", "flat", "flat no", "room", "room no", "apartment",
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
        "住客", "住客姓名", "居民", "居民姓名", "租客", "租客姓名", "配偶", "配偶姓名", "爱人", "丈夫", "妻子",
        "老公", "老婆", "子女", "儿子", "女儿", "孩子", "父亲", "母亲", "同住人", "同住人员",
        "同住家属", "室友", "共有人", "共同产权人", "occupier", "spouse", "husband", "wife", "partner",
        "child", "children", "son", "daughter", "co-owner", "co-resident", "housemate", "flatmate",
        "name", "full name", "names", "resident", "residents", "resident name", "owner",
        "owner name", "tenant", "tenant name", "occupant", "contact name", "person", "staff name",
    ),
    "phone": (
        "电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "移动电话", "联系手机",
        "本人电话", "家属电话", "业主电话", "住户电话", "联系号码", "备用联系方式", "备用联系号码", "备用号码", "其他联系方式",
         "固定电话", "座机", "宅电", "固话",
        "phone", "phone no", "phone number", "phones", "phone numbers", "mobile", "mobile no",
        "mobile number", "mobile phone", "cell", "cell phone", "cellphone", "tel", "tel no",
        "telephone", "telephone number", "contact", "contact no", "contact number", "landline",
        "home phone", "sms",
    ),
    "email": ("电邮", "电邮地址", "邮箱地址", "邮箱", "电子邮箱", "电子邮件", "邮件", "email", "e-mail", "mail", "email address"),
    "group": (
        "期", "期数", "分期", "期区", "区", "分区", "园区", "苑", "组团", "苑区", "弄", "弄号", "院", "院落",
        "小区", "小区名称", "项目", "项目名称", "楼盘", "楼盘名称", "phase", "estate", "estate name",
        "court", "community", "compound", "project", "development", "lane",
    ),
    "first_name": ("first name", "given name", "forename", "名"),
    "last_name": ("last name", "surname", "family name", "姓", "姓氏"),
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
    "drill": (
        "演练", "参加演练", "是否参加演练", "参与演练", "是否参与演练", "drill", "drills",
        "drill participant", "takes part in drills",
    ),
    "ref": (
        "编号", "人员编号", "住户编号", "客户编号", "业主编号", "员工编号", "工号", "id", "ref",
        "resident id", "person id", "customer id", "staff id", "reference",
    ),
    "remarks": (
        "备注", "说明", "备注说明", "备注信息", "其他", "notes", "note", "remark", "remarks",
        "comment", "comments",
    ),
    "ignored": (
        "序号", "身份证", "身份证号", "身份证号码", "证件号码", "性别", "年龄", "出生日期",
        "关系", "与户主关系", "面积", "建筑面积", "车牌", "车牌号", "车位", "紧急联系人", "紧急联系电话",
        "入住日期", "入住时间", "户型", "人数", "签名", "no", "s/n", "serial", "gender", "sex", "age", "area",
        "date of birth", "relationship", "emergency contact", "car", "plate",
    ),
}  # fmt: skip

OTHERS: tuple[str, ...] = (
    "管家",
    "装修",
    "录入",
    "登记人",
    "填表",
    "制表",
    "经办",
    "审核",
    "物业",
    "客服",
    "代理",
    "监护",
    "紧急",
    "中介",
    "施工",
    "房东",
    "出租方",
    "开发商",
    "销售",
    "置业顾问",
    "网格员",
    "楼长",
    "楼栋长",
    "维修",
    "保洁",
    "保安",
    "担保",
    "推荐人",
    "介绍人",
    "受托",
    "委托",
    "agent",
    "next of kin",
    "guardian",
    "emergency",
    "contractor",
    "landlord",
    "manager",
    "steward",
    "caretaker",
    "concierge",
    "kin",
    "lawyer",
    "solicitor",
    "entered by",
    "keyholder",
    "key holder",
    "carer",
    "broker",
)
"""Whose column it is when it is none of a resident's own: names and numbers in it are not read."""

SIMPLE = str.maketrans(
    "樓棟單號電機話業戶層聯繫絡語郵稱間門數備註緊員職務編證類別屬關係產權訊傳簽區園項組團務",
    "楼栋单号电机话业户层联系络语邮称间门数备注紧员职务编证类别属关系产权讯传签区园项组团务",
)
"""Headers in traditional characters are read as in simplified ones."""

GENERIC = frozenset({"地址", "编号", "类型", "类别", "位置", "名字", "区"})
"""Words that say nothing of ours beside Latin letters that we do not know: IP地址, VIP类型."""

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
    ("mobile", "phone"),
    ("phone", "phone"),
    ("邮箱", "email"),
    ("电邮", "email"),
    ("e-mail", "email"),
    ("姓名", "name"),
    ("楼栋", "building"),
    ("单元", "entrance"),
    ("楼层", "floor"),
    ("房号", "unit"),
    ("室号", "unit"),
    ("语言", "language"),
    ("备注", "remarks"),
    ("remark", "remarks"),
)
"""A header without an exact word takes the first of these it contains. Names and numbers of those
who look after a flat (管家电话) are not the residents': a steward's number in every row would make
people without a number look reachable."""

PLACES = frozenset({"group", "building", "entrance", "floor", "unit", "place"})
MANY = frozenset({"name", "phone", "email", "remarks"})
"""Fields that may have several columns."""
