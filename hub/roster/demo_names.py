"""Invented names for the demo estate. Any likeness is chance."""

from __future__ import annotations

import random

_ZH_FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江"
_ZH_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国志红梅春秀琴海燕雪晨宇浩然子涵欣怡思远嘉琪梓轩雨桐一诺俊熙若曦文博佳宁睿哲诗瑶天佑安琪景行书语慕青"
_EN_GIVEN = (
    "Anna Ben Clara Daniel Emma Felix Grace Henry Isla Jack Kate Liam Mia Noah Olivia Peter Quinn "
    "Rose Sam Tara Uma Victor Wendy Xander Yasmin Zoe Alan Beth Carl Dora Evan Fiona George Helen"
).split()
_EN_FAMILY = (
    "Adams Baker Carter Dawson Ellis Fisher Grant Harris Irving Jensen Keller Lambert Mason Norris "
    "Osborne Parker Quincy Reeves Sutton Turner Underhill Vaughn Walsh Young Archer Bennett Cole"
).split()
_JA_FAMILY = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤".split()
_JA_GIVEN = "翔太 陽菜 健一 美咲 大輔 由美 蓮 結衣 直樹 恵子 悠斗 さくら".split()
_KO_FAMILY = "김 이 박 최 정 강 조 윤 장 임".split()
_KO_GIVEN = "민준 서연 지훈 수진 현우 지영 도윤 하은 성민 은지".split()


def family_names(language: str, size: int, *, chance: random.Random) -> list[str]:
    """`size` different names of people who live together."""
    names: list[str] = []
    family = _family(language, chance=chance)
    while len(names) < size:
        # The second adult often keeps a family name of their own.
        own = _family(language, chance=chance) if len(names) == 1 else family
        name = _full(language, own, chance=chance)
        if name not in names:
            names.append(name)
    return names


def _family(language: str, *, chance: random.Random) -> str:
    match language:
        case "en":
            return chance.choice(_EN_FAMILY)
        case "ja":
            return chance.choice(_JA_FAMILY)
        case "ko":
            return chance.choice(_KO_FAMILY)
        case _:
            return chance.choice(_ZH_FAMILY)


def _full(language: str, family: str, *, chance: random.Random) -> str:
    match language:
        case "en":
            return f"{chance.choice(_EN_GIVEN)} {family}"
        case "ja":
            return f"{family} {chance.choice(_JA_GIVEN)}"
        case "ko":
            return family + chance.choice(_KO_GIVEN)
        case _:
            length = 2 if chance.random() < 0.8 else 1
            return family + "".join(chance.choice(_ZH_GIVEN) for _ in range(length))
