"""What machines answer by themselves is put aside; a cry in it is a cry."""

from __future__ import annotations

import pytest

from hub.decide.replies import Because, Meant, read_reply

MACHINES = (
    "Out of office: I am back on Monday.",
    "I am currently out of the office. If you need urgent help, call reception.",
    "I'm on annual leave until 12 December and will reply on my return. In an emergency call Ann.",
    "Automatic reply: thank you for your message",
    "Thank you for your message. We will get back to you as soon as possible.",
    "Thanks for contacting Acme! We'll reply within 24 hours.",
    "Delivery Status Notification (Failure)",
    "Undeliverable: Fire at Tower 3",
    "Message not delivered: the handset is off",
    "This mailbox is not monitored.",
    "I'm driving with Focus turned on. I'll see your message when I get there.",
    "Reply HELP for help, STOP to cancel",
    "I have limited access to email, text HELP for help",
    "自动回复：您好，我正在开会，稍后联系您",
    "【自动回复】我现在有事不在，一会再和您联系。",
    "您的来信已收到，我会尽快回复。",
    "本人出差，回来后回复您的邮件，如有急事请拨打前台",
    "此号码无人值守，如需帮助请拨打热线",
    "系统退信",
    "自動返信：ただいま不在です",
    "Respuesta automática: estoy de vacaciones",
    "رد تلقائي",
)
PEOPLE = (
    "We are on holiday, nobody is at home",
    "I am on leave today, what is going on?",
    "Can't talk now, call you later",
    "在开会，什么情况",
    "我出差了，家里有人吗",
)
CRIES = (
    "Automatic reply: I am trapped in flat 1203",
    "Out of office. HELP! smoke in my flat",
    "自动回复：救命",
    "【自动回复】煤气泄漏，快来人",
    "Thanks for your message, I fell and will get back to you never, call an ambulance",
)


@pytest.mark.parametrize("said", MACHINES)
def test_what_a_machine_says_is_put_aside(said: str) -> None:
    meaning = read_reply(said)
    assert (meaning.meant, meaning.because) == (Meant.NOTHING, Because.ROBOT)


@pytest.mark.parametrize("said", PEOPLE)
def test_what_people_say_stands_where_people_look(said: str) -> None:
    assert read_reply(said).because is not Because.ROBOT


@pytest.mark.parametrize("said", CRIES)
def test_a_cry_is_never_put_aside(said: str) -> None:
    assert read_reply(said).cry
