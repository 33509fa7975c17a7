"""Danger told without the word help, denied, asked about, over: what is a cry and what is not."""

from __future__ import annotations

import time

import pytest

from hub.decide.peril import in_peril
from hub.decide.replies import Meant, read_reply

CRIES = """
gas leak | there is a gas leak | smell gas | I smell gas | we can smell gas here |
it smells of gas | gas smell in the kitchen | strong smell of gas | 燃气泄漏 | 煤气味 | 有煤气味 |
厨房煤气泄漏 | 煤气漏了 | 漏气了 | 天然气泄露 | 闻到一股煤气味 | 好大的煤气味 | 家里有燃气味 |
着火了 | 我家着火了 | 12楼着火了 | 这里着火了 | 起火了 | 失火了 | 冒烟了 | 楼道冒烟 | 浓烟 |
浓烟滚滚 | 有烟 | 屋里有烟 | 走廊都是烟 | smoke in my flat | there is smoke | thick smoke |
smoke everywhere | smoke is coming in | I see smoke | 孩子不见了 | 我孩子不见了 | 找不到孩子 |
孩子找不到了 | 老人走失了 | my child is missing | can't find my son | I can't find my daughter |
lost my child | can't breathe | cant breathe | I cannot breathe | can not breathe |
hard to breathe | difficulty breathing | 喘不过气 | 喘不上气 | 透不过气 | 呼吸不了 | 不能呼吸 |
胸闷 | 胸口疼 | 胸痛 | 心脏病 | 心脏病发作 | 心脏病犯了 | heart attack | chest pain |
having a stroke | 中风了 | 脑溢血 | 晕过去了 | 没有意识 | 叫不醒 | 不省人事 | 突然倒下 | 抽搐 |
触电了 | 有人触电 | electric shock | electrocuted | 漏电 | 爆炸了 | explosion | 煤气罐爆炸 |
着火啦快来 | fire! | there's a fire | there is a fire here | kitchen on fire |
my kitchen is on fire | house is burning | fire in the kitchen | flooding, water rising |
水淹进来了 | 进水了出不去 | 电梯困人 | 我们被关在电梯里 | 关在电梯里了 | stuck in the lift |
stuck in elevator | trapped in lift | 电梯卡住了 | I'm choking | 烟太大了 | 浓烟太大下不去 |
呛死了 | 中毒了 | 一氧化碳 | carbon monoxide alarm | 烧起来了 | 烧着了 | 火烧过来了 | 火很大 |
火太大了 | 火势很大 | flames at my door | fire at my door | fire outside my door | burning smell |
烧焦味 | 焦糊味 | 糊味 | smells like burning | something is burning | 羊水破了 | 要生了 |
in labour | she is not responding | won't wake up | unresponsive | he passed out | fainted |
seizure | bleeding heavily | 需要医生 | need a doctor | send a doctor | send someone |
please send someone to 1203 | 派人来 | 快派人 | 有没有人救我们 | 还有人在里面 | 里面还有人 |
有人没出来 | 奶奶还在里面 | my mother is still upstairs | people inside |
there are people inside | someone is inside | abuela no respira | huele a gas | fuga de gas |
hay fuego | fuego en mi casa | ガス漏れ | ガスの臭い | 火事です | 煙が | 息ができない |
子供がいない | تسرب غاز | رائحة غاز | حريق | لا أستطيع التنفس | 煤氣洩漏 | 聞到煤氣味 | 著火了 |
濃煙 | 細路唔見咗 | 透唔到氣 | 氣喘發作 | 哮喘发作 | asthma attack | 发烧抽筋 | 老人一个人在家 |
老伴不行了 | 没气了 | 呼吸困难 | 动弹不得 | 卡在门里 | 被压住了 | 被砸到了 | 塌了 | 天花板塌了 |
ceiling collapsed | 有人跳楼 | 有人要跳楼 | someone jumped | 有人持刀 | 打人了 | robbery |
somebody with a knife | 被打了 | 快报警 | 3栋1203煤气泄漏快来 | 我家燃气漏了怎么办 |
厨房里一股煤气味，不敢开灯 | 楼道里有煤气味怎么回事 | 没人管，煤气漏了 | 没人来着火了 |
受不了煤气味 | 我没事但是有煤气味 | 不知道为什么有煤气味 | 我家好像漏气了？ |
是不是漏气了，我头晕，喘不过气 | why does it smell of gas? | gas leak in my kitchen? |
can you send a doctor? | could you please send someone | no fire but there is a gas leak |
nobody is coming, there is a gas leak | can't find my mum anywhere | 我找不到我妈了 | 孩子走丢了 |
奶奶联系不上 | 婆婆晕倒了 | 我爸胸口疼 | 孩子高烧抽筋 | 老人没有反应了 | 充电桩着火了 |
对面楼着火了 | 着火了怎么办 | 屋里有烟怎么办 | 卧室起火 | 火越来越大 | 煤气报警器一直响 |
carbon monoxide alarm is going off | the co alarm is beeping | smoke alarm is going off |
My wife passed out | my baby isn't breathing | dad has chest pain |
i think there is a gas leak | maybe a gas leak? | there's a fire on my balcony | Fire! Fire! |
fire | FIRE!! | flames outside | my neighbour is still inside | someone is still upstairs |
my dog and my son are missing | 电梯困人了 | 孩子被关在电梯里 | 我们一家被困 | 有人倒在楼道 |
里面还有人没出来 | 还有老人没下来 | 没有意识了 | 他没有意识 | no puedo respirar |
ガス漏れしています | هناك تسرب غاز | 煤氣洩漏呀 | 我屋企有煤氣味 | 我屋企著火 | 阿婆暈咗 |
the smell of gas is strong | strong gas odor in stairwell | I smelled gas in the hall |
smelling gas | 一氧化碳中毒 | 老公触电了 | 触电 | 爆炸 | 楼塌了 | 送医生来 | 请派人来看看 |
麻烦派个人上来 | 帮我报警 | 门打不开里面冒烟 | there's smoke, what should I do? | 烟雾很大 |
全是烟 | 有呛人的味道
""".replace("\n", "").split("|")

