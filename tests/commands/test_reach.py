from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.account_settings import AccountSetting
from hub.commands.reach import reach
from hub.folder import locked
from hub.settings import Settings
from hub.store.database import Database, database
from hub.store.migrate import migrate
from hub.store.processes import ProcessLedger
from tests.flow.launched import PATHS
from tests.launch_estate import Who, put_estate

ABOUT = {"role": "serve", "host": "h", "pid": 1, "version": "1"}
TWILIO = {
    "account_sid": "AC" + "0" * 32,
    "auth_token": "t",
    "from": "+15005550006",
    "replies": True,
}
PEOPLE = (
    Who("3/12/1201", ways=(("sms", "+447700900001"),)),
    Who("3/12/1202", ways=(("sms", "+447700900002"), ("sms", "+15550100003"))),
    Who("3/5/501", ways=(("sms", "+447700900001"),)),  # shares it: one number
    Who("4/1/101", ways=(("sms", "+35316000001"),)),
)


def _settings(folder: Path, *, countries: tuple[str, ...] = ()) -> Settings:
    options: dict[str, Any] = dict(TWILIO)
    if countries:
        options["countries"] = list(countries)
    return Settings(
        data=folder,
        database_url=f"sqlite:///{folder / 'muster.db'}",
        redis_url=None,
        public_url="http://localhost:1",
        secret_key=b"k" * 40,
        accounts=(AccountSetting("one", "sms_twilio", options),),
    )


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    found = database(f"sqlite:///{tmp_path / 'muster.db'}")
    await found.open()
    await migrate(found)
    await found.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
    yield found
    await found.close()


async def test_numbers_no_account_serves_are_counted_by_country_and_never_printed(
    db: Database, tmp_path: Path
) -> None:
    accounts, *warned = await reach(_settings(tmp_path, countries=("+86", "+1")))

    assert (accounts["ok"], accounts["what"]) == (True, "provider accounts: one")
    (sms,) = warned
    assert (sms["check"], sms["ok"], sms["warn"]) == ("unserved:sms", True, True)
    assert sms["numbers"] == {"+44": 2, "+353": 1}
    assert "3 numbers of the roster: +44 (2), +353 (1)." in sms["what"]
    assert "7700900" not in json.dumps(warned)


async def test_an_account_for_all_countries_leaves_nothing_unserved(
    db: Database, tmp_path: Path
) -> None:
    one = _settings(tmp_path, countries=("+86",))
    two = AccountSetting("two", "sms_twilio", TWILIO)
    assert len(await reach(replace(one, accounts=(*one.accounts, two)))) == 1
    assert len(await reach(one)) == 2


async def test_beside_a_running_hub_its_own_accounts_are_named(
    db: Database, tmp_path: Path
) -> None:
    """It may have been started with other settings, as the demo is."""
    bare = replace(_settings(tmp_path), accounts=())
    (alone,) = await reach(bare)
    assert not alone["ok"], "no hub runs: these settings are all there is"
    with locked(tmp_path):
        (unsaid,) = await reach(bare)
        assert (unsaid["ok"], unsaid["warn"]) == (True, True)

        state = {
            "accounts": {
                "simulator": {"channel": "sms", "countries": ["+353", "+1"]},
                "screen": {"channel": "screen", "countries": []},
            }
        }
        await ProcessLedger(db).beat("p", ABOUT, swept_s=None, state=state)
        accounts, sms = await reach(bare)
        assert accounts["ok"]
        assert accounts["what"] == "provider accounts of the running hub: simulator"
        assert sms["numbers"] == {"+44": 2}


async def test_a_hub_elsewhere_is_not_judged_by_the_settings_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSTER_URL", "https://muster.example")
    (said,) = await reach(replace(_settings(tmp_path), accounts=()))
    assert said["ok"]
    assert "not judged from here" in said["what"]


async def test_an_account_that_is_set_up_wrongly_is_named(tmp_path: Path) -> None:
    wrong = AccountSetting("one", "sms_twilio", {**TWILIO, "weight": -1})
    (said,) = await reach(replace(_settings(tmp_path), accounts=(wrong,)))
    assert not said["ok"]
    assert "one" in said["what"]


async def test_an_account_that_takes_no_replies_is_named(db: Database, tmp_path: Path) -> None:
    plain = _settings(tmp_path)
    for sender, said in (("MUSTER", "takes no replies"), ("+447700900000", "from +86")):
        options = TWILIO | {"from": sender, "replies": ""}
        found = await reach(plain.with_(accounts=(AccountSetting("one", "sms_twilio", options),)))
        (note,) = [entry for entry in found if entry["check"] == "replies:one"]
        assert (note["ok"], note["warn"]) == (True, True)
        assert said in note["what"]


async def test_an_account_that_takes_replies_needs_no_word(db: Database, tmp_path: Path) -> None:
    options = TWILIO | {"replies": True}
    settings = _settings(tmp_path).with_(accounts=(AccountSetting("one", "sms_twilio", options),))
    assert [one["check"] for one in await reach(settings)] == ["accounts"]


async def test_a_house_outside_of_china_is_not_told_of_china(db: Database, tmp_path: Path) -> None:
    options = TWILIO | {"replies": ""}
    settings = _settings(tmp_path).with_(
        accounts=(AccountSetting("one", "sms_twilio", options),), country="GB"
    )
    assert [one["check"] for one in await reach(settings)] == ["accounts"]
