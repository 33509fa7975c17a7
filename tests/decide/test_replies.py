from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.replies import Because, Meant, as_said_by, read_reply
from hub.model import AnswerWord

SAFE, HELP = AnswerWord.SAFE, AnswerWord.HELP
OUT, AWAY = AnswerWord.EVACUATED, AnswerWord.AWAY


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("1", SAFE), (" 1 ", SAFE), ("1.", SAFE), ("１", SAFE), ("①", SAFE), ("1️⃣", SAFE),
        ("（1）", SAFE), ("“1”", SAFE), ("1。", SAFE), ("1!", SAFE), ("#1", SAFE), ("1#", SAFE),
        ("1安全", SAFE), ("1 安全", SAFE), ("1、安全", SAFE), ("1 safe", SAFE),
        ("1: I am safe", SAFE),
        ("1 I'm safe", SAFE), ("1 I’m safe", SAFE), ("回复1", SAFE), ("回复：1", SAFE),
        ("Reply 1", SAFE), ("1 1", SAFE), ("11", SAFE), ("1\n", SAFE), ("\u200b1", SAFE),
        ("1 不需要帮助", SAFE), ("1 no help needed", SAFE),
        ("2", HELP), ("２", HELP), ("2求助", HELP), ("2 my mother cannot walk", HELP),
        ("2，1203室有老人", HELP), ("回复2", HELP), ("22", HELP), ("1 2", HELP), ("2,1", HELP),
        ("12", HELP), ("2人被困", HELP),
        ("3", OUT), ("3已撤离", OUT), ("3 out", OUT), ("3. Evacuated", OUT), ("3 我已撤离", OUT),
        ("4", AWAY), ("4不在", AWAY), ("4 away", AWAY), ("4 不在家", AWAY), ("4 not at home", AWAY),
        ("HELP", HELP), ("help me", HELP), ("Help!!!", HELP), ("救命", HELP), ("救命啊！", HELP),
        ("求助", HELP), ("SOS", HELP), ("sos 1203", HELP), ("我被困在电梯里", HELP),
        ("请help我", HELP), ("1 but my son needs help", HELP), ("I am trapped", HELP),
        ("需要帮助", HELP), ("ＨＥＬＰ", HELP),
    ],
)  # fmt: skip
def test_an_answer_is_understood(text: str, word: AnswerWord):
    found = read_reply(text)
    assert (found.meant, found.word) == (Meant.ANSWER, word)


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "？", "5", "0", "9", "13", "1 3", "1203", "1213", "3 people here",
        "3 people on the roof", "1 person is missing", "4 of us", "2栋没事", "2楼着火了吗", "2:30",
        "2 people are safe", "safe?", "没事吧？", "安全吗", "ok?", "什么情况", "yes", "No",
        "12楼", "不需要帮助",
        "I don't need help", "no help needed", "nobody is trapped", "helped my neighbour",
        "1安全2求助3已撤离4不在", "stop the alarm please", "when does it end", "1000",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_kept_for_staff(text: str):
    found = read_reply(text)
    assert (found.meant, found.word) == (Meant.UNCLEAR, None)


def test_three_people_trapped_is_a_cry_and_never_evacuated():
    assert read_reply("3 people trapped").word is HELP
    assert read_reply("3人被困").word is HELP


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop.", " Stop ", "STOPALL", "stop all", "UNSUBSCRIBE", "cancel", "END", "QUIT",
        "revoke", "OPTOUT", "opt out", "opt-out", "退订", "TD",
    ],
)  # fmt: skip
def test_carrier_keywords_opt_out(text: str):
    assert read_reply(text).meant is Meant.OPT_OUT


@pytest.mark.parametrize("text", ["no help has come", "没人来帮忙，快来人", "no one can help us"])
def test_help_that_did_not_come_is_a_cry(text: str):
    assert read_reply(text).word is HELP


