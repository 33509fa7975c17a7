"""Frozen settings from the environment and a TOML file. Nothing else reads `os.environ`.

Every secret may also come from a file: `MUSTER_SECRET_KEY_FILE` instead of `MUSTER_SECRET_KEY`.
"""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hub.account_settings import AccountSetting, accounts_in
from hub.address import WrongAddress, public_address, stays_home
from hub.environment import Environment
from hub.errors import Problem, Refused
from hub.folder import there
from hub.kept_key import kept_key
from hub.tags import country_fault, tag_fault, tidy_country, tidy_tag
from hub.unusable import reason
from hub.zones import use_locked, zone_fault

SECRET_LENGTH = 32  # characters at least; shorter keys can be guessed


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process is told from outside.

    `redis_url` None means the embedded Valkey. `secret_key` signs answer links and attempt ids.
    `wave_speed` > 1 makes wave timers run that much faster (rehearsals only). `loopback_only`:
    provider accounts may only point at this machine, as in the demo.
    """

    data: Path
    database_url: str
    redis_url: str | None
    public_url: str
    secret_key: bytes = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    country: str = "CN"
    timezone: str = "Asia/Shanghai"
    languages: tuple[str, ...] = ("zh-CN", "en")
    trusted_proxies: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    accounts: tuple[AccountSetting, ...] = ()
    sites: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what they begin with
    wave_speed: float = 1.0
    receipt_window: float = 600.0  # seconds after which `accepted` without receipt is an end
    loopback_only: bool = False
    log_level: str = "info"
    heartbeat_url: str = field(default="", repr=False)  # pinged while the hub does its job
    metrics_token: str = field(default="", repr=False)  # shows /metrics to other machines
    playbooks: Path | None = None  # folder of the site's own playbooks

    @property
    def stays_home(self) -> bool:
        """Whether the public address is this machine's alone: nothing from outside comes in."""
        return stays_home(self.public_url)

    @property
    def embedded(self) -> bool:
        """SQLite: one process, one folder."""
        return self.database_url.startswith("sqlite")

    def with_(self, **changes: Any) -> Settings:
        """These settings with some fields changed."""
        return replace(self, **changes)


def load(environ: Mapping[str, str] | None = None, *, data: Path | None = None) -> Settings:
    """Settings from the environment; Refused names every variable that is wrong.

    `data` overrides MUSTER_DATA (the demo has a folder of its own).
    """
    use_locked()
    env = Environment(os.environ if environ is None else environ)
    folder = data or (Path(env.text("DATA")) if env.text("DATA") else user_data())
    config = _config(env)
    url = env.secret("DATABASE_URL") or f"sqlite:///{folder / 'muster.db'}"
    embedded = url.startswith("sqlite")
    host, port = _bind(env)
    settings = Settings(
        data=folder,
        database_url=url,
        redis_url=env.secret("REDIS_URL") or None,
        public_url=_public_url(env, host, port),
        secret_key=_secret(env, folder, embedded=embedded),
        host=host,
        port=port,
        country=_country(env, config),
        timezone=_timezone(env, config),
        languages=_languages(env, config),
        trusted_proxies=_list(env.text("TRUSTED_PROXIES")),
        tls_cert=_path(env.text("TLS_CERT")),
        tls_key=_path(env.text("TLS_KEY")),
        accounts=accounts_in(env, config),
        sites=_sites(env, config),
        log_level=_log_level(env),
        heartbeat_url=_heartbeat(env),
        metrics_token=_metrics_token(env),
        playbooks=_playbooks(env, folder),
    )
    if bool(settings.tls_cert) != bool(settings.tls_key):
        env.wrong(
            "TLS_CERT", "stands without its partner", "set MUSTER_TLS_CERT and MUSTER_TLS_KEY"
        )
    if not embedded and settings.redis_url is None:
        env.wrong("REDIS_URL", "is not set", "several processes on PostgreSQL need a Redis URL")
    env.refuse()
    return settings


def user_data(name: str = "muster") -> Path:
    """The folder of that name where this user's programs keep their data. Refused: nowhere."""
    root = os.environ.get("XDG_DATA_HOME", "")
    if Path(root).is_absolute():  # a relative one is to be ignored, says the XDG standard
        return Path(root) / name
    with contextlib.suppress(RuntimeError):  # nobody knows a home of this user
        usual = Path.home() / ".local" / "share" / name
        if Path.home() not in {Path("/"), Path()} or there(usual):
            return usual
    hint = "name the folder of the hub's data, such as MUSTER_DATA=/var/lib/muster"
    where = Problem("MUSTER_DATA", "is not set, and this user has no home folder (HOME)", hint)
    raise Refused(f"There is no place for the hub's data: {hint}.", [where], code="settings")


def _config(env: Environment) -> Mapping[str, Any]:
    path = env.text("CONFIG")
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        env.wrong("CONFIG", f"cannot be read ({error.strerror})", "name a TOML file")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        env.wrong("CONFIG", f"is not TOML: {error}", "mend the line named")
    return {}


