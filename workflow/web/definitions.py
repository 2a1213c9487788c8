"""Definitions: the catalogue; each as a line, in words, proved; its versions and what is other in each; what happens by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, make_response, request, url_for
from sqlalchemy import Connection

from workflow.api.asking import context_for, office, signed_in
from workflow.api.definitions import units_to_start_for
from workflow.calendar import Calendar, is_reckoned_with
from workflow.cases.versions import Version
from workflow.definition.drawing import Standing, Step, in_words, layout, sheet, svg
from workflow.definition.explaining import claim_in_words, differences, guide, rights_tables, unmarked
from workflow.definition.explaining.vocabulary import Others
from workflow.definition.model import Definition
from workflow.engine.checking import Checked, check
from workflow.engine.context import Context
from workflow.engine.permit import is_top_administrator
from workflow.engine.simulating import Wait, if_nobody_acts, stage_of
from workflow.engine.simulating.words import happening_in_words
from workflow.engine.stories.book import read_book
from workflow.errors import InvalidData, NotFound, Problem, said
from workflow.messages.wording import Wording
from workflow.reports.cases import standing_of
from workflow.text import sentence
from workflow.web.desk import desk_page
from workflow.web.looking import wording_of
from workflow.web.pages import is_part, page, pages, reader

blueprint = pages("definitions", __name__)

_PARTS = ("overview", "rights", "versions", "source")
_WIDE, _NARROW = 1074, 330
_DAYS, _MOST_DAYS = 60, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The drawing, for wide pages and for a telephone, and its words."""

    wide: str
    narrow: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A claim or a story, and what became of it."""

    words: str
    holds: bool | None  #: none: not tried yet
    line: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    claims: tuple[Result, ...]
    stories: tuple[Result, ...]  #: those that failed first

    @property
    def whole(self) -> bool:
        return all(one.holds for one in (*self.claims, *self.stories))


@blueprint.get("/definitions")
def definitions() -> Response:
    """The newest version of each, by title."""
    actor = signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
        found = office().versions.all_newest(connection)
        wording = wording_of(context, reader())
        rows = [
            {
                "version": one,
                "published": wording.day(one.published_at.date()),
                "open": sum(standing_of(connection, one.key, actor, context).values()),
                "start": bool(units_to_start_for(one.definition, context)),
            }
            for one in found
        ]
        publishes = is_top_administrator(context)
    return desk_page("definitions.html", here="definitions", rows=rows, publishes=publishes)


@blueprint.get("/definitions/<key>")
def definition(key: str) -> Response:
    """One version: the newest, or that of `version`; its parts are pages of their own."""
    actor = signed_in()
    part = request.args.get("part", "overview")
    with office().database.read() as connection:
        context = context_for(connection)
        versions = office().versions.all_of(connection, key)
        version = _chosen(versions, "version") or versions[0]
        others = _others(connection)
        standing = standing_of(connection, key, actor, context)
        wording = wording_of(context, reader())
        values = _values(version, versions, others, part, standing)
        return desk_page(
            "definition.html",
            here="definitions",
            part=part if part in _PARTS else "overview",
            version=version,
            versions=[_told(one, wording, context) for one in versions],
            open=sum(standing.values()),
            start=version is versions[0] and bool(units_to_start_for(version.definition, context)),
            publishes=is_top_administrator(context),
            plainly=_plainly,
            **values,
        )


@blueprint.get("/definitions/<key>/checked")
def checked(key: str) -> Response:
    """Claims decided and stories told anew, as `check` does; once for each text."""
    signed_in()
    with office().database.read() as connection:
        versions = office().versions.all_of(connection, key)
        version = _chosen(versions, "version") or versions[0]
        calendar = office().calendar(connection)
    tried = _results(version, _check(version, calendar))
    values: dict[str, Any] = {"version": version, "tried": tried, "again": ""}
    if is_part():
        return page("checked.html", **values)
    return desk_page("checked_alone.html", here="definitions", **values)


@blueprint.get("/definitions/<key>/simulation")
def simulation(key: str) -> Response:
    """What the clock does in each step if nobody acts, from a day on."""
    signed_in()
    with office().database.read() as connection:
        version = office().versions.newest(connection, key)
        context = context_for(connection)
        calendar = office().calendar(connection)
    begins, days = _day(request.args.get("from")), request.args.get("days", _DAYS, int)
    book = read_book(version.texts.stories)[0] if version.texts.stories else None
    if book is None:
        raise NotFound(sentence("There is no story whose people and data could be taken."))
    stage = stage_of(version.definition, book, calendar, begins or context.now.date())
    waits = list(if_nobody_acts(stage, max(1, min(days, _MOST_DAYS))))
    wording = Wording(language=reader(), calendar=calendar, now=context.now)
    return desk_page(
        "simulation.html",
        here="definitions",
        version=version,
        begins=stage.begins.isoformat(),
        days=max(1, min(days, _MOST_DAYS)),
        waits=[
            (wait, _happenings(wait, wording, lambda one: said(happening_in_words(stage, one), reader())))
            for wait in waits
        ],
    )


@blueprint.get("/definitions/<key>/<int:number>/<any(definition,stories):name>.yaml")
def text(key: str, number: int, name: str) -> Response:
    """A text of a version, as it was published."""
    signed_in()
    with office().database.read() as connection:
        versions = office().versions.all_of(connection, key)
    version = next((one for one in versions if one.number == number), None)
    found = getattr(version.texts, name) if version else None
    if found is None:
        raise NotFound
    response = make_response(found)
    response.mimetype = "application/yaml"
    response.headers["Content-Disposition"] = f'attachment; filename="{key}-{number}-{name}.yaml"'
    return response


# --- parts of the page


def _values(
    version: Version, versions: list[Version], others: Others, part: str, standing: Mapping[str, int]
) -> dict[str, Any]:
    """What only one part of the page shows."""
    found = version.definition
    if part == "rights":
        return {"rights": rights_tables(found, reader())}
    if part == "versions":
        earlier = _chosen(versions, "with") or _before(versions, version)
        other = differences(earlier.definition, found, reader(), others) if earlier else ()
        return {"earlier": earlier, "differences": other}
    if part == "source":
        return {}
    newest = version is versions[0]
    return {
        "line": _line(found, others, standing if newest else {}),
        "guide": guide(found, reader(), others),
        "tried": _results(version, None),
        "again": url_for("page_definitions.checked", key=version.key, version=version.number),
    }


def _line(found: Definition, others: Others, standing: Mapping[str, int]) -> Line:
    places = {
        state: Standing(standing.get(state, 0), f"/cases?definition={found.key}&state={state}")
        for state in found.states
        if standing.get(state)
    }
    wide, narrow = (
        sheet(found, reader(), others=others, standing=places, prefix=prefix) for prefix in ("wide", "narrow")
    )
    return Line(wide=svg(layout(wide, _WIDE)), narrow=svg(layout(narrow, _NARROW)), steps=in_words(wide))


def _others(connection: Connection) -> Others:
    known: Mapping[str, Definition] = {one.key: one.definition for one in office().versions.all_newest(connection)}
    return known.get


def _told(version: Version, wording: Wording, context: Context) -> dict[str, Any]:
    by = context.directory.name_of(version.by) if version.by is not None else ""
    return {"version": version, "day": wording.day(version.published_at.date()), "by": by}


def _chosen(versions: list[Version], name: str) -> Version | None:
    """The version whose number is in the address."""
    asked = request.args.get(name)
    if asked is None:
        return None
    found = next((one for one in versions if str(one.number) == asked), None)
    if found is None:
        raise NotFound
    return found


def _before(versions: list[Version], version: Version) -> Version | None:
    return next((one for one in versions if one.number < version.number), None)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not is_reckoned_with(found):
        told = sentence("{day} is not a day that is reckoned with.", day=text[:40])
        raise InvalidData((Problem("/from", "data", told),))
    return found


def _happenings(wait: Wait, wording: Wording, words: Callable[[Any], str]) -> list[tuple[str, str, str]]:
    return [(wording.moment(one.at), words(one), one.day) for one in wait.happenings]


# --- proved and told


#: What was tried once, by the hash of its texts: they never change, and the outcome with them.
_known: dict[bytes, Checked] = {}


def _check(version: Version, calendar: Calendar) -> Checked:
    if version.digest not in _known:
        texts = version.texts
        _known[version.digest] = check(texts.definition, texts.stories, texts.texts, calendar)
    return _known[version.digest]


def _results(version: Version, found: Checked | None) -> Tried:
    """Before they are tried, what there is to try."""
    speaks, definition_ = reader(), version.definition
    if found is None:
        book = read_book(version.texts.stories)[0] if version.texts.stories else None
        return Tried(
            claims=tuple(Result(words=_claim(one, definition_), holds=None) for one in definition_.claims),
            stories=tuple(Result(words=one.title, holds=None, line=one.line) for one in (book.stories if book else ())),
        )
    claims = (
        Result(
            words=_claim(one.claim, definition_),
            holds=one.holds is True,
            line=one.problem.line if one.problem else None,
            why=one.problem.say(speaks) if one.problem else "",
        )
        for one in found.verdicts
    )
    stories = (
        Result(words=one.title, holds=not one.failed, line=one.line, why=one.text().say(speaks) if one.failed else "")
        for one in sorted(found.told, key=lambda one: not one.failed)
    )
    return Tried(claims=tuple(claims), stories=tuple(stories))


def _claim(source: str, found: Definition) -> str:
    return unmarked(said(claim_in_words(source, found), reader()))


def _plainly(text: Any) -> str:
    """A line of the guide without the signs of Markdown, with a capital letter."""
    line = unmarked(said(text, reader()))
    return line[:1].upper() + line[1:]
