"""What people of an estate text back, in their languages: siblings of the field's own cases."""

from __future__ import annotations

import pytest

from hub.decide.echoes import may_echo, own_words
from hub.decide.replies import Because, Meant, read_reply
from hub.decide.reply_words import BESIDE, SAYS
from hub.model import DIGITS, AnswerWord

EN = (
    "Fire at Tower 3, floor 12. Leave now by the stairs to the south lawn. Smoke outside or door"
    " hot: stay in, seal the door, call 119. Reply 1 safe, 2 need help, 3 evacuated, 4 not at home"
    " \ue000"
)
ZH = (
    "【滨江物业】3栋12层起火。请先留在家中，关好门窗。若楼道或家中有烟：关门，湿毛巾堵门缝，打119，并回复2。"
    "回复数字：1安全，2求助，3已撤离，4不在家 \ue000"
)
OVER = "All clear at 03:10: the fire at Tower 3, floor 12 is out. You can go home. \ue000"
SENT = (EN, ZH, OVER)

SAFE, HELP, OUT, AWAY = (DIGITS[digit] for digit in "1234")


def back(text: str) -> str:
    """A text as its reader got it."""
    return text.replace("\ue000", "https://muster.example/a/aBcDeFgHiJkLmNoP1")


ANSWERS = [
    # digits of any script, and written out
    ("٢", HELP), ("۲", HELP), ("２", HELP), ("②", HELP), ("❷", HELP), ("➁", HELP), ("२", HELP),
    ("²", HELP), ("⒉", HELP), ("㊁", HELP), ("๑", SAFE), ("١", SAFE), ("٤", AWAY), ("③", OUT),
    ("二", HELP), ("贰", HELP), ("两", HELP), ("一", SAFE), ("三", OUT), ("四", AWAY),
    ("two", HELP), ("Dos", HELP), ("uno", SAFE), ("いち", SAFE), ("واحد", SAFE), ("回复二", HELP),
    # asked for by a word
    ("按2", HELP), ("我按2", HELP), ("请回复2", HELP), ("回覆2", HELP), ("选3", OUT),
    ("選4", AWAY), ("press 1", SAFE), ("option 3", OUT), ("发2", HELP), ("回复数字：1", SAFE),
    ("返信1", SAFE), ("رد 1", SAFE), ("responde 3", OUT), ("输入2", HELP), ("send 2", HELP),
    # courtesy and what a phone adds
    ("1 谢谢", SAFE), ("1，谢谢你们", SAFE), ("1谢谢啦", SAFE), ("好的，1", SAFE), ("你好 1", SAFE),
    ("1, thank you!", SAFE), ("3 thanks", OUT), ("ok 1", SAFE), ("1 please", SAFE),
    ("1 唔該", SAFE),
    ("1 gracias", SAFE), ("1 ありがとうございます", SAFE), ("1 شكرا", SAFE),
    ("1\n发自我的iPhone", SAFE), ("1\n\n發自我的 iPhone", SAFE), ("4\nSent from my iPhone", AWAY),
    ("3\n从我的华为手机发送", OUT), ("1\nEnviado desde mi iPhone", SAFE),
    ("1\niPhoneから送信", SAFE), ("2\nGet Outlook for Android", HELP), ("我没事，谢谢", SAFE),
    # labels as printed, on either side
    ("平安1", SAFE), ("不在4", AWAY), ("1参加", SAFE), ("参加1", SAFE), ("1已练习", SAFE),
    ("收到1", SAFE), ("1收到", SAFE), ("1到位", SAFE), ("到位1", SAFE), ("1 done", SAFE),
    ("done 1", SAFE), ("Safe 1", SAFE), ("away 4", AWAY), ("1 on it", SAFE), ("on it 1", SAFE),
    ("1 in place", SAFE), ("1 taking part", SAFE), ("真需帮助2", HELP), ("2真需帮助", HELP),
    ("遇真实险情2", HELP), ("2 need support", HELP), ("3已到集合点", OUT), ("已到集合点3", OUT),
    ("3 at assembly point", OUT), ("4不在岗", AWAY), ("4 not on site", AWAY), ("evacuated 3", OUT),
    ("求助2", HELP), ("1 平安", SAFE), ("4 not at home", AWAY), ("1全家平安", SAFE),
    # a label that says it by itself
    ("没事", SAFE), ("我没事", SAFE), ("我們沒事", SAFE), ("我很安全", SAFE), ("平安", SAFE),
    ("safe", SAFE), ("I'm OK", SAFE), ("I’m fine.", SAFE), ("We are safe!", SAFE), ("已撤离", OUT),
    ("Evacuated", OUT), ("we're out", OUT), ("不在家", AWAY), ("not at home", AWAY),
    ("大丈夫です", SAFE), ("無事です", SAFE), ("estoy bien", SAFE), ("أنا بخير", SAFE),
    # need, in words
    ("奶奶摔倒了，起不来", HELP), ("我妈受伤了", HELP), ("被困电梯", HELP), ("楼道全是烟", HELP),
    ("屋里都是煙，出唔去", HELP), ("老人走不动", HELP), ("门打不开出不去", HELP),
    ("有人晕倒了", HELP),
    ("喘不过气", HELP), ("我家着火了", HELP), ("困在卫生间", HELP), ("能来人救救我吗", HELP),
    ("有人能帮帮我吗？", HELP), ("可以帮我吗", HELP), ("阿婆跌咗起唔到身", HELP),
    ("我受傷了", HELP),
    ("3楼有人需要帮助", HELP), ("没人来救我们，被困1601", HELP), ("不是演习，真的受伤了", HELP),
    ("grandma fell and can't get up", HELP), ("we are stuck in the lift", HELP),
    ("thick smoke", HELP),
    ("my leg hurts badly", HELP), ("Can anyone help me?", HELP), ("can you help us", HELP),
    ("I cannot breathe", HELP), ("not hurt but trapped on 12", HELP), ("my flat is on fire", HELP),
    ("can i get help please", HELP), ("someone is trapped in 1203", HELP),
    ("no one has come to help", HELP),
    ("助けて", HELP), ("閉じ込められました", HELP), ("煙で出られない", HELP),
    ("母が倒れました", HELP),
    ("ayuda por favor", HELP), ("estoy atrapado", HELP), ("no puedo salir", HELP),
    ("hay mucho humo", HELP),
    ("النجدة", HELP), ("أنا محاصر", HELP), ("ساعدوني", HELP), ("لا أستطيع الخروج", HELP),
]  # fmt: skip

