"""What a site says of itself, as the API documents it; the hub checks the meaning."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from web.api.models import Tag

_WORDS = {"zh-CN": "滨江东苑", "en": "Riverside East"}
Text = Annotated[str, Field(max_length=200)]
ByLanguage = dict[Tag, Text | None]


class PointBody(BaseModel):
    """An assembly point. `places`: the buildings or entrances that meet there; none: all."""

    key: Text | None = Field(default=None, examples=["south-lawn"])
    name: ByLanguage = Field(examples=[{"zh-CN": "南草坪", "en": "the south lawn"}])
    places: list[Text] = Field(default=[], examples=[["1", "3-1"]])


class FirmBody(BaseModel):
    """A firm to call, with a name of its own."""

    name: ByLanguage = Field(examples=[{"zh-CN": "通力电梯", "en": "KONE lifts"}])
    number: Text = Field(examples=["400-820-8820"])


class EvacuationBody(BaseModel):
    """Who leaves in a fire: the site's plan, and that of buildings with another."""

    plan: Literal["all_out", "phased", "stay"] = "phased"
    buildings: dict[Text, Literal["all_out", "phased", "stay"] | None] = Field(
        default={}, examples=[{"3": "all_out"}]
    )


class DrillsBody(BaseModel):
    """Who takes part in drills."""

    who: Literal["staff", "chosen", "everybody"] = "chosen"
    buildings: list[Text] = Field(default=[], examples=[["3"]])


class SiteBody(BaseModel):
    """Fields of a site; those left out stay as they are, null is the usual again."""

    version: int | None = None
    name: ByLanguage | None = Field(default=None, examples=[_WORDS])
    sms_signature: Text | ByLanguage | None = Field(default=None, examples=["滨江物业"])
    source: ByLanguage | None = Field(
        default=None, examples=[{"zh-CN": "滨江值班经理", "en": "Riverside duty manager"}]
    )
    timezone: Text | None = Field(default=None, examples=["Asia/Shanghai"])
    country: Text | None = Field(default=None, examples=["CN"])
    languages: list[Tag] | None = Field(default=None, examples=[["zh-CN", "en"]])
    emergency: dict[Text, Text | FirmBody | None] | None = Field(
        default=None, examples=[{"gas": "96777", "lift": "400-820-8820"}]
    )
    assembly_points: list[PointBody] | None = None
    evacuation: EvacuationBody | Text | None = None
    drills: DrillsBody | Text | None = None


class CautionOut(BaseModel):
    """Something worth filling in, in both languages."""

    code: str
    text: dict[str, str]


class SiteOut(SiteBody):
    """A site with every field as it counts. `defaults`: those nobody has said yet."""

    key: str
    defaults: list[str]
    warnings: list[CautionOut]