_SITE = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def _sites(env: Environment, config: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The sites of the TOML file by key; their fields are checked where a hub is opened."""
    given = config.get("sites", {})
    fine = isinstance(given, Mapping) and all(
        _SITE.fullmatch(key) and isinstance(fields, Mapping) for key, fields in given.items()
    )
    if not fine:
        hint = "write [sites.KEY] above the fields of each, KEY in a-z, 0-9, - and _"
        env.wrong("CONFIG", "has sites that cannot be read", hint)
    return given if fine else {}


def _bind(env: Environment) -> tuple[str, int]:
    host, _, port = (env.text("BIND") or "127.0.0.1:8000").rpartition(":")
    if not port.isdigit() or not 0 <= int(port) <= 65535:
        env.wrong("BIND", f"has no port: {port!r}", "write HOST:PORT, such as 0.0.0.0:8000")
        return host or "127.0.0.1", 8000
    return host.strip("[]") or "127.0.0.1", int(port)


def _public_url(env: Environment, host: str, port: int) -> str:
    url = env.text("PUBLIC_URL")
    if not url:
        shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::1", "::"} else host
        return f"http://{shown}:{port}"
    try:
        return public_address(url)
    except WrongAddress as wrong:
        env.wrong("PUBLIC_URL", wrong.what, wrong.hint)
        return ""


def _heartbeat(env: Environment) -> str:
    """The address may hold a key, so it may come from a file; it is never logged."""
    url = env.secret("HEARTBEAT_URL")
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        env.wrong("HEARTBEAT_URL", "is no address", "write https://host/path")
        return ""
    return url


def _metrics_token(env: Environment) -> str:
    token = env.secret("METRICS_TOKEN")
    if token and (len(token) < 16 or not token.isascii() or " " in token):
        env.wrong(
            "METRICS_TOKEN", "is short, or no token", "write what `openssl rand -hex 16` says"
        )
    return token


def _secret(env: Environment, folder: Path, *, embedded: bool) -> bytes:
    key = env.secret("SECRET_KEY")
    if not key and embedded:
        try:
            kept = kept_key(folder)
        except OSError as error:
            what, hint = reason(folder, error)
            env.wrong("DATA", f"cannot be used: {folder}: {what}", hint)
            return b""
        return _long_enough(env, folder, kept)
    if len(key) < SECRET_LENGTH:
        what = "is not set" if not key else f"is shorter than {SECRET_LENGTH} characters"
        env.wrong("SECRET_KEY", what, "every process needs the same random key")
    return key.encode()


def _long_enough(env: Environment, folder: Path, kept: bytes) -> bytes:
    """A key that was cut off, on a full disk or by a power cut, is none: anybody could guess it."""
    if len(kept) < SECRET_LENGTH:
        what = f"holds no whole key: {folder / 'secret.key'} has {len(kept)} characters"
        hint = "put the key back that was kept with the backups, or remove the file of a new hub"
        env.wrong("DATA", what, hint)
    return kept


def _country(env: Environment, config: Mapping[str, Any]) -> str:
    given = env.text("COUNTRY") or str(config.get("country", "CN"))
    meant = country_fault(given)
    if meant is not None:
        hint = f"write {meant}" if meant else "write the two letters of ISO 3166, such as CN"
        env.wrong(env.told("COUNTRY"), f"is no country's code: {given[:20]!r}", hint)
    return tidy_country(given)


def _languages(env: Environment, config: Mapping[str, Any]) -> tuple[str, ...]:
    """In order of preference. A TOML file may write them as a list or as the variable does."""
    listed = config.get("languages", ("zh-CN", "en"))
    given = listed if isinstance(listed, list | tuple) else _list(str(listed))
    found = _list(env.text("LANGUAGES")) or tuple(str(one) for one in given)
    wrong = {tag: meant for tag in found if (meant := tag_fault(tag)) is not None}
    if wrong or not found:
        tag, meant = next(iter(wrong.items()), ("", ""))
        hint = f"write {meant}" if meant else "write tags, such as zh-CN,en"
        env.wrong(env.told("LANGUAGES"), f"has no language tag: {tag[:20]!r}", hint)
    return tuple(dict.fromkeys(tidy_tag(tag) for tag in found))


LEVELS = ("debug", "info", "warning", "error")


def _log_level(env: Environment) -> str:
    level = (env.text("LOG_LEVEL") or "info").lower()
    if level not in LEVELS:
        env.wrong("LOG_LEVEL", f"is not known: {level[:20]!r}", f"one of {', '.join(LEVELS)}")
        return "info"
    return level


def _timezone(env: Environment, config: Mapping[str, Any]) -> str:
    name = env.text("TIMEZONE") or str(config.get("timezone", "Asia/Shanghai"))
    country = tidy_country(env.text("COUNTRY") or str(config.get("country", "CN")))
    fault = zone_fault(name, country=country)
    if fault is not None:
        env.wrong(env.told("TIMEZONE"), *fault)
        return "UTC"
    return name


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _playbooks(env: Environment, data: Path) -> Path | None:
    """The folder of the site's own playbooks: the one named, else `playbooks` in the data folder,
    if that is there. One that is missing keeps no hub from starting: the alarm names it."""
    named = _path(env.text("PLAYBOOKS"))
    usual = data / "playbooks"
    return named or (usual if os.path.isdir(usual) else None)  # noqa: PTH112 - never raises


def _path(text: str) -> Path | None:
    return Path(text) if text else None
