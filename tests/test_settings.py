"""Settings: what the environment may say, and what each wrong word gets."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hub.errors import Refused
from hub.settings import load

KEY = "k" * 40


def test_the_default_is_embedded_and_keeps_its_own_secret(tmp_path: Path) -> None:
    first = load({}, data=tmp_path)
    assert first.embedded
    assert first.public_url == "http://localhost:8000"
    assert first.secret_key == load({}, data=tmp_path).secret_key
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_postgresql_needs_a_key_and_redis(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load({"MUSTER_DATABASE_URL": "postgresql://x/y"}, data=tmp_path)
    assert {p.where for p in refused.value.problems} == {"MUSTER_SECRET_KEY", "MUSTER_REDIS_URL"}


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="shorter than 32"):
        load({"MUSTER_SECRET_KEY": "short"}, data=tmp_path)


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    settings = load({"MUSTER_SECRET_KEY_FILE": str(tmp_path / "key")}, data=tmp_path)
    assert settings.secret_key == KEY.encode()


def test_every_wrong_variable_is_named_at_once(tmp_path: Path) -> None:
    wrong = {
        "MUSTER_BIND": "nowhere",
        "MUSTER_TIMEZONE": "Mars/Base",
        "MUSTER_PUBLIC_URL": "ftp://x",
        "MUSTER_TWILIO_ACCOUNT_SID": "AC1",
        "MUSTER_TWILIO_PACE": "fast",
        "MUSTER_CONFIG": str(tmp_path / "absent.toml"),
        "MUSTER_TLS_CERT": "cert.pem",
    }
    with pytest.raises(Refused) as refused:
        load(wrong, data=tmp_path)
    assert {p.where for p in refused.value.problems} == {
        "MUSTER_BIND",
        "MUSTER_TIMEZONE",
        "MUSTER_PUBLIC_URL",
        "MUSTER_TWILIO_AUTH_TOKEN",
        "MUSTER_TWILIO_FROM",
        "MUSTER_TWILIO_PACE",
        "MUSTER_CONFIG",
        "MUSTER_TLS_CERT",
    }


def test_a_twilio_account_by_environment_alone(tmp_path: Path) -> None:
    settings = load(
        {
            "MUSTER_TWILIO_ACCOUNT_SID": "AC1",
            "MUSTER_TWILIO_AUTH_TOKEN": "secret",
            "MUSTER_TWILIO_FROM": "+15005550006",
            "MUSTER_TWILIO_PACE": "25",
        },
        data=tmp_path,
    )
    account = settings.accounts[0]
    assert (account.name, account.channel) == ("twilio", "sms_twilio")
    assert account.options["pace"] == 25.0
    assert "secret" not in repr(settings)


TWILIO = {"MUSTER_TWILIO_ACCOUNT_SID": "AC1", "MUSTER_TWILIO_AUTH_TOKEN": "secret"}


def test_a_caller_id_makes_a_second_account_that_calls(tmp_path: Path) -> None:
    more = {
        "MUSTER_TWILIO_FROM": "+15005550006",
        "MUSTER_TWILIO_VOICE_FROM": "+15005550007",
        "MUSTER_TWILIO_API_URL": "https://edge.example.org",
        "MUSTER_TWILIO_PACE": "25",
    }
    sms, voice = load(TWILIO | more, data=tmp_path).accounts
    assert (sms.name, sms.channel) == ("twilio", "sms_twilio")
    assert (voice.name, voice.channel) == ("twilio_voice", "voice_twilio")
    assert voice.options == {
        "account_sid": "AC1",
        "auth_token": "secret",
        "api_url": "https://edge.example.org",
        "from": "+15005550007",
    }


def test_an_account_may_call_without_sending_texts(tmp_path: Path) -> None:
    settings = load(TWILIO | {"MUSTER_TWILIO_VOICE_FROM": "+15005550007"}, data=tmp_path)
    assert [account.channel for account in settings.accounts] == ["voice_twilio"]


def test_accounts_and_site_defaults_come_from_a_toml_file(tmp_path: Path) -> None:
    file = tmp_path / "muster.toml"
    file.write_text(
        'country = "gb"\nlanguages = ["en"]\n'
        '[[accounts]]\nname = "groups"\nchannel = "chat_wecom"\napi_url = "https://example.com"\n'
    )
    settings = load({"MUSTER_CONFIG": str(file)}, data=tmp_path)
    assert settings.country == "GB"
    assert settings.languages == ("en",)
    assert settings.accounts[0].options == {"api_url": "https://example.com"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "loud"),
        ("COUNTRY", "Mars"),
        ("COUNTRY", "86"),
        ("LANGUAGES", "Chinese please"),
        ("TIMEZONE", "Mars/Olympus"),
        ("TIMEZONE", "Asia"),
        ("TIMEZONE", "../../etc/passwd"),
        ("TIMEZONE", "Factory"),
        ("TIMEZONE", "zone.tab"),
        ("PUBLIC_URL", "ftp://somewhere"),
        ("BIND", "here"),
    ],
)
def test_a_word_that_makes_no_sense_is_refused_by_its_name(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(Refused) as refused:
        load({f"MUSTER_{name}": value}, data=tmp_path)
    (problem,) = refused.value.problems
    assert problem.where == f"MUSTER_{name}"
    assert problem.hint


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Refused, match="MUSTER_DATA cannot be used"):
        load({}, data=tmp_path / "file" / "data")


@pytest.mark.parametrize("written", ['["en", "zh-CN"]', '"en, zh-CN"'])
def test_languages_of_a_file_are_a_list_or_written_in_a_row(tmp_path: Path, written: str) -> None:
    (tmp_path / "muster.toml").write_text(f"languages = {written}\n")
    found = load({"MUSTER_CONFIG": str(tmp_path / "muster.toml")}, data=tmp_path)
    assert found.languages == ("en", "zh-CN")


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("TIMEZONE", "Etc/GMT+8", "Asia/Shanghai or Etc/GMT-8"),
        ("TIMEZONE", "Etc/GMT+8", "8 hours behind UTC"),
        ("TIMEZONE", "GMT+8", "Asia/Shanghai"),
        ("TIMEZONE", "UTC+8", "Asia/Shanghai"),
        ("TIMEZONE", "+08:00", "Asia/Shanghai"),
        ("TIMEZONE", "UTC+9", "Asia/Tokyo"),
        ("TIMEZONE", "GMT-5", "America/New_York"),
        ("TIMEZONE", "CST", "Asia/Shanghai"),
        ("TIMEZONE", "EST", "America/New_York"),
        ("TIMEZONE", "HST", "Pacific/Honolulu"),
        ("TIMEZONE", "asia/shanghai", "Asia/Shanghai"),
        ("TIMEZONE", "Asia/Peking", "Asia/Shanghai"),
        ("TIMEZONE", "Asia/Beijing", "Asia/Shanghai"),
        ("TIMEZONE", "Asia/Shangai", "Asia/Shanghai"),
        ("TIMEZONE", "Berlin", "Europe/Berlin"),
        ("TIMEZONE", "New York", "America/New_York"),
        ("COUNTRY", "China", "CN"),
        ("COUNTRY", "CHN", "CN"),
        ("COUNTRY", "UK", "GB"),
        ("COUNTRY", "中国", "CN"),
        ("COUNTRY", "XQ", "ISO 3166"),
        ("LANGUAGES", "cn,en", "zh-CN"),
        ("LANGUAGES", "jp", "ja"),
        ("LANGUAGES", "english", "write en"),
        ("LANGUAGES", "zh-TC", "zh-Hant"),
        ("LANGUAGES", "en-XQ", "write en"),
    ],
)
def test_what_was_meant_is_named(tmp_path: Path, name: str, value: str, meant: str) -> None:
    with pytest.raises(Refused, match=f"MUSTER_{name}") as refused:
        load({f"MUSTER_{name}": value}, data=tmp_path)
    assert meant in str(refused.value)


@pytest.mark.parametrize("zone", ["PRC", "UTC", "CET", "Etc/GMT-8", "Australia/Lord_Howe", "GB"])
def test_a_zone_that_is_right_by_an_older_name_is_taken(tmp_path: Path, zone: str) -> None:
    assert load({"MUSTER_TIMEZONE": zone}, data=tmp_path).timezone == zone


def test_a_zone_on_the_wrong_side_of_greenwich_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"5 hours ahead of UTC.*use America/New_York"):
        load({"MUSTER_TIMEZONE": "Etc/GMT-5", "MUSTER_COUNTRY": "US"}, data=tmp_path)


def test_a_tag_that_is_only_written_oddly_is_put_right(tmp_path: Path) -> None:
    found = load({"MUSTER_LANGUAGES": "zh_CN, EN-uk,zh-hant-hk,en-GB"}, data=tmp_path)
    assert found.languages == ("zh-CN", "en-GB", "zh-Hant-HK")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('timezone = "Etc/GMT+8"', "MUSTER_CONFIG: timezone is 8 hours behind UTC"),
        ('country = "UK"', "MUSTER_CONFIG: country"),
        ('languages = ["cn"]', "write zh-CN"),
        ("accounts = 5", "accounts that are no list"),
        ('[accounts]\nname = "x"', "accounts that are no list"),
        ("timezone = ", "is not TOML"),
    ],
)
def test_a_fault_in_the_toml_file_is_said_in_a_sentence(
    tmp_path: Path, toml: str, said: str
) -> None:
    (tmp_path / "muster.toml").write_text(toml)
    with pytest.raises(Refused) as refused:
        load({"MUSTER_CONFIG": str(tmp_path / "muster.toml")}, data=tmp_path)
    assert said in str(refused.value)


def test_the_environment_says_whether_texts_can_be_answered(tmp_path: Path) -> None:
    given = {
        "MUSTER_TWILIO_ACCOUNT_SID": "AC1",
        "MUSTER_TWILIO_AUTH_TOKEN": "t",
        "MUSTER_TWILIO_FROM": "MUSTER",
    }
    (plain,) = load(given, data=tmp_path).accounts
    (said,) = load(given | {"MUSTER_TWILIO_REPLIES": "yes"}, data=tmp_path).accounts
    assert "replies" not in plain.options
    assert said.options["replies"] == "yes"
