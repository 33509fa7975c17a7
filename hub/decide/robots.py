"""Machines that answer by themselves: absence, driving, delivery failures, carriers' footers.

Nobody has to look at what they say: it is put aside, not thrown away. A cry in it is a cry.
"""

from __future__ import annotations

import re
from typing import Final

ROBOT: Final = re.compile(
    r"^[\W_]*(?:this is an )?(?:auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|responder|message)"
    r"|out[ -]of[ -](?:the[ -])?office|away message|delivery (?:status|failure|has failed|failed)"
    r"|undeliver|mail delivery|message (?:not delivered|undelivered|could not be delivered)"
    r"|returned mail|failure notice"
    r"|自动(?:回复|答复|应答)|自動(?:回[覆復]|返信|応答|答覆)|系统自动|系統自動|投递失败|退信通知|系统退信"
    r"|respuesta autom[áa]tica|mensaje autom[áa]tico|fuera de (?:la )?oficina|رد (?:تلقائي|آلي))"
    r"|\b(?:i am|i.m|we are|we.re|is|are)\s+(?:currently\s+|now\s+)?out of (?:the )?office\b"
    r"|\bon (?:annual |parental |maternity |sick )?(?:leave|vacation|holidays?)\b.{0,160}"
    r"\b(?:reply|respond|e-?mails?|contact|access|get back)\b"
    r"|\bhave (?:limited|no) access to (?:my )?(?:e-?mail|messages)\b"
    r"|\bwill (?:reply|respond|get back to you)\s+(?:when|once|upon|on|as soon as)\b"
    r"|\b(?:this )?(?:mailbox|inbox|number|line) is (?:not |un)monitored\b"
    r"|\bthank(?:s| you) for (?:your (?:message|e-?mail|text)|contacting|texting|reaching out)\b"
    r".{0,200}\b(?:reply|respond|get back|in touch|return)\b|\bno-?reply\b|\bauto-?generated\b"
    r"|do not disturb while driving|i.?m driving\b.{0,60}\b(?:auto|focus|notif|turned on)"
    r"|驾驶勿扰|駕駛勿擾|開車勿擾|開車勿扰"
    r"|(?:休假|年假|出差|外出|开会|開會)[^。]{0,30}(?:回复|回覆|回電|回电|处理)(?:您|你)?(?:的)?"
    r"(?:邮件|郵件|信息|消息|短信)"
    r"|(?:您|你)的?(?:来信|來信|邮件|郵件|短信|消息|留言)(?:我)?(?:已经?)?收到.{0,20}"
    r"(?:尽快|儘快|稍后|稍後).{0,6}(?:回复|回覆|联系|聯繫)"
    r"|(?:该|此)号码(?:已停机|已停用|无人值守|不接收)"
    r"|本(?:号码|邮箱|短信)(?:无人值守|由系统|请勿(?:直接)?回复)"
    r"|\breply (?:help|stop)\b.{0,80}\b(?:reply )?(?:help|stop|cancel|end)\b"
    r"|\bto (?:opt[ -]?out|unsubscribe)\b"
    r"|(?:回复?|回覆)\s*(?:td|t|n)\s*(?:退订|退訂)|拒收请回复?|退订回"
)
"""A machine that answers by itself."""

OFFERED: Final = re.compile(
    r"\b(?:reply|text|send|type)\s+(?:\"|')?help(?:\"|')?(?:\s+for\s+help)?"
    r"|\bfor\s+(?:\w+\s+){0,2}(?:help|assistance)\b"
    r"|\bif\s+(?:you|it)\b[^.!]{0,30}\b(?:help|emergenc\w+|urgent|assistance)\b|\bin\s+(?:an?\s+)?emergency\b"
    r"|\bcan\s*.?not\s+(?:get\s+to|answer|take)\b|\bhelp\s?desk\b|(?:如|若|如果)(?:有|遇|您|你|需)[^,。]{0,12}"
    r"(?:紧急|緊急|急事|需要|帮助|幫助|求助)|紧急(?:情况|事务|事宜)"
)
"""What such machines say of help to whoever reads them."""
