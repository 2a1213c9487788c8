"""`/honours`: the register of what was granted, counted by year, kind and state; each figure is a link."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for

from workflow.api.asking import office
from workflow.api.honours import label_of, register, wanted_by
from workflow.api.schemas.honours import STATES
from workflow.records.published import Granted, granted
from workflow.text import Sentence, sentence
from workflow.web.chart import Chart, Mark, chart_of
from workflow.web.pages import kept_page, pages, reader

blueprint = pages("honours", __name__)

_PAGE = 30
_LONGEST = 100
_YEAR = re.compile(r"(19|20)[0-9]{2}")
#: So many kinds have a tint of their own in the chart; the others share one.
_MOST_TINTS = ("first", "second")
_OTHERS = "others"
STATE_LABELS: Mapping[str, Sentence] = {
    "valid": sentence("Valid"),
    "suspended": sentence("Suspended"),
    "withdrawn": sentence("Withdrawn"),
    "expired": sentence("Run out"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A filter as a link; of one that is set the link takes it off."""

    label: str
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    tint: str
    label: str


@blueprint.get("/honours")
def honours() -> Response:
    """The newest first; what was withdrawn stays, in red, with its date."""
    asked = _asked()
    with office().database.read() as connection:
        now = office().database.now(connection)
        counted = granted(connection, wanted_by({"q": asked.get("q")}), now)
    found = register({**asked, "limit": _PAGE, "after": request.args.get("after") or None})
    tints = _tints(counted)
    within = _within(counted, asked)
    return kept_page(
        "honours.html",
        here="honours",
        asked=asked,
        rows=found["items"],
        next=_address(asked, after=found["next"]) if found["next"] else None,
        total=len(counted),
        valid=sum(one.state == "valid" for one in counted),
        first=min((one.year for one in counted), default=None),
        count=len(within),
        kinds=_choices("honour", _labels(counted), asked, counted),
        states=_choices("state", {name: label.say(reader()) for name, label in STATE_LABELS.items()}, asked, counted),
        years=_choices("year", {str(year): str(year) for year in _years(counted)}, asked, counted),
        chart=_chart(counted, tints, asked),
        legend=[*_legend(tints), *_legend_of_others(tints, counted)],
        labels=STATE_LABELS,
    )


def _asked() -> dict[str, Any]:
    """What is filtered by; what is no filter of ours narrows nothing."""
    year, state = request.args.get("year", ""), request.args.get("state")
    words, kind = request.args.get("q", "").strip()[:_LONGEST], request.args.get("honour", "")[:_LONGEST]
    asked = {
        "q": words or None,
        "honour": kind or None,
        "year": int(year) if _YEAR.fullmatch(year) else None,
        "state": state if state in STATE_LABELS else None,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _address(asked: Mapping[str, Any], **changes: Any) -> str:
    """The register narrowed so; None takes a filter off."""
    wanted = {**asked, **changes}
    return url_for("page_honours.honours", **{name: value for name, value in wanted.items() if value is not None})


def _value(one: Granted, name: str) -> str:
    return {"honour": one.honour, "year": str(one.year), "state": STATES[one.state]}[name]


def _within(counted: list[Granted], asked: Mapping[str, Any], but: str = "") -> list[Granted]:
    filters = {name: str(value) for name, value in asked.items() if name not in ("q", but)}
    return [one for one in counted if all(_value(one, name) == value for name, value in filters.items())]


def _choices(name: str, labels: Mapping[str, str], asked: Mapping[str, Any], counted: list[Granted]) -> list[Choice]:
    """Each with what it would find beside the other filters."""
    counts = Counter(_value(one, name) for one in _within(counted, asked, but=name))
    set_to = str(asked.get(name, ""))
    return [
        Choice(
            label=label,
            count=counts[value],
            address=_address(asked, **{name: None if value == set_to else value}),
            chosen=value == set_to,
        )
        for value, label in labels.items()
        if counts[value] or value == set_to
    ]


def _labels(counted: list[Granted]) -> dict[str, str]:
    """The kinds by how often they were granted."""
    return {kind: label_of(kind)[reader()] for kind, _ in Counter(one.honour for one in counted).most_common()}


def _years(counted: list[Granted]) -> list[int]:
    return sorted({one.year for one in counted}, reverse=True)


def _tints(counted: list[Granted]) -> dict[str, str]:
    kinds = Counter(one.honour for one in counted).most_common(len(_MOST_TINTS))
    return {kind: tint for (kind, _), tint in zip(kinds, _MOST_TINTS, strict=False)}


def _legend(tints: Mapping[str, str]) -> list[Legend]:
    return [Legend(tint=tint, label=label_of(kind)[reader()]) for kind, tint in tints.items()]


def _legend_of_others(tints: Mapping[str, str], counted: list[Granted]) -> list[Legend]:
    more = any(one.honour not in tints for one in counted)
    return [Legend(tint=_OTHERS, label=sentence("Others").say(reader()))] if more else []


def _chart(counted: list[Granted], tints: Mapping[str, str], asked: Mapping[str, Any]) -> Chart | None:
    """Every year from the first to the last, also those in which nothing was granted."""
    years = _years(counted)
    if not years:
        return None
    marks = [
        Mark(
            label=str(year),
            parts=Counter(tints.get(one.honour, _OTHERS) for one in counted if one.year == year),
            address=_address(asked, year=year),
            chosen=asked.get("year") == year,
        )
        for year in range(years[-1], years[0] + 1)
    ]
    return chart_of(marks, (*_MOST_TINTS, _OTHERS))
