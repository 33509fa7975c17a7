"""File handles: every socket, file and database connection of a process is one."""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)

WANTED = 65_536  # more than the hub can use; beyond it only lists of handles grow
FEW = 4_096  # below this a large estate cannot be served
WITHOUT_LIMITS = 8_192  # where a system has no such limit to ask for


def raise_limit() -> int:
    """As many handles as the system lets this process have; how many that is."""
    try:
        import resource
    except ImportError:  # Windows
        return WITHOUT_LIMITS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError) as error:  # macOS has a lower limit of its own
            log.warning("handles.not_raised", limit=soft, wanted=wanted, error=type(error).__name__)
    now = limit()
    say = log.warning if now < FEW else log.info
    say("handles.limit", was=soft, now=now, **({"few_below": FEW} if now < FEW else {}))
    return now


def limit() -> int:
    """How many handles this process may have."""
    try:
        import resource
    except ImportError:
        return WITHOUT_LIMITS
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return WANTED if soft == resource.RLIM_INFINITY else soft
