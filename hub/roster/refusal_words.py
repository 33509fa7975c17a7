"""The words for files that are refused whole: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model import Words

REFUSALS: Mapping[str, Words] = {
    "empty": {
        "en": "{file} is empty",
        "zh-CN": "{file} 是空文件",
    },
    "unreadable": {
        "en": "{file} cannot be read: {why}",
        "zh-CN": "无法读取 {file}：{why}",
    },
    "too_large": {
        "en": "{file} is larger than 20 MB; split it by building",
        "zh-CN": "{file} 超过 20 MB，请按楼栋拆分",
    },
    "too_many_rows": {
        "en": "{file} has more than 1,000,000 rows; split it by building",
        "zh-CN": "{file} 超过 1,000,000 行，请按楼栋拆分",
    },
    "too_wide": {
        "en": "{file}, sheet {sheet}: the used area reaches cell {cell}, more than a roster can "
        "have; delete stray cells far from the table",
        "zh-CN": "{file} 的工作表 {sheet}：已用区域到达 {cell}，超出名册范围；请删除表格之外的零散单元格",
    },
    "too_many_columns": {
        "en": "{file}, line {line}: more columns than a roster can have ({limit}); check that it is "
        "a list with one person or household in each row",
        "zh-CN": "{file} 第 {line} 行：列数超过名册上限（{limit}）；请确认是每行一人或一户的名单",
    },
    "too_many_sheets": {
        "en": "{file} has more than {limit} sheets; keep those with residents, or split the file",
        "zh-CN": "{file} 的工作表超过 {limit} 个；请只保留住户名单，或拆分文件",
    },
    "unpacked": {
        "en": "{file} unpacks to more than 64 MB, more than a roster needs; delete pictures, "
        "formatting and sheets that are no residents, split it by building, or save the list as CSV",
        "zh-CN": "{file} 解压后超过 64 MB，远超名册所需；请删除图片、多余的格式和与住户无关的工作表，"
        "按楼栋拆分，或另存为 CSV",
    },
    "memory": {
        "en": "{file} takes more memory to read than one import may use; split it by building, or "
        "save the list as CSV",
        "zh-CN": "读取 {file} 所需的内存超过单次导入的上限；请按楼栋拆分，或另存为 CSV",
    },
    "slow": {
        "en": "{file} takes too long to read; split it by building, or save the list as CSV",
        "zh-CN": "读取 {file} 用时过长；请按楼栋拆分，或另存为 CSV",
    },
    "not_a_table": {
        "en": "{file} is neither CSV nor an Excel workbook; save it as XLSX or CSV",
        "zh-CN": "{file} 既不是 CSV 也不是 Excel 工作簿，请另存为 XLSX 或 CSV",
    },
    "markup": {
        "en": "{file} is a web page or XML, whatever its name says; open it in Excel and save it "
        "as XLSX",
        "zh-CN": "{file} 实际是网页或 XML 文件；请用 Excel 打开后另存为 XLSX",
    },
    "broken_workbook": {
        "en": "{file} is damaged and cannot be opened; open it in Excel and save it again",
        "zh-CN": "{file} 已损坏，无法打开；请用 Excel 打开后重新保存",
    },
    "locked": {
        "en": "{file} is protected by a password; save it without one",
        "zh-CN": "{file} 有密码保护，请去掉密码后保存",
    },
    "nul_bytes": {
        "en": "{file} contains NUL bytes: it is no text file, or UTF-16 without a mark; save it as "
        "CSV UTF-8",
        "zh-CN": "{file} 含有 NUL 字节：不是文本文件，或是没有标记的 UTF-16；请另存为 CSV UTF-8",
    },
    "encoding": {
        "en": "{file}, line {line}: bytes that are neither UTF-8 nor GB18030; choose its encoding "
        "(cp1252, big5 …), or save it as CSV UTF-8",
        "zh-CN": "{file} 第 {line} 行：既不是 UTF-8 也不是 GB18030；请选择它的编码"
        "（cp1252、big5 等），或另存为 CSV UTF-8",
    },
    "encoding_unsure": {
        "en": "{file}: the text reads as GB18030, but makes little sense so ({shown}). Choose its "
        "encoding (cp1252 for Western Europe, big5 for Hong Kong and Taiwan, gb18030 "
        "if it is right), or save it as CSV UTF-8",
        "zh-CN": "{file}：按 GB18030 读出的文字不像正常内容（{shown}）。请选择它的编码"
        "（西欧 cp1252，港台 big5，确认无误则 gb18030），或另存为 CSV UTF-8",
    },
    "encoding_wrong": {
        "en": "{file}, line {line}: this is not {encoding}; choose another encoding",
        "zh-CN": "{file} 第 {line} 行：不是 {encoding} 编码，请改选其他编码",
    },
    "encoding_unknown": {
        "en": "{file}: there is no encoding {encoding} here; use one of {known}",
        "zh-CN": "{file}：没有 {encoding} 这种编码，可用：{known}",
    },
    "map_field": {
        "en": "{file}: {title}={field}: there is no such field; use one of {known}",
        "zh-CN": "{file}：{title}={field}：没有这个字段，可用：{known}",
    },
    "map_title": {
        "en": "{file}: no column is called {title}; write its title, or its letter, as in the file",
        "zh-CN": "{file}：没有名为“{title}”的列；请按文件里的列名或列字母填写",
    },
    "hidden": {
        "en": "{file}: hidden rows are to be taken or left (take, leave), not {said}",
        "zh-CN": "{file}：隐藏的行只能选读取或不读取（take、leave），不能是 {said}",
    },
    "missing": {
        "en": "{file}: people who are not in it are to be removed or kept (remove, keep), not {said}",
        "zh-CN": "{file}：文件里没有的人只能移除或保留（remove、keep），不能是 {said}",
    },
    "quotes": {
        "en": "{file}, line {line}: a quotation mark is not closed or stands in the wrong place; "
        "what follows cannot be read safely",
        "zh-CN": "{file} 第 {line} 行：引号没有闭合或位置不对，其后的内容无法可靠读取",
    },
    "long_cell": {
        "en": "{file}, line {line}: a cell is longer than {limit} characters; perhaps a quotation "
        "mark is not closed",
        "zh-CN": "{file} 第 {line} 行：单元格超过 {limit} 个字符，可能引号没有闭合",
    },
    "no_header": {
        "en": "{file}: no header row was found. A header names the building or flat "
        "(楼栋, 房号, building, flat) and the name or phone (姓名, 电话, name, phone)",
        "zh-CN": "{file}：没有找到表头。表头应含楼栋或房号（楼栋、房号、building、flat），以及姓名或电话"
        "（姓名、电话、name、phone）",
    },
    "no_rows": {
        "en": "{file} has a header but no rows below it",
        "zh-CN": "{file} 只有表头，没有数据行",
    },
    "no_sheet": {
        "en": "{file} has no visible sheet; unhide the sheet with the residents",
        "zh-CN": "{file} 没有可见的工作表；请取消隐藏住户所在的工作表",
    },
}


def refusal_words(code: str, **values: object) -> Words:
    """The words of a refusal in every language."""
    return {language: text.format(**values) for language, text in REFUSALS[code].items()}
