"""Every problem a residents' file can have, and its words: what is wrong, what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from hub.model import Words


class Code(StrEnum):
    """A closed list, so that a console can group problems by kind."""

    PLACE_UNREAD = "place_unread"
    PLACE_JOINED = "place_joined"
    PLACE_NO_GROUP = "place_no_group"
    PLACE_MISMATCH = "place_mismatch"
    PLACE_NO_BUILDING = "place_no_building"
    PLACE_NO_FLOOR = "place_no_floor"
    PLACE_MISSING = "place_missing"
    PLACE_DATE = "place_date"
    FLOOR_DIFFERS = "floor_differs"
    ESTATE_LEFT_OUT = "estate_left_out"
    NAME_MISSING = "name_missing"
    NAME_UNREAD = "name_unread"
    NAME_ONE_OR_TWO = "name_one_or_two"
    NAME_IN_DOUBT = "name_in_doubt"
    NAMED_BY_FLAT = "named_by_flat"
    PHONE_UNREAD = "phone_unread"
    PHONE_SHORT = "phone_short"
    PHONE_LONG = "phone_long"
    PHONE_UNKNOWN = "phone_unknown"
    PHONE_DIGITS_LOST = "phone_digits_lost"
    PHONE_EXTENSION = "phone_extension"
    PHONE_PREMIUM = "phone_premium"
    PHONE_REMARK = "phone_remark"
    PHONES_SHARED = "phones_shared"
    EMAIL_UNREAD = "email_unread"
    FORMULA = "formula"
    FORMULA_EMPTY = "formula_empty"
    CELL_ERROR = "cell_error"
    TEXT_LOST = "text_lost"
    ENCODING_MIXED = "encoding_mixed"
    TOO_MANY_CELLS = "too_many_cells"
    LANGUAGE_UNKNOWN = "language_unknown"
    NEED_UNKNOWN = "need_unknown"
    NEED_UNSURE = "need_unsure"
    REMARKS_FOR_NEEDS = "remarks_for_needs"
    KIND_UNKNOWN = "kind_unknown"
    ROLE_UNKNOWN = "role_unknown"
    DRILL_UNKNOWN = "drill_unknown"
    SAME_PERSON = "same_person"
    SHARED_REF = "shared_ref"
    COLUMN_UNREAD = "column_unread"
    COLUMN_UNSURE = "column_unsure"
    COLUMN_REPEATED = "column_repeated"
    SHEET_HIDDEN = "sheet_hidden"
    ROWS_HIDDEN = "rows_hidden"
    COLUMN_HIDDEN = "column_hidden"
    SHEET_UNREAD = "sheet_unread"
    BUILDING_FROM = "building_from"


_ZH: dict[Code, str] = {
    Code.PLACE_UNREAD: "看不懂的位置。请写楼栋、单元、房号，如 3栋2单元1203、3-2-1203 或 12-1203",
    Code.PLACE_JOINED: "一格里写了几套房或几层。打通的房请只写一个房号，其余每套各占一行",
    Code.PLACE_NO_GROUP: "同号的楼栋在几个小区、分期或苑区里都有。请写明是哪一个，如 一期3栋、东苑3栋",
    Code.PLACE_MISMATCH: "同一行里的楼栋、单元、楼层或房号互相矛盾。请改成一致",
    Code.PLACE_NO_BUILDING: "没有楼栋。请填写楼栋，如 3栋",
    Code.PLACE_NO_FLOOR: "从房号看不出楼层。请增加“楼层”列，或写成 3/12/1203",
    Code.PLACE_MISSING: "没有位置。住户需要楼栋和房号；合并过的单元格请逐行填满",
    Code.PLACE_DATE: "表格软件把房号变成了日期。请把该列设为“文本”后重新填写",
    Code.FLOOR_DIFFERS: "楼层与房号不一致，已按“楼层”列的 {0} 层处理",
    Code.ESTATE_LEFT_OUT: "楼栋前的“{0}”按小区名称处理，未导入",
    Code.NAME_MISSING: "没有姓名，也没有号码。请填写姓名",
    Code.NAME_UNREAD: "看不懂的姓名。请填写姓名（不超过 {0} 个字，不含公式）",
    Code.NAME_ONE_OR_TWO: "按一个人处理。若是几个人，请用 / 或 ； 分开",
    Code.NAME_IN_DOUBT: "看不出是一个人还是几个人。一个人请去掉空格或写“·”，几个人请用 / 分开",
    Code.NAMED_BY_FLAT: "没有姓名，已用房号“{0}”代替",
    Code.PHONE_UNREAD: "不是号码。请只写号码；多个号码用 / 分开",
    Code.PHONE_SHORT: "号码位数不够。请写完整号码，固定电话请加区号",
    Code.PHONE_LONG: "号码位数过多。多个号码请用 / 分开",
    Code.PHONE_UNKNOWN: "没有这样的号码。请写 11 位手机号，或以 + 和国家代码开头",
    Code.PHONE_DIGITS_LOST: "表格软件把号码变成了科学计数，部分数字已丢失。请把该列设为“文本”后重新填写",
    Code.PHONE_EXTENSION: "带分机的号码无法自动拨打。请填写直线或手机号",
    Code.PHONE_PREMIUM: "这是收费信息或特殊服务号码，不能用来联系人",
    Code.PHONE_REMARK: "号码旁的说明“{0}”未导入",
    Code.PHONES_SHARED: "{0} 个姓名、{1} 个号码，无法一一对应：每个人都登记了全部号码",
    Code.EMAIL_UNREAD: "不是电子邮箱地址，应如 name@example.com",
    Code.FORMULA: "单元格是公式文本，不会被计算。请填写实际内容",
    Code.FORMULA_EMPTY: "公式没有保存结果。请用 Excel 打开并保存一次，或填写实际内容",
    Code.CELL_ERROR: "单元格是错误值（如 #N/A、#REF!）。请填写实际内容",
    Code.TEXT_LOST: "文件里有已损坏的字符。请从原始系统重新导出",
    Code.ENCODING_MIXED: "这一行的文字编码与其他行不同。请把文件统一另存为 UTF-8",
    Code.TOO_MANY_CELLS: "这一行的列数比表头多。含逗号的内容请用英文双引号括起来",
    Code.LANGUAGE_UNKNOWN: "不认识的语言，已按默认语言处理。应如 中文、English、ja、ko",
    Code.NEED_UNKNOWN: "不是已知的需求类别，未导入。应为：{0}",
    Code.NEED_UNSURE: "备注里提到“{0}”，看不出这个人是否需要协助。需要的请写进“特殊需求”列，如 {1}；"
    "不需要请去掉这个词，或不读取这一列",
    Code.REMARKS_FOR_NEEDS: "只从这一列读取需求类别（如 轮椅、听障），其余文字没有导入",
    Code.KIND_UNKNOWN: "不认识的人员类别，已按住户处理。应为 住户 或 员工",
    Code.ROLE_UNKNOWN: "不是已知岗位，未导入。应为：{0}",
    Code.DRILL_UNKNOWN: "看不懂是否参加演练，按未填写处理。应为 是 或 否",
    Code.SAME_PERSON: "与第 {0} 行是同一人，已合并",
    Code.SHARED_REF: "编号“{0}”被几个人使用，已按编号加姓名区分",
    Code.COLUMN_UNREAD: "这一列没有导入",
    Code.COLUMN_UNSURE: "看不懂这一列的标题，但内容像{0}。请指明它是什么，或选择不导入",
    Code.COLUMN_REPEATED: "与 {0} 列重复，没有导入",
    Code.SHEET_HIDDEN: "隐藏的工作表，没有读取",
    Code.ROWS_HIDDEN: "有 {0} 行被隐藏或筛选掉，没有读取。请说明这些行是否属于名册：一起导入，或不导入",
    Code.COLUMN_HIDDEN: "隐藏的列，没有读取。需要时请取消隐藏，或选择连同隐藏的行列一起导入",
    Code.SHEET_UNREAD: "工作表里没有找到表头，没有读取。表头应含楼栋或房号，以及姓名或电话",
    Code.BUILDING_FROM: "没有“楼栋”列，楼栋取自“{0}”",
}
_EN: dict[Code, str] = {
    Code.PLACE_UNREAD: "This place cannot be read. Write building, entrance and flat, "
    "such as 3栋2单元1203, 3-2-1203, Tower 3 Flat 1203 or 12-1203",
    Code.PLACE_JOINED: "Several flats or floors in one cell. Write one number for flats made into "
    "one, and each other flat in a row of its own",
    Code.PLACE_NO_GROUP: "A building of this number also stands in a phase, court or estate that this "
    "file names. Write which one is meant, such as Phase 1 Tower 3 or 东苑3栋",
    Code.PLACE_MISMATCH: "Building, entrance, floor or flat in this row contradict each other. "
    "Make them agree",
    Code.PLACE_NO_BUILDING: "The building is missing. Write it, such as 3栋 or Tower 3",
    Code.PLACE_NO_FLOOR: "The flat's number does not tell its floor. Add a floor column, or write "
    "3/12/1203",
    Code.PLACE_MISSING: "The place is missing. A resident needs a building and a flat; fill merged "
    "cells down to every row",
    Code.PLACE_DATE: "The spreadsheet turned this into a date. Format the column as text and type "
    "it again",
    Code.FLOOR_DIFFERS: "Floor and flat do not match; floor {0} of the floor column was taken",
    Code.ESTATE_LEFT_OUT: "“{0}” was taken for the estate's name and left out",
    Code.NAME_MISSING: "Neither a name nor a number. Write the person's name",
    Code.NAME_UNREAD: "This name cannot be read. Write a name (at most {0} characters, no formula)",
    Code.NAME_ONE_OR_TWO: "Read as one person. Separate several people with / or ;",
    Code.NAME_IN_DOUBT: "One person or several? Write one name without blanks (or with ·); separate "
    "several people with /",
    Code.NAMED_BY_FLAT: "No name is given; the flat “{0}” stands in for it",
    Code.PHONE_UNREAD: "This is no number. Write the number alone; separate several with /",
    Code.PHONE_SHORT: "The number is too short. Write all of it; landlines with their area code",
    Code.PHONE_LONG: "The number is too long. Separate several numbers with /",
    Code.PHONE_UNKNOWN: "There is no such number. Write a full local number, or + and the country "
    "code",
    Code.PHONE_DIGITS_LOST: "The spreadsheet rounded this number (1.38E+10): digits are lost. "
    "Format the column as text and type it again",
    Code.PHONE_EXTENSION: "A number with an extension cannot be dialled by itself. Write a direct "
    "or mobile number",
    Code.PHONE_PREMIUM: "This is a premium-rate or special number; people are not reached by it",
    Code.PHONE_REMARK: "The remark “{0}” beside the number was not imported",
    Code.PHONES_SHARED: "{0} names and {1} numbers do not pair up: every person got every number",
    Code.EMAIL_UNREAD: "This is no e-mail address, such as name@example.com",
    Code.FORMULA: "The cell holds the text of a formula, which is never evaluated. Write the value "
    "itself",
    Code.FORMULA_EMPTY: "The formula has no stored result. Open and save the file in Excel once, "
    "or write the value itself",
    Code.CELL_ERROR: "The cell holds an error (#N/A, #REF!). Write the value itself",
    Code.TEXT_LOST: "Characters here were already damaged. Export the file again from its source",
    Code.ENCODING_MIXED: "This row is encoded differently from the others. Save the whole file as "
    "UTF-8",
    Code.TOO_MANY_CELLS: "This row has more cells than the header. Put quotes around text that "
    "contains a comma",
    Code.LANGUAGE_UNKNOWN: "Unknown language; the default was taken. Write 中文, English, ja, ko …",
    Code.NEED_UNKNOWN: "No known category of need; not imported. Known are: {0}",
    Code.NEED_UNSURE: "The remark says “{0}”, but not clearly that this person needs help. If so, "
    "write it into a column of needs, such as {1}; if not, take the word out, or do not read this "
    "column",
    Code.REMARKS_FOR_NEEDS: "Only categories of needs are read from this column (wheelchair, "
    "hearing …); its other words were not imported",
    Code.KIND_UNKNOWN: "Unknown kind of person; taken as a resident. Write resident or staff",
    Code.ROLE_UNKNOWN: "No known role; not imported. Known are: {0}",
    Code.DRILL_UNKNOWN: "Neither yes nor no for drills; taken as not filled in",
    Code.SAME_PERSON: "The same person as in row {0}; merged",
    Code.SHARED_REF: "The id “{0}” is used by several people; told apart by id and name",
    Code.COLUMN_UNREAD: "This column is not imported",
    Code.COLUMN_UNSURE: "The title says nothing known, yet the cells look like {3}. Say what the "
    "column is, or leave it out",
    Code.COLUMN_REPEATED: "Repeats column {0}; not imported",
    Code.SHEET_HIDDEN: "A hidden sheet: not read",
    Code.ROWS_HIDDEN: "Rows hidden or filtered out and not read: {0}. Say whether they "
    "belong to the roster: import them too, or leave them out",
    Code.COLUMN_HIDDEN: "A hidden column: not read. Unhide it if it belongs, or import hidden rows "
    "and columns too",
    Code.SHEET_UNREAD: "No header row found on this sheet: not read. A header names building or "
    "flat, and name or phone",
    Code.BUILDING_FROM: "There is no building column; the building was taken from “{0}”",
}


def problem_words(code: Code, *, args: Sequence[str] = ()) -> Words:
    """What is wrong and what was expected, in Chinese and English."""
    return {"zh-CN": _ZH[code].format(*args), "en": _EN[code].format(*args)}
