"""What a site is before anybody has said more: enough to launch every shipped playbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.decide.emergency import usual_numbers
from hub.entries import SiteEntry


def first_site(country: str, languages: Sequence[str], *, key: str = "site") -> SiteEntry:
    """The site a fresh hub starts with; every value can be changed later."""
    settings: dict[str, Any] = {
        "country": country,
        "languages": list(languages),
        "sms_signature": "物业",
        "source": {"zh-CN": "物业值班经理", "en": "the estate duty manager"},
        "assembly_points": [
            {"key": "assembly", "name": {"zh-CN": "室外集合点", "en": "the assembly point outside"}}
        ],
        "emergency": dict(usual_numbers(country)),
        "evacuation": "site_plan",
    }
    return SiteEntry(key, {"zh-CN": "本小区", "en": "This estate"}, settings)
