"""Where a line of Chinese may break on the resident's page: never inside a word, nor between a
number and what it counts. Browsers break between any two signs: 警|报解除, 12|层.

The words are those of the screens (`web/static/screen/lines.js`); the page has no script, so the
server marks them.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from hub.tags import base

WORDS = (
    "单元 單元 楼栋 楼梯 樓梯 步梯 电梯 電梯 大楼 大樓 本楼 本樓 楼道 大堂 地下室 车库 停车场 "
    "草坪 广场 东门 西门 南门 北门 正门 侧门 大门 集合 集合点 集合點 消防 消防车 车道 通道 出口 "
    "起火 火情 火警 停电 停电中 停水 停气 燃气 煤气 泄漏 警报 解除 撤离 撤離 疏散 离开 離開 "
    "返回 进入 前往 留在 家中 室内 室外 室外集合点 立即 马上 请勿 请留 勿乘 不要 不必 不用 目前 "
    "此处 此處 门窗 关好 关门 堵缝 湿毛巾 拨打 浓烟 有烟 见烟 处置 处置中 恢复 恢复供电 供电 "
    "抢修 物业 演练 演練 火场 现场 让出 留意 广播 按计划 进行 更新 通知 没有 真实 参加 照常 "
    "通行 行动 危险 安全 注意 需要 帮助"
).split()
_COUNTED = (
    r"[0-9A-Za-z][0-9A-Za-z:：./–-]*[ \u00a0]?"
    r"(?:号楼|号門|号门|号机|号厅|号线|号口|单元"
    r"|期|区|苑|弄|巷|门|梯|座|栋|棟|幢|楼|樓|层|層|室|号|號|点|分钟|分鐘|小时|小時|分|秒|月|日|人|户|戶|米|次)"
)
_WHOLE = re.compile("|".join([_COUNTED, *sorted(WORDS, key=len, reverse=True)]))


def together(said: str, language: str) -> str:
    """The text with each piece marked that stays in one line; other languages as they are."""
    if base(language) != "zh":
        return said
    out, start = Markup(), 0
    for found in _WHOLE.finditer(said):
        out += escape(said[start : found.start()]) + Markup('<span class="k">{}</span>').format(
            found[0].replace(" ", "\u00a0")
        )
        start = found.end()
    return out + escape(said[start:])