UNCLEAR = [
    # offers, questions, thanks
    "How can I help?", "Can I help?", "can we help anyone", "I can help", "Do you need help?",
    "does anyone need help", "who needs help", "is anybody hurt?", "Is anyone trapped?",
    "are you hurt?", "is there smoke?", "happy to help", "thanks for your help", "help line?",
    "有人需要帮助吗", "有人受伤吗？", "需要帮助吗", "谁需要帮助", "哪里有烟", "有烟吗",
    "有冇人受傷",
    "需要帮忙吗", "需要帮助的请联系我", "求助电话是多少", "有没有人被困", "2楼着火了吗",
    "助けが必要ですか", "¿Necesitan ayuda?", "هل تحتاج إلى مساعدة؟",
    # denials
    "没有求助", "没有人受伤", "没人受伤", "没有受伤", "無人受傷", "未受伤", "没有被困",
    "没人需要帮助",
    "没有烟", "看不到烟，没有烟", "烟散了", "不需要帮助", "唔使幫忙", "冇人受傷",
    "nobody is hurt", "No one is hurt.", "not hurt", "I'm not stuck", "we are not trapped",
    "no smoke here", "I don't see any smoke", "there is no smoke", "nobody needs help",
    "I did not fall", "it doesn't hurt", "the smoke has cleared", "no help needed",
    "けが人はいません", "煙はありません", "no necesito ayuda", "sin heridos", "no hay humo",
    "لا أحتاج إلى مساعدة", "لا يوجد مصابين",
    # words that only look like need
    "谁在抽烟", "stuck at work", "she fell asleep", "helpful, cheers mate", "放烟花吗",
    # digits that answer nothing
    "平安4", "不在1", "1203", "1号楼", "3 people here", "1, is it over?", "B1", "c2c",
]  # fmt: skip