@pytest.mark.parametrize("text", ["START", "start!", "UNSTOP"])
def test_start_opts_in_again(text: str):
    assert read_reply(text).meant is Meant.OPT_IN


def test_the_reason_is_named():
    assert read_reply("1").because is Because.DIGIT
    assert read_reply("help").because is Because.CRY
    assert read_reply("1 2").because is Because.SEVERAL_WITH_HELP
    assert read_reply("1 3").because is Because.SEVERAL
    assert read_reply("").because is Because.EMPTY
    assert read_reply("我没事").because is Because.LABEL
    assert read_reply("谢谢").because is Because.ACK
    assert read_reply("who is this").because is Because.OTHER


@given(st.text(max_size=300))
def test_anything_typed_has_a_meaning(text: str):
    found = read_reply(text)
    assert (found.word is not None) == (found.meant is Meant.ANSWER)
    assert found.cry == (found.word is AnswerWord.HELP)


@given(
    st.text("ab1 。\n楼栋", max_size=40),
    st.sampled_from(["救命", " SOS ", "需要救援"]),
    st.text("ab1 。\n楼栋", max_size=40),
)
def test_a_cry_is_heard_whatever_stands_around_it(before: str, cry: str, after: str):
    said = f"{before} {cry} {after}"
    if not set("124") <= set(said) and not set(before) & set("不是没沒未无無冇谁誰哪有"):
        assert read_reply(said).word is HELP


@given(st.sampled_from("1234"), st.text(alphabet=" .,;:!#*-()。，！（）\t\n", max_size=6))
def test_blanks_and_punctuation_never_change_a_digit(digit: str, around: str):
    assert read_reply(around + digit + around).word is read_reply(digit).word


@pytest.mark.parametrize("word", list(AnswerWord))
def test_a_one_of_people_on_duty_acknowledges_and_all_else_is_as_anybodys(word: AnswerWord):
    assert as_said_by(word, duty=False) is word
    said = AnswerWord.SEEN if word is AnswerWord.SAFE else word
    assert as_said_by(word, duty=True) is said


@pytest.mark.parametrize(
    "text",
    [
        "谁来救我 我被困在家", "谁来帮帮忙爸爸摔倒了", "有没有人能帮忙 我被困了",
        "哪位好心人快来我妈摔倒了",
        "我需要帮助请快来", "我需要帮忙叫救护车", "需要帮助请来人",
        "is anyone there help me", "are you there help us", "no one is here help",
        "my wife is there trapped", "he is there hurt", "they were there stuck",
        "alguien necesita ayuda en el 5", "لا أستطيع الخروج محاصر", "لا يمكنني التنفس دخان",
        "لا أحد يساعدني محاصر", "هل يسمعني أحد محاصر",
    ],
)  # fmt: skip
def test_what_sounds_like_a_question_or_an_offer_takes_no_cry_with_it(text: str):
    assert read_reply(text).cry


@pytest.mark.parametrize(
    "text",
    [
        "谁需要帮助", "哪家需要帮助", "有没有人受伤", "需要帮助请联系物业", "需要帮助的话找我",
        "is anyone hurt", "is there any smoke", "are there any injured", "nobody here needs help",
        "is there smoke", "¿alguien necesita ayuda?", "هل يوجد دخان", "لا أحد مصاب",
    ],
)  # fmt: skip
def test_questions_and_offers_stay_what_they_are(text: str):
    assert not read_reply(text).cry


@pytest.mark.parametrize(
    "text",
    ["喘不上来气", "无法下楼", "我快死了", "快叫救护车", "I can't breath", "heart attack",
     "call an ambulance"],
)  # fmt: skip
def test_more_words_of_need(text: str):
    assert read_reply(text).cry


@pytest.mark.parametrize(
    "text", ["不用叫救护车", "叫救护车了吗", "ambulance came", "Don't call an ambulance"]
)
def test_an_ambulance_alone_is_no_cry(text: str):
    assert not read_reply(text).cry
