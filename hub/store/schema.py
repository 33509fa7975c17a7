"""The tables. Every time is an integer: milliseconds since 1970-01-01T00:00:00Z.

Alembic migrations in `migrations/` produce exactly this on SQLite and PostgreSQL (tested).
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Ms = BigInteger
BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


# ── The estate ─────────────────────────────────────────────────────────────────────────────────

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text))

sites = Table(
    "sites",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Json, nullable=False),
    Column("settings", Json, nullable=False),
    Column("roster_rev", Integer, nullable=False, server_default="1"),
    Column("version", Integer, nullable=False, server_default="1"),
)

places = Table(
    "places",
    metadata,
    _id(),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("parent_id", ForeignKey("places.id")),
    Column("kind", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("building", Text, nullable=False, server_default=""),
    Column("entrance", Text, nullable=False, server_default=""),
    Column("floor", Text, nullable=False, server_default=""),
    Column("level", Integer),
    Column("unit", Text, nullable=False, server_default=""),
    Column("name", Json, nullable=False),
    Column("sort", Integer, nullable=False, server_default="0"),
    UniqueConstraint("site_id", "path"),
)

recipients = Table(
    "recipients",
    metadata,
    _id(),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("place_id", ForeignKey("places.id")),
    Column("language", Text, nullable=False),
    Column("roles", Json, nullable=False),
    Column("needs", Json, nullable=False),
    Column("vulnerable", Boolean, nullable=False, server_default=text("false")),
    Column("helpers", Json, nullable=False),  # recipient ids
    Column("drill", Boolean, nullable=False, server_default=text("false")),
    Column("no_drill", Boolean, nullable=False, server_default=text("false")),  # said no to them
    Column("ref", Text),  # the key a roster import finds this person by
    Column("extra", Json, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Ms, nullable=False),
    Column("updated_at", Ms, nullable=False),
    Column("removed_at", Ms),
    Index("ix_recipients_site_kind", "site_id", "kind"),
    Index("ix_recipients_place", "place_id"),
)

homes = Table(
    "homes",  # further homes of a recipient, beside `recipients.place_id`
    metadata,
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True, autoincrement=False),
    Column("place_id", ForeignKey("places.id"), primary_key=True, autoincrement=False),
    Index("ix_homes_place", "place_id"),
)

addresses = Table(
    "addresses",
    metadata,
    _id(),
    Column("recipient_id", ForeignKey("recipients.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("sort", Integer, nullable=False, server_default="0"),
    Column("opted_out_at", Ms),
    Column("bad_at", Ms),  # unusable: the number does not exist, or the import could not read it
    Column("bad_reason", Text, nullable=False, server_default=""),
    Column("removed_at", Ms),
    UniqueConstraint("recipient_id", "channel", "value"),
    Index("ix_addresses_channel_value", "channel", "value"),
)

playbooks = Table(
    "playbooks",
    metadata,
    Column("key", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("source", Text, nullable=False),  # YAML as edited
    Column("created_at", Ms, nullable=False),
    Column("created_by", Text, nullable=False),
)

# ── Incidents ──────────────────────────────────────────────────────────────────────────────────

incidents = Table(
    "incidents",
    metadata,
    _id(),
    Column("code", Text, nullable=False, unique=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("place", Text, nullable=False),  # canonical path, "all" for the whole site
    Column("kind", Text, nullable=False),
    Column("playbook", Text, nullable=False),
    Column("playbook_version", Integer, nullable=False),
    Column("recipe", Json, nullable=False),  # the frozen playbook document
    Column("level", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("params", Json, nullable=False),
    Column("status", Text, nullable=False),
    Column("people", Integer, nullable=False),
    Column("households", Integer, nullable=False),
    Column("audience_hash", Text, nullable=False),
    Column("last_seq", Integer, nullable=False, server_default="0"),
    Column("launched_at", Ms, nullable=False),
    Column("launched_by", Text, nullable=False),
    Column("next_update_at", Ms),
    Column("stopped_at", Ms),
    Column("closed_at", Ms),
    # What its texts put before each digit ("B1"), where another incident had asked already.
    Column("letter", Text, nullable=False, server_default=""),
    Column("ended_by", BigId),  # of a drill: the live incident that ended it
    Index(
        "ix_incidents_ended",
        "ended_by",
        sqlite_where=text("ended_by IS NOT NULL"),
        postgresql_where=text("ended_by IS NOT NULL"),
    ),
)

audience = Table(
    "audience",  # the frozen snapshot of who this incident speaks to, and how each stands
    metadata,
    Column("incident_id", ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("recipient_id", BigId, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("band", Text, nullable=False),
    Column("rank", Integer, nullable=False),  # order of sending; vulnerable and staff are lowest
    Column("language", Text, nullable=False),
    Column("household", BigId, nullable=False),  # place id of the flat; -recipient id without one
    Column("place_id", BigId),
    Column("roles", Json, nullable=False),
    Column("vulnerable", Boolean, nullable=False),
    Column("unreachable", Boolean, nullable=False),
    Column("told_at", Ms),
    Column("delivered_at", Ms),
    Column("read_at", Ms),
    Column("answer", Text, nullable=False, server_default=""),
    Column("answered_at", Ms),
    # Not the incident first: SQLite would take it for the primary key wherever it has the choice.
    Index("ix_audience_household", "household", "incident_id"),
)

audience_homes = Table(
    "audience_homes",  # further homes of one in the audience that the incident concerns
    metadata,
    Column("incident_id", BigId, primary_key=True, autoincrement=False),
    Column("recipient_id", BigId, primary_key=True, autoincrement=False),
    Column("household", BigId, primary_key=True, autoincrement=False),  # place id of the flat
    Column("band", Text, nullable=False),  # that of this home; the person's own is the graver
    Index("ix_audience_homes_household", "household", "incident_id"),
)

notices = Table(
    "notices",
    metadata,
    _id(),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("revision", Integer, nullable=False),  # 1 for the alert, then counting up
    Column("text", Text, nullable=False, server_default=""),  # what the operator added
    Column("texts", Json),  # the same by language; absent before there were several
    Column("issued_at", Ms, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("expires_at", Ms, nullable=False),
    UniqueConstraint("incident_id", "revision"),
)

wordings = Table(
    "wordings",
    metadata,
    _id(),
    Column("notice_id", ForeignKey("notices.id"), nullable=False),
    Column("band", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("parts", Json, nullable=False),
    Column("segments", Integer, nullable=False, server_default="0"),
    UniqueConstraint("notice_id", "band", "channel", "language"),
)

waves = Table(
    "waves",
    metadata,
    _id(),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False),
    Column("notice_id", ForeignKey("notices.id"), nullable=False),
    Column("no", Integer, nullable=False),  # 0 is sent at launch
    Column("round", Integer, nullable=False, server_default="0"),
    Column("key", Text, nullable=False),
    Column("spec", Json, nullable=False),
    Column("due_at", Ms, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", Ms),
    Column("deliveries", Integer, nullable=False, server_default="0"),
    UniqueConstraint("notice_id", "no", "round"),
    Index(
        "ix_waves_due",
        "due_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    Column("incident_id", BigId, nullable=False),
    Column("notice_id", BigId, nullable=False),
    Column("recipient_id", BigId, nullable=False),
    Column("wording_id", BigId),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),  # the value itself: a record of where it went
    Column("wave", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("lane", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("due_at", Ms, nullable=False),
    Column("expires_at", Ms, nullable=False),
    Column("fence", Integer, nullable=False, server_default="0"),  # goes up with each claim
    Column("lease_until", Ms),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("unsure", Integer, nullable=False, server_default="0"),  # sends of unknown outcome
    Column("doubled", Boolean, nullable=False, server_default=text("false")),  # sent again in doubt
    Column("onward_at", Ms),  # when it failed and the next channel of its wave was looked for
    Column("account", Text, nullable=False, server_default=""),
    Column("provider_ref", Text),
    Column("planned_at", Ms, nullable=False),
    Column("sent_at", Ms),
    Column("accepted_at", Ms),
    Column("delivered_at", Ms),
    Column("read_at", Ms),
    Column("ended_at", Ms),
    UniqueConstraint("notice_id", "channel", "address", "wave", "round"),
    Index("ix_deliveries_incident", "incident_id", "id"),
    Index(
        "ix_deliveries_due",
        "lane",
        "channel",
        "rank",
        "id",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
    Index(
        "ix_deliveries_lease",
        "lease_until",
        sqlite_where=text("state IN ('sending', 'unsure')"),
        postgresql_where=text("state IN ('sending', 'unsure')"),
    ),
    Index(
        "ix_deliveries_onward",  # failed ones whose next channel has not been looked for
        "id",
        sqlite_where=text("state IN ('refused', 'failed') AND onward_at IS NULL"),
        postgresql_where=text("state IN ('refused', 'failed') AND onward_at IS NULL"),
    ),
    Index(
        "ix_deliveries_restored",  # what a restore cut short: boards ask for it of every last word
        "notice_id",
        sqlite_where=text("state = 'cancelled' AND reason = 'restored'"),
        postgresql_where=text("state = 'cancelled' AND reason = 'restored'"),
    ),
    Index(
        "ix_deliveries_calls",  # calls that may still be ringing or talking
        "account",
        "accepted_at",
        sqlite_where=text("channel = 'voice' AND state = 'accepted' AND ended_at IS NULL"),
        postgresql_where=text("channel = 'voice' AND state = 'accepted' AND ended_at IS NULL"),
    ),
)

delivery_also = Table(
    "delivery_also",  # the others one text on a shared number speaks for
    metadata,
    Column("delivery_id", BigId, primary_key=True, autoincrement=False),
    Column("recipient_id", BigId, primary_key=True, autoincrement=False),
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    Column("delivery_id", BigId, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("account", Text, nullable=False, server_default=""),
    Column("started_at", Ms, nullable=False),
    Column("ended_at", Ms),
    Column("verdict", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("code", Text, nullable=False, server_default=""),
    Column("provider_ref", Text),
    Column("asked_at", Ms),  # when the provider was asked what became of it
    Column("found", Text, nullable=False, server_default=""),  # accepted | absent | unknown
    Index("ix_attempts_delivery", "delivery_id"),
    Index(
        "ix_attempts_ref",
        "provider_ref",
        sqlite_where=text("provider_ref IS NOT NULL"),
        postgresql_where=text("provider_ref IS NOT NULL"),
    ),
)

receipts = Table(
    "receipts",
    metadata,
    _id(),
    Column("attempt_id", BigId, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("provider_ref", Text, nullable=False, server_default=""),
    Column("at", Ms, nullable=False),
    UniqueConstraint("attempt_id", "state", "code"),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    Column("incident_id", BigId, nullable=False),
    Column("recipient_id", BigId, nullable=False),
    Column("answer", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Ms, nullable=False),
    Column("once", Text, unique=True),  # the provider's id of the reply: a double adds nothing
    Index("ix_answers_incident", "incident_id", "recipient_id"),
)

replies = Table(
    "replies",  # words that came in and that a person is to see, or has seen to
    metadata,
    _id(),
    Column("at", Ms, nullable=False),
    Column("channel", Text, nullable=False),  # sms | rcs | whatsapp | voice
    Column("sender", Text, nullable=False),  # the number itself
    Column("words", Text, nullable=False),
    Column("cry", Boolean, nullable=False),
    Column("answer", Text, nullable=False, server_default=""),  # read in it, if anything was
    Column("why", Text, nullable=False),  # why it stands here: hub.decide.inbox.Why
    Column("incident_id", BigId),  # the incident it is probably about
    Column("recipient_id", BigId),  # who it probably is, and how that is known
    Column("place_id", BigId),
    Column("guessed", Text, nullable=False, server_default=""),
    Column("seen", Json, nullable=False),  # {actor: ms}: who looked, when first
    Column("once", Text, unique=True),  # the provider's id of it: a double adds nothing
    Column("settled_at", Ms),
    Column("settled_by", Text, nullable=False, server_default=""),
    Column("settled", Json),  # {recipient, answer, note, incidents}
    Index(
        "ix_replies_open",
        "cry",
        "id",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
    Index(
        "ix_replies_sender",
        "sender",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
    Index(
        "ix_replies_recipient",
        "recipient_id",
        sqlite_where=text("recipient_id IS NOT NULL"),
        postgresql_where=text("recipient_id IS NOT NULL"),
    ),
    Index(
        "ix_replies_place",
        "place_id",
        sqlite_where=text("place_id IS NOT NULL"),
        postgresql_where=text("place_id IS NOT NULL"),
    ),
)

tasks = Table(
    "tasks",
    metadata,
    _id(),
    Column("incident_id", BigId, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Json, nullable=False),
    Column("role", Text, nullable=False),
    Column("recipient_id", BigId),  # whom it is about
    Column("state", Text, nullable=False),
    Column("due_at", Ms),
    Column("assigned", Text, nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("created_at", Ms, nullable=False),
    Column("done_at", Ms),
    Column("done_by", Text, nullable=False, server_default=""),
    # Of a wave carried out by hand (a door to knock at, a call to make): one for each household.
    Column("notice_id", BigId),
    Column("wave", Integer),
    Column("round", Integer),
    Column("household", BigId),  # as in `audience`
    Column("place_id", BigId),
    Column("answer", Text, nullable=False, server_default=""),  # the answer its outcome gave
    Index("ix_tasks_incident", "incident_id"),
    Index(
        "uq_tasks_by_hand",
        "notice_id",
        "key",
        "household",
        unique=True,
        sqlite_where=text("household IS NOT NULL"),
        postgresql_where=text("household IS NOT NULL"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("incident_id", BigId, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Ms, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False, server_default=""),
    Column("data", Json, nullable=False),
    Index(
        "ix_events_called",
        "incident_id",
        "seq",
        sqlite_where=text("kind = 'called'"),
        postgresql_where=text("kind = 'called'"),
    ),
)

requests = Table(
    "requests",  # Idempotency-Key: the first answer, replayed
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("response", Json, nullable=False),
    Column("at", Ms, nullable=False),
)

# ── Whether the hub itself is well ─────────────────────────────────────────────────────────────

processes = Table(
    "processes",  # each web and worker process says here that it lives, and how its work goes
    metadata,
    Column("id", Text, primary_key=True),  # random, new at each start
    Column("role", Text, nullable=False),  # serve | web | worker
    Column("host", Text, nullable=False, server_default=""),
    Column("pid", Integer, nullable=False),
    Column("version", Text, nullable=False, server_default=""),
    Column("started_at", Ms, nullable=False),
    Column("seen_at", Ms, nullable=False),
    Column("swept_at", Ms),  # its last sweep without trouble
    Column("stopped_at", Ms),  # it ended in order
    Column("state", Json, nullable=False),  # {"accounts": {name: {…}}, "lanes": {lane: {…}}}
)

alarms = Table(
    "alarms",  # what is not as it should be, for people to see
    metadata,
    _id(),
    Column("key", Text, nullable=False),  # what it is about: overdue_wave/12, lane/urgent …
    Column("kind", Text, nullable=False),
    Column("incident_id", BigId),
    Column("data", Json, nullable=False),
    Column("raised_at", Ms, nullable=False),
    Column("seen_at", Ms, nullable=False),  # last found to be so
    Column("acknowledged_at", Ms),
    Column("acknowledged_by", Text, nullable=False, server_default=""),
    Column("cleared_at", Ms),
    Index(
        "uq_alarms_key",
        "key",
        unique=True,
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
)

# ── Screens ────────────────────────────────────────────────────────────────────────────────────

screens = Table(
    "screens",
    metadata,
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True, autoincrement=False),
    Column("device_hash", Text, unique=True),
    Column("paired_at", Ms),
    Column("seen_at", Ms),
    Column("gone_at", Ms),  # when the last connection was lost; NULL while connected
    Column("showing_notice", BigId),
    Column("showing_revision", Integer),
    Column("shown_at", Ms),
    Column("way", Json, nullable=False),  # exit hints: {arrow, door: Words, metres, assembly}
)

pairings = Table(
    "pairings",
    metadata,
    Column("code", Text, primary_key=True),
    Column("claim_hash", Text, nullable=False, unique=True),  # the asking device's own secret
    Column("expires_at", Ms, nullable=False),
    Column("recipient_id", BigId),  # set when a person confirmed it
    Column("device_token", Text),  # handed over once, then cleared
)

# ── People who log in, and the record of what they did ─────────────────────────────────────────

users = Table(
    "users",
    metadata,
    _id(),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    Column("language", Text, nullable=False, server_default=""),
    Column("recipient_id", BigId),
    Column("created_at", Ms, nullable=False),
    Column("disabled_at", Ms),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("created_at", Ms, nullable=False),
    Column("seen_at", Ms, nullable=False),
    Column("expires_at", Ms, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("created_at", Ms, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("seen_at", Ms),
    Column("revoked_at", Ms),
)

tickets = Table(
    "tickets",  # one use: live sockets (30 s) and one-time logins (first run)
    metadata,
    Column("hash", Text, primary_key=True),
    Column("purpose", Text, nullable=False),  # live | login
    Column("subject", Text, nullable=False),  # actor as JSON
    Column("expires_at", Ms, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Ms, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False, server_default=""),
    Column("data", Json, nullable=False),
    Column("chain", Text, nullable=False),  # HMAC-SHA256 over the row and the chain before it
    Index("ix_audit_action_id", "action", "id"),
    Index("ix_audit_actor_id", "actor", "id"),
    Index("ix_audit_at", "at"),
)

# ── The site's own texts ───────────────────────────────────────────────────────────────────────

kept_texts = Table(
    "kept_texts",  # the last good version of each file of the site's own, found by its content
    metadata,
    Column("key", Text, primary_key=True),  # a playbook's key, or `words/TAG`
    Column("file", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kept_at", Ms, nullable=False),
)

text_faults = Table(
    "text_faults",  # what the newest start found wrong with them
    metadata,
    _id(),
    Column("key", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("data", Json, nullable=False),
)