NOTHING = [
    # reactions, quotes, forwards: our own words
    f"Liked “{back(EN)}”", f"Loved “{back(OVER)}”", f"Emphasized “{back(EN)}”",
    f'Laughed at "{back(EN)}"',
    f"Disliked “{back(EN)}”", f"Questioned “{back(EN)}”", f"Reacted 👍 to “{back(EN)}”",
    f"👍 to “{back(EN)}”", f"Removed a like from “{back(EN)}”", f"Liked “{back(EN)[:60]}…”",
    f"已赞“{back(ZH)}”", f"赞了“{back(ZH)}”", f"已喜爱“{back(ZH)}”", f"对“{back(ZH)}”表示疑问",
    f"已強調「{back(ZH)}」", f"Fwd: {back(EN)}", f"转发：{back(ZH)}", f"FW: {back(ZH)}", back(EN),
    back(ZH),
    f"> {back(EN)}", f"Le gustó “{back(EN)}”", f"「{back(ZH)}」にいいねしました",
    f"أحب “{back(EN)}”",
    # machines
    "Auto-reply: I am away. Reply HELP for help, STOP to opt out.",
    "Automatic reply: out of office",
    "[自动回复] 我现在不在，需要帮助请拨打", "【自動回覆】稍後回覆您",
    "自動返信：不在にしております",
    "Respuesta automática: no estoy", "I'm driving with Do Not Disturb While Driving turned on.",
    "Thanks for contacting us! Reply HELP for help, STOP to cancel. Msg rates may apply",
    "感谢您的来信，回复TD退订",
]  # fmt: skip


@pytest.mark.parametrize(("text", "word"), ANSWERS)
def test_what_people_answer_is_understood(text: str, word: AnswerWord):
    found = read_reply(text, sent=SENT if may_echo(text) else ())
    assert (found.meant, found.word) == (Meant.ANSWER, word)


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_no_answer_is_shown_and_never_a_cry(text: str):
    found = read_reply(text, sent=SENT)
    assert (found.meant, found.word) == (Meant.UNCLEAR, None)


@pytest.mark.parametrize("text", NOTHING)
def test_our_own_words_and_machines_say_nothing(text: str):
    found = read_reply(text, sent=SENT)
    assert (found.meant, found.word) == (Meant.NOTHING, None)


@pytest.mark.parametrize(
    "text", ["收到", "OK", "ok!", "好的", "谢谢", "Thanks", "了解です", "gracias"]
)
def test_thanks_alone_say_nothing_about_how_anybody_is(text: str):
    assert read_reply(text).because is Because.ACK


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f"> {back(EN)}\n\n2", HELP),
        (f"{back(ZH)}\n我被困了", HELP),
        (f"Re: {back(EN)} we are safe", SAFE),
        (f"“{back(ZH)}”\n1", SAFE),
        ("救命", HELP),
        ("“2”", HELP),
        (">2", HELP),
        ("若家中有烟 怎么办 我家有烟", HELP),
    ],
)
def test_what_stands_beside_our_own_words_is_the_persons(text: str, word: AnswerWord):
    assert read_reply(text, sent=SENT).word is word


def test_a_cry_that_is_passed_on_is_no_word_of_ours():
    assert read_reply("Fwd: help, trapped in 5-1601", sent=SENT).word is HELP
    assert read_reply("转发：5栋1601求救", sent=SENT).word is HELP


def test_words_beside_ours_that_we_do_not_understand_are_shown():
    assert read_reply(f"> {back(EN)}\nIs this real?", sent=SENT).meant is Meant.UNCLEAR
    assert own_words("Is this real?", SENT).echo is False


@pytest.mark.parametrize("text", ["B1", "b 1", "B1安全", "B-1", "回复B1", "reply b1", "b1, thanks"])
def test_a_letter_names_its_incident(text: str):
    found = read_reply(text, letters=frozenset("ab"))
    assert (found.word, found.letter) == (SAFE, "b")


@pytest.mark.parametrize("text", ["C1", "B1203", "B栋1", "Bob 1", "B"])
def test_a_letter_no_incident_has_names_none(text: str):
    assert read_reply(text, letters=frozenset("ab")).letter == ""


@pytest.mark.parametrize("text", ["B2", "b 2", "B2 求助"])
def test_help_with_a_letter_is_help(text: str):
    assert read_reply(text, letters=frozenset("ab")).word is HELP


def test_no_label_stands_for_two_answers():
    labels = [label for word in SAYS for label in SAYS[word] | BESIDE[word]]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("word", [SAFE, HELP, OUT, AWAY])
def test_every_label_answers_on_both_sides_of_its_digit(word: AnswerWord):
    digit = next(d for d, meant in DIGITS.items() if meant is word)
    for label in SAYS[word] | BESIDE[word]:
        assert read_reply(f"{digit}{label}").word is word, label
        assert read_reply(f"{label} {digit}").word is word, label
