"""Which passwords may be chosen: long ones that are not among the first to be tried.

As NIST SP 800-63B has it: a least length, no rule which letters it is made of, nothing that lists
of leaked passwords begin with, nothing made of what everybody knows of this estate, and the same
password however a keyboard writes its letters (Unicode NFKC).
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable

from hub.errors import Problem

LEAST, MOST = 10, 1024  # characters
GUESSES = 1e7  # fewer, and it is found in a night by somebody who has the file of hashes
JUDGED = 72  # characters of it: the rest makes no password weaker, and takes time
TRIED_FIRST = tuple(
    "wuye wuyeguanli wuyeguanlichu guanlichu guanli xiaoqu baoan yezhu guanjia jingli menwei"
    " zhongkong xiaofang zhihuishi fuwu fuwuzhongxin muster console property management estate"
    " security concierge admin administrator duty viewer password passwd mima huanying welcome"
    " woaini woaizhongguo woaiwojia zhongguo beijing shanghai guangzhou shenzhen aini 1314 520"
    " 5201314 521 888888 666666 168168 zhangwei wangwei wangfang liwei lina zhangmin zhangli"
    " wangjing liuyang 物业 物业管理 物业管理处 管理 管理处 小区 保安 业主 管家 经理 密码"
    " 中控 消防 安全 中国".split()
)
"""What stands in passwords of estates, beside the words every list of leaked ones has."""

_turn = threading.Lock()  # the library keeps the words of one call where the next finds them


def tidy(password: str) -> str:
    """The password as it is kept and compared: full-width letters are the same as narrow ones."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, known: Iterable[str]) -> Problem | None:
    """Why nobody should have this password; `known`: what a stranger knows of them and the estate.
    Takes a moment: not on the loop."""
    if len(password) > MOST:
        return Problem("password", f"is longer than {MOST} characters")
    chosen = tidy(password)
    if not chosen.isprintable():
        return Problem("password", "has a character that cannot be typed", "leave it out")
    if len(chosen) < LEAST:
        return Problem("password", f"is shorter than {LEAST} characters")
    if _guesses(chosen, [*_words(known), *TRIED_FIRST]) < GUESSES:
        hint = "take three or four words that do not belong together"
        return Problem("password", "is among the first that somebody would try", hint)
    return None


def _guesses(password: str, known: list[str]) -> float:
    """How many tries it stands. What is between its letters and figures hides nothing."""
    from zxcvbn import zxcvbn  # its lists take 20 MB: only a hub where a password is set has them

    bare = "".join(letter for letter in password if letter.isalnum())
    with _turn:
        tries = [zxcvbn(one[:JUDGED], known)["guesses"] for one in {password, bare} if one]
    return float(min(tries))


def _words(known: Iterable[str]) -> list[str]:
    """Each as it stands, without its blanks, and in its parts."""
    found: dict[str, None] = {}
    for one in known:
        text = tidy(one).casefold()
        parts = "".join(c if c.isalnum() else " " for c in text).split()
        found |= dict.fromkeys((text, "".join(parts), *parts))
    return [word for word in found if len(word) > 1]