CALM = """
no smoke here | no smoke | 没有烟味 | 没烟 | 没有烟 | 没闻到煤气味 | 没有煤气味 | 没有煤气泄漏 |
煤气没有泄漏 | 无燃气泄漏 | 没着火 | 没有着火 | no gas leak here | no gas smell |
I don't smell gas | can't smell gas | there is no gas leak | no leak | no fire here | no fire |
there is no fire | 火灭了 | 火已经灭了 | the fire is out | 孩子没事 | 孩子找到了 | 孩子都在 |
found my child | no one is missing | nobody is missing | I can breathe fine | 没有心脏病 |
no chest pain | 不胸闷 | no heart attack | 煤气已关 | 煤气关了 | 关了煤气 | 燃气阀已关 |
gas is off | I turned off the gas | 燃气公司来了 | 缴燃气费 | 煤气费多少 | 燃气费 | gas bill |
no carbon monoxide | 没有爆炸 | no explosion | no flooding | 没进水 | 戒烟 | 吸烟室 | 禁烟 |
无烟 | 抽烟 | smoke alarm test? | smoke detector works | 电梯没有困人 | 没人被困 | 没触电 |
没有人受伤 | 没有浓烟 | 浓烟散了 | 烟散了 | 烟没了 | a fire drill | fire drill | 消防演练 |
火警解除了吗 | fire door | fire alarm is loud | 煤气灶 | gas stove works | 火锅 | 开火做饭 |
生火 | 心脏病药够了 | 我没有心脏病史 | 没有煤气泄漏，放心 | 燃气公司说没有泄漏 |
no gas leak, all fine | there isn't any gas leak | we did not smell gas |
I didn't notice any gas smell | 没发现漏气 | 不漏气 | 没漏气 | 漏气已修好 | 煤气泄漏已经处理 |
the gas leak is fixed | gas leak has been repaired | 收到煤气泄漏演练通知 | 今天是燃气泄漏演练吧 |
gas leak drill today | 燃气泄漏报警器怎么换电池 | 我家没着火 | 这里没有着火 | 没有人着火 |
着火的通知收到了 | 起火点在哪 | what caught fire? | 3栋着火了我没事 | 我没事，3栋着火了 |
听说12栋着火了 | 孩子都找到了 | 没有人走失 | 孩子没走丢 | 不胸闷了 | 没有胸痛 |
I have no chest pain | nobody fainted | no one passed out | 没人晕倒 | 无人触电 | 没爆炸 |
no explosion heard | is anybody still inside? | 里面还有人吗 | 还有人没出来吗 | 有没有人触电 |
does anyone smell gas? | did something explode? | would that be a gas leak |
could it be a gas leak? | can it be a fire | do we need a doctor? | 不需要医生 | 不用派人来 |
派人来修水管 | 派人来收垃圾 | don't send anyone | do not send security |
send somebody to fix the tap | please send the bill | 跳楼价 | 停电了电梯不动 | 报警器响了没事 |
报警了吗 | 警察来了 | gas stove | gas bill question | 燃气费怎么交 | waterfall | family is fine |
my son is at school | my kids are safe | we are all fine, my mother is with me |
waiting for news | 感谢派人来 | 谢谢医生 | 好多烟花 | 焦味火锅 | 要生火做饭吗 |
fire truck is here | there is a fire truck outside | there's a fire drill | is the fire out? |
fire is under control | 火扑灭了吗 | 火情解除了 | 心脏病药吃完了 | 哪里煤气泄漏 | 什么味道 |
谁家着火了 | 他们说煤气没漏 | 不是煤气味是饭糊了吗 | flames are out | the flames are gone |
没有火灾 | 无火灾 | neighbours are inside safe | people inside are safe |
everyone inside is fine | my family is inside and safe
""".replace("\n", "").split("|")

