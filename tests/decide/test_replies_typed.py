"""Replies by signs, badly typed, in parts, very long, or in the words of danger."""

from __future__ import annotations

import pytest

from hub.decide.replies import Because, Meant, read_reply, says_yes
from hub.model import AnswerWord
from tests.decide.test_replies_said import SENT

SAFE, HELP, OUT, AWAY = AnswerWord.SAFE, AnswerWord.HELP, AnswerWord.EVACUATED, AnswerWord.AWAY


@pytest.mark.parametrize(
    "said",
    ["🆘", "🆘🆘🆘", " 🆘 ", "1 🆘", "🆘 401", "S.O.S", "s o s!", "S-O-S", "SOSSS", "H E L P",
     "H.E.L.P.", "HEEELP", "helppp", "hlep", "pls hepl", "halp me", "救 命", "救，命", "救。命啊"],
)  # fmt: skip
def test_a_cry_by_a_sign_or_badly_typed_is_one(said):
    assert read_reply(said).word is HELP, said


@pytest.mark.parametrize("said", ["it's OS 2 that I like", "gasoso", "hotel phone", "👩‍🚒", "🔥"])
def test_what_only_looks_like_such_a_cry_is_none(said):
    assert not read_reply(said).cry, said


@pytest.mark.parametrize("said", ["👍", "👍🏽", "👍👍", "👌🏿 👍", "❤️", "🆗", "✅", "🙏🏻", "🫡"])
def test_a_sign_of_thanks_says_no_more_than_received(said):
    assert (read_reply(said).meant, read_reply(said).because) == (Meant.NOTHING, Because.ACK)


@pytest.mark.parametrize("said", ["", " ", "?", "👍🔥", "🔥", "🏃", "..."])
def test_other_signs_alone_are_for_people_to_read(said):
    assert (read_reply(said).meant, read_reply(said).because) == (Meant.UNCLEAR, Because.EMPTY)


@pytest.mark.parametrize(
    "part",
    ["(2/2)所有人都好", "[2/2] and the dog is with us", "（2/2）谢谢你们的通知",
     "(2/3) to the lobby", "【2/2】那就这样", "(1/2) we went to the"],
)  # fmt: skip
def test_the_count_of_a_part_is_no_digit(part):
    assert (read_reply(part).meant, read_reply(part).word) == (Meant.UNCLEAR, None)


@pytest.mark.parametrize(
    ("part", "word"),
    [("(1/2) trapped in 1201", HELP), ("(2/2)2", HELP), ("安全(1/2)", SAFE),
     ("(2/2) we are out", OUT), ("(1/2)", HELP), ("2/3", HELP)],
)  # fmt: skip
def test_what_a_part_says_counts(part, word):
    assert read_reply(part).word is word


@pytest.mark.parametrize(("said", "yes"), [("YES", True), ("yes.", True), ("yes please", False)])
def test_yes_alone_is_known_as_such(said, yes):
    assert says_yes(read_reply(said)) is yes


@pytest.mark.parametrize("before", [1_590, 1_600, 1_601, 3_000, 4_900])
@pytest.mark.parametrize("cry", ["救命", "we are trapped"])
def test_a_cry_at_the_end_of_a_very_long_text_is_heard(before: int, cry: str):
    assert read_reply("a " * (before // 2) + cry).word is HELP


@pytest.mark.parametrize("said", ["a " * 2_000, "好的。" * 1_000])
def test_a_very_long_text_without_a_cry_is_unclear(said: str):
    assert read_reply(said).meant is Meant.UNCLEAR
    assert read_reply("2 " + said).word is HELP


@pytest.mark.parametrize(
    "said", ["my answer is 2", "I choose 2", "i pick 2", "Answer is: 2", "我选2"]
)
def test_a_digit_that_is_chosen_in_words_is_the_answer(said: str):
    assert read_reply(said).word is HELP


@pytest.mark.parametrize(
    "text",
    [
        "🆘",
        "🆘🆘",
        "着火了！车库",
        "着火了",
        "我们店里着火了",
        "车库着火了",
        "隔壁起火了",
        "楼下着火了！",
        "起火了快来",
        "门变形打不开",
        "孩子还在屋里",
        "我和老婆安全，孩子还在屋里",
        "孩子一个人在家",
        "老人还在楼上",
        "家里老人没下来",
        "我爸心脏病犯了",
        "快叫救护车",
        "打120",
        "被锁在家里",
        "救人",
        "来人！",
        "快来啊",
        "撑不住了",
        "没呼吸了",
        "孩子不见了",
        "走不下去",
        "我坐轮椅",
        "行动不便",
        "无法下楼",
        "不能走",
        "腿断了",
        "没电了呼吸机停了",
        "闻到煤气",
        "hlep",
        "HELPPP",
        "heeelp",
        "there's fire in my kitchen",
        "My kitchen is burning",
        "I smell gas",
        "can't open the door",
        "door won't open",
        "call an ambulance",
        "call 119",
        "heart attack",
        "broken leg",
        "I can't use the stairs",
        "unable to walk",
        "baby not breathing",
        "come quick",
        "rescue us",
        "save me",
        "I'm dying",
        "my kid is still inside",
        "my son is missing",
        "I'm locked in",
        "wheelchair user",
        "oxygen running out",
    ],
)
def test_words_of_danger_are_a_cry(text: str):
    assert read_reply(text, sent=SENT).word is HELP


@pytest.mark.parametrize(
    "text",
    [
        "哪里着火了",
        "是不是着火了",
        "着火了吗",
        "隔壁起火了吗？",
        "听说车库着火了",
        "没着火",
        "我们还在家，安全",
        "孩子没出门",
        "钥匙锁在家里了",
        "手机快不行了",
        "my phone is dying",
        "we are still inside and fine",
        "I saw an ambulance outside, what happened?",
        "楼下来了救护车怎么了",
        "没有人坐轮椅",
        "有轮椅借吗？",
        "不能走电梯吗",
        "我没闻到煤气味",
        "I can't smell gas",
        "should I call 119?",
        "要不要打119",
        "I don't need an ambulance",
        "door is open",
        "no fire here",
        "门禁打不开 怎么办",
        "刚来",
        "你们快来看看水管",
    ],
)
def test_what_only_sounds_like_danger_is_no_cry(text: str):
    assert read_reply(text, sent=SENT).word is not HELP


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("没事了", SAFE),
        ("我们没事了", SAFE),
        ("We're all safe", SAFE),
        ("Everyone is safe, thanks", SAFE),
        ("已下楼", OUT),
        ("我们都下来了", OUT),
        ("在外地", AWAY),
        ("出差", AWAY),
        ("家里没人", AWAY),
        ("not home", AWAY),
    ],
)
def test_plain_words_say_an_answer(text: str, word: AnswerWord):
    assert read_reply(text, sent=SENT).word is word
