"""/metrics: what operators watch, in Prometheus' words.

Labels are channels, accounts, states, lanes and route templates: never a path, a person or a
number.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from web.auth import ANYONE, Door
from web.house import House, house
from web.live import Live
from web.near import demand_near
from web.seats import Seats

TICK = 0.5  # seconds between looks at the loop's lag
FIGURES_SECONDS = 3.0
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self, live: Live) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "muster_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "muster_http_seconds",
            "Time to answer a request.",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.lag = Gauge(
            "muster_event_loop_lag_seconds",
            "How late the event loop last was (the worst since the last scrape).",
            registry=self.registry,
        )
        self.seats: Seats | None = None  # of the server, once there is one
        self._gauge("muster_connections", "Open connections.", "open")
        self._gauge("muster_connections_strangers", "Of those who have shown nothing.", "strangers")
        self._gauge("muster_connections_most", "Connections there may be.", "most")
        self._gauge("muster_connections_turned_away", "Refused for want of room.", "turned_away")
        self.disk = Gauge(
            "muster_disk_full",
            "1 while nothing can be written to the disk.",
            registry=self.registry,
        )
        self.free = Gauge(
            "muster_disk_free_bytes",
            "What the data folder's disk has left.",
            registry=self.registry,
        )
        self._gauge("muster_connections_made_room", "Idle ones cut for a newcomer.", "made_room")
        self.figures = _Figures()
        self.registry.register(self.figures)
        sockets = Gauge("muster_live_sockets", "Open live sockets.", registry=self.registry)
        sockets.set_function(lambda: len(live.clients) - len(live.polls))
        watchers = Gauge("muster_watchers", "Topics watched by sockets.", registry=self.registry)
        watchers.set_function(live.topics.watchers)
        screens = Gauge("muster_screens_connected", "Connected screens.", registry=self.registry)
        screens.set_function(lambda: len(live.screens))
        polls = Gauge("muster_live_polls", "Clients that poll.", registry=self.registry)
        polls.set_function(lambda: len(live.polls))
        self._worst = 0.0

    def _gauge(self, name: str, about: str, figure: str) -> None:
        def now() -> float:
            return 0.0 if self.seats is None else float(self.seats.figures()[figure])

        Gauge(name, about, registry=self.registry).set_function(now)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request more. `route` is a template, `other` for what matched none."""
        known = method if method in _METHODS else "OTHER"
        self.requests.labels(known, route or "other", str(status)).inc()
        self.seconds.labels(route or "other").observe(seconds)

    async def watch_loop(self) -> None:
        """Measures how late the loop is, for ever."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            self._worst = max(self._worst, time.perf_counter() - before - TICK)

    async def text(self, hub: House) -> bytes:
        """The exposition; without the database's figures when it does not answer."""
        self.lag.set(max(0.0, self._worst))
        self._worst = 0.0
        await self._look_at_disk(hub)
        try:
            async with asyncio.timeout(FIGURES_SECONDS):
                guard = await hub.alarms.figures()
                self.figures.now = {**await hub.watch.figures(), "guard": guard}
        except Exception:  # noqa: BLE001 - a scrape must work while the database does not
            self.figures.now = None
        return generate_latest(self.registry)

    async def _look_at_disk(self, hub: House) -> None:
        """Of the system, not the database: a full one is to be seen."""
        if hub.alarms.disk is not None:
            found = await hub.alarms.disk()
            self.disk.set(found.fault is not None)
            self.free.set(math.nan if found.free_mb is None else found.free_mb * (1 << 20))


_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})


_ACCOUNT = ("account", "channel")
_BREAKER = {"closed": 0.0, "half_open": 1.0, "open": 2.0}


class _Figures(Collector):
    """What the database counted at this scrape."""

    def __init__(self) -> None:
        self.now: Mapping[str, Any] | None = None

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("muster_database_up", "1 if the database answered this scrape.")
        up.add_metric([], 0.0 if self.now is None else 1.0)
        yield up
        if self.now is not None:
            yield from _deliveries(self.now)
            yield from _lanes(self.now)
            yield from _latency(self.now)
            yield from _guard(self.now["guard"])


def _deliveries(now: Mapping[str, Any]) -> Iterable[Metric]:
    family = GaugeMetricFamily(
        "muster_deliveries", "Deliveries of incidents not closed.", labels=("channel", "state")
    )
    for channel, states in now.get("deliveries", {}).items():
        for state, number in states.items():
            family.add_metric([str(channel), str(state)], float(number))
    yield family


def _lanes(now: Mapping[str, Any]) -> Iterable[Metric]:
    depth = GaugeMetricFamily("muster_lane_depth", "Deliveries due now.", labels=("lane",))
    oldest = GaugeMetricFamily(
        "muster_lane_oldest_due_seconds", "How long the oldest due one waits.", labels=("lane",)
    )
    for lane, figures in now.get("lanes", {}).items():
        depth.add_metric([str(lane)], float(figures["depth"]))
        oldest.add_metric([str(lane)], float(figures["oldest_s"]))
    yield depth
    yield oldest


def _latency(now: Mapping[str, Any]) -> Iterable[Metric]:
    """Provider latency: per account, calls at or under each bound (seconds), and their sum."""
    family = HistogramMetricFamily(
        "muster_provider_seconds", "Time a provider took to answer a send.", labels=_ACCOUNT
    )
    for account, figures in now.get("latency", {}).items():
        buckets = [(str(bound), float(number)) for bound, number in figures["buckets"]]
        family.add_metric([str(account), figures["channel"]], buckets, float(figures["sum_s"]))
    yield family


def _guard(now: Mapping[str, Any]) -> Iterable[Metric]:
    """Open alarms, and how long ago each process that did not end in order was heard of."""
    alarms = GaugeMetricFamily("muster_alarms", "Open alarms.", labels=("kind",))
    for kind, number in now["alarms"].items():
        alarms.add_metric([str(kind)], float(number))
    labels = ("process", "role")
    seen = GaugeMetricFamily(
        "muster_process_seen_seconds", "Since a process last said that it lives.", labels=labels
    )
    swept = GaugeMetricFamily(
        "muster_process_swept_seconds", "Since a worker last swept without trouble.", labels=labels
    )
    for one in now["processes"]:
        seen.add_metric([one["id"], one["role"]], one["seen_s"])
        if one["swept_s"] is not None:
            swept.add_metric([one["id"], one["role"]], one["swept_s"])
    yield from (alarms, seen, swept)
    yield from _breakers(now)


def _breakers(now: Mapping[str, Any]) -> Iterable[Metric]:
    """How each process that lives finds each provider account."""
    labels = ("process", *_ACCOUNT)
    stands = GaugeMetricFamily(
        "muster_account_breaker", "0 closed (it works), 1 half open, 2 open.", labels=labels
    )
    failures = GaugeMetricFamily(
        "muster_account_failures", "Failures of the provider in a row.", labels=labels
    )
    for process in now["processes"]:
        for account, said in process["accounts"].items():
            if "state" in said:
                named = [process["id"], account, said["channel"]]
                stands.add_metric(named, _BREAKER.get(said["state"], 0.0))
                failures.add_metric(named, said["failures"])
    yield from (stands, failures)


async def metrics(request: Request) -> Response:
    """GET /metrics: on this machine, or with the operators' token."""
    demand_near(request)
    own: Metrics = request.app.state.metrics
    return Response(await own.text(house(request)), headers={"content-type": CONTENT_TYPE_LATEST})


DOORS: tuple[Door, ...] = (Door("GET", "/metrics", ANYONE, metrics),)