ASKED = """
is there a gas leak? | 有煤气泄漏吗 | 是煤气味吗 | 着火了吗 | 是不是着火了 | 哪里着火了 | 有烟吗 |
is there smoke? | is there a fire? | where is the fire? | 孩子不见了吗 | is anyone missing? |
是不是燃气泄漏 | 燃气泄漏了吗 | 有人受伤吗 | is it a gas leak | what smoke? | 哪栋着火 |
真的着火了吗 | 是煤气泄漏吗？ | do you smell gas? | can you smell gas | fire? | smoke? | 着火？ |
有没有烟 | 有没有着火 | 有没有煤气味
""".replace("\n", "").split("|")


@pytest.mark.parametrize("said", [one.strip() for one in CRIES])
def test_danger_that_is_told_of_is_a_cry(said: str) -> None:
    assert read_reply(said).cry


@pytest.mark.parametrize("said", [one.strip() for one in CALM])
def test_what_is_denied_or_over_or_everyday_is_none(said: str) -> None:
    assert not read_reply(said).cry


@pytest.mark.parametrize("said", [one.strip() for one in ASKED])
def test_what_is_asked_is_unclear_and_stands_where_people_look(said: str) -> None:
    assert read_reply(said).meant is Meant.UNCLEAR


@pytest.mark.parametrize("said", ["3栋着火了", "12楼着火了，我家没电", "外面着火了"])
def test_a_fire_elsewhere_is_a_cry_unless_its_teller_is_well(said: str) -> None:
    assert read_reply(said).cry
    assert not read_reply(f"{said}，我们已撤离，没事").cry


@pytest.mark.parametrize(
    "part", ["煤气", "没有", "gas ", "is there ", "孩子没", "no ", "fire ", "my "]
)
def test_no_text_takes_long_to_read(part: str) -> None:
    begun = time.process_time()
    in_peril(part * (5_000 // len(part)))
    assert time.process_time() - begun < 5
