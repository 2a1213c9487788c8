"""Rounds that come again and again: the board of a week, the month of the federation, the cases behind each figure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, request, send_file, url_for
from sqlalchemy import Connection

from workflow.api.asking import context_for, office, signed_in
from workflow.api.subjects import seen_round
from workflow.definition.model import Definition, Figure
from workflow.engine.context import Context
from workflow.engine.permit import why_not
from workflow.engine.subject import Round
from workflow.engine.values import added_by
from workflow.errors import NotFound
from workflow.records.exporting import write_sheet
from workflow.records.sheets import Sheet, sheet_of
from workflow.text import Label, sentence
from workflow.web.boards import Assembling, Board
from workflow.web.charts import Point, Trend, plain, trend_of
from workflow.web.desk import desk_page
from workflow.web.figures import Rate, Reckoned, a_year_before, bare, places, rate_of
from workflow.web.looking import wording_of
from workflow.web.pages import pages, reader
from workflow.web.rhythms import how_often, latest_seen, next_seen, rounds_until, turn_of

blueprint = pages("reports", __name__)

_WEEKS, _MONTHS = 13, 25  #: rounds that are looked at, this one with them
_TRENDS, _TURNS = 3, 13
_HEADLINES = 5
_REPORTED = sentence("Have reported")
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    name: Label
    value: str
    of: str = ""
    under: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    label: Label
    name: str
    value: str
    before: str
    change: float | None
    change_words: str
    year_before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    place: int
    name: str
    moved: int  #: places up since the round before
    value: str
    share: float  #: of the whole width, in percent
    of: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    label: Label
    bars: tuple[Bar, ...]
    mean: float | None
    mean_words: str
    kinds: tuple[tuple[str, Label], ...]  #: what else may be ranked by
    chosen: str


class _Report:
    """One round beside those before it, for one reader."""

    def __init__(self, connection: Connection, context: Context, round_: Round) -> None:
        self.speaks = reader()
        self.wording = wording_of(context, self.speaks)
        version = office().versions.get(connection, round_.definition, round_.version)
        self.often = how_often(version.definition)
        most = _MONTHS if self.often == "month" else _WEEKS
        self.told = [Reckoned(connection, one, context) for one in rounds_until(connection, context, round_, most)]
        self.now = self.told[0]
        self.context = self.now.context
        self.sheet: Sheet = sheet_of(connection, round_, version.definition, self.context)
        self.board: Board = Assembling(connection, self.sheet, self.now, self.told[1:], self.wording).board()
        self.next = next_seen(connection, context, round_)

    @property
    def before(self) -> Reckoned | None:
        return self.told[1] if len(self.told) > 1 else None

    def address(self, round_: Round) -> str:
        return url_for("page_reports.report", key=round_.definition, round_id=round_.id)

    def turn(self, round_: Round) -> str:
        return turn_of(self.now.definition, round_, self.speaks)

    # --- figures

    def headlines(self) -> Iterator[Headline]:
        """How many have reported, then the rates."""
        covered, reported = self.sheet.coverage, self.now.rules.figures.get("reported")
        yield Headline(
            name=reported.label if reported else Label(_REPORTED.say("zh"), _REPORTED.say("en")),
            value=str(covered.reported),
            of=f"/ {covered.expected}",
            under=self.wording.say(sentence("last time {value}"), value=plain(found))
            if self.before and (found := self.before.number("reported")) is not None
            else "",
            address=self._behind("reported") if reported else "",
        )
        for rate in self._rates():
            value = self.now.number(rate.name)
            part, whole = self.now.number(rate.part), self.now.number(rate.whole)
            yield Headline(
                name=bare(self.now.rules.figures[rate.name].label),
                value="–" if value is None else f"{plain(value)}%",
                of="" if part is None or not whole else f"{plain(part)} / {plain(whole)}",
                under=self._compared(rate.name),
                address=self._behind(rate.part),
            )

    def _rates(self) -> Iterator[Rate]:
        """Other than how many have reported, which stands first already."""
        for rate in self.now.rates(grouped=False):
            if rate.whole != "expected":
                yield rate

    def _compared(self, name: str) -> str:
        before = self.before.number(name) if self.before else None
        return "" if before is None else self.wording.say(sentence("last time {value}"), value=f"{plain(before)}%")

    def _behind(self, name: str) -> str:
        return url_for("page_reports.figure", key=self.now.round.definition, round_id=self.now.round.id, name=name)

    def indicators(self) -> Iterator[Indicator]:
        year = a_year_before(self.told, self.now) if self.often == "month" else None
        for rule in self.now.rules.figures.values():
            if rule.by is None:
                value = self.now.number(rule.name)
                before = self.before.number(rule.name) if self.before else None
                change = value - before if value is not None and before is not None else None
                yield Indicator(
                    label=rule.label,
                    name=rule.name,
                    value=_shown(value),
                    before=_shown(before),
                    change=change,
                    change_words="–" if change is None else f"{'+' if change > 0 else ''}{plain(round(change, 2))}",
                    year_before=_shown(year.number(rule.name)) if year else "–",
                )

    # --- charts

    def trends(self) -> Iterator[Trend]:
        """The first rates; where there are fewer, the first sums."""
        rates = [rate.name for rate in self._rates()]
        sums = [rule.name for rule in self.now.rules.figures.values() if rule.kind == "sum" and rule.by is None]
        found = 0
        for name in (*rates, *sums):
            trend = self._trend(name, "%" if name in rates else "")
            if trend is not None and found < _TRENDS:
                found += 1
                yield trend

    def _trend(self, name: str, unit: str) -> Trend | None:
        points = [
            Point(
                label=self.turn(one.round),
                address=self.address(one.round),
                value=one.number(name) if one.number("reported") != 0 else None,  # nobody has: no value, not none of it
                before=before.number(name) if (before := a_year_before(self.told, one)) else None,
            )
            for one in reversed(self.told[:_TURNS])
        ]
        value, label = self.now.number(name), self.now.rules.figures[name].label
        answer = self.turn(self.now.round) + (" –" if value is None else f" {plain(value)}{unit}")
        return trend_of(bare(label).say(self.speaks), answer, points, unit)

    def ranking(self, wanted: str | None) -> Ranking | None:
        rates = {rate.name: rate for rate in self.now.rates(grouped=True)}
        grouped = {rule.name: rule for rule in self.now.rules.figures.values() if rule.by is not None}
        sums = [rule.name for rule in grouped.values() if rule.kind == "sum"]
        names = [name for name in (rates or sums or grouped) if self.now.groups(name)]
        if not names:
            return None
        with_values = [name for name in names if any(self.now.groups(name).values())]
        chosen = wanted if wanted in names else (with_values or names)[0]
        rate = rates.get(chosen)
        mean = self._mean(rate) if rate else None
        return Ranking(
            label=bare(grouped[chosen].label),
            bars=tuple(self._bars(grouped[chosen], rate)),
            mean=mean,
            mean_words="" if mean is None else f"{plain(mean)}%",
            kinds=tuple((name, bare(grouped[name].label)) for name in names),
            chosen=chosen,
        )

    def _bars(self, rule: Figure, rate: Rate | None) -> Iterator[Bar]:
        values = self.now.groups(rule.name)
        order = places(values)
        before = self.before.groups(rule.name) if self.before else {}
        then = places(before)
        most = 100.0 if rate else max(values.values(), default=0) or 1.0
        parts: Mapping[str, float] = self.now.groups(rate.part) if rate else {}
        wholes: Mapping[str, float] = self.now.groups(rate.whole) if rate else {}
        for group, place in order.items():
            value = values[group]
            of = f"{plain(parts.get(group, 0))} / {plain(wholes[group])}" if group in wholes else ""
            yield Bar(
                place=place,
                name=_group(self.now.definition, rule, group).say(self.speaks),
                moved=then.get(group, place) - place,
                value=f"{plain(value)}%" if rate else plain(value),
                share=round(min(100.0, value * 100 / most), 1),
                of=of,
                tone="last" if place == len(order) > 1 else "",
            )

    def _mean(self, rate: Rate) -> float | None:
        whole = sum(self.now.groups(rate.whole).values())
        return round(sum(self.now.groups(rate.part).values()) * 100 / whole, 1) if whole else None

    # --- what may be done

    def to_decide(self) -> str | None:
        """The task of the round that this reader may decide now."""
        round_ = self.now.round
        for sitting in round_.sittings:
            cases = [one for one in self._cases() if one.id in sitting.cases]
            for task in sitting.entry.tasks:
                if (
                    task.kind == "task"
                    and why_not(self.now.definition, round_, task, tuple(cases), self.context) is None
                ):
                    return f"{round_.id}.{task.id}"
        return None

    def _cases(self) -> tuple[Any, ...]:
        return (self.context.round.cases or ()) if self.context.round else ()


@blueprint.get("/reports/<key>")
def latest(key: str) -> Response:
    """The round that was opened last."""
    signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
        round_ = latest_seen(connection, context, key)
        if round_ is None:
            raise NotFound
        return _page(_Report(connection, context, round_))


@blueprint.get("/reports/<key>/<uuid:round_id>")
def report(key: str, round_id: object) -> Response:
    signed_in()
    with office().database.read() as connection:
        round_, context = _asked(connection, key, round_id)
        return _page(_Report(connection, context, round_))


@blueprint.get("/reports/<key>/<uuid:round_id>.xlsx")
def workbook(key: str, round_id: object) -> Response:
    """The sheet of the round, as this reader may see it."""
    signed_in()
    with office().database.read() as connection:
        round_, context = _asked(connection, key, round_id)
        definition = office().versions.get(connection, round_.definition, round_.version).definition
        sheet = sheet_of(connection, round_, definition, context)
    name = f"{sheet.title.say(reader())}.xlsx"
    with TemporaryDirectory() as folder:
        file = write_sheet(Path(folder) / "sheet.xlsx", sheet, context.directory, reader())
        content = BytesIO(file.read_bytes())
    return send_file(content, mimetype=_WORKBOOK, as_attachment=True, download_name=name)


@blueprint.get("/reports/<key>/<uuid:round_id>/figures/<name>")
def figure(key: str, round_id: object, name: str) -> Response:
    """What a figure comes from: the cases that add to it, as far as the reader may see them."""
    signed_in()
    with office().database.read() as connection:
        round_, context = _asked(connection, key, round_id)
        now = Reckoned(connection, round_, context)
        rule = now.rules.figures.get(name)
        if rule is None:
            raise NotFound
        rate = rate_of(now.rules, rule)
        counted = now.rules.figures[rate.part] if rate else rule
        sheet = sheet_of(connection, round_, now.definition, now.context)
        rows = []
        for line in sheet.lines:
            added = added_by(now.definition, counted, line.case, now.context) if counted.kind != "value" else None
            if added is not None and (added[1] or counted.kind == "count"):
                rows.append((float(added[1]), added[0], line))
        rows.sort(key=lambda row: -row[0])
        return desk_page(
            "figure.html",
            here=key,
            rule=rule,
            counted=counted,
            value=_shown(now.number(name)),
            sheet=sheet,
            rows=[
                (plain(amount), _group(now.definition, counted, group), line, context.directory.name_of(line.unit))
                for amount, group, line in rows
            ],
            back=url_for("page_reports.report", key=key, round_id=round_.id),
        )


def _asked(connection: Connection, key: str, round_id: object) -> tuple[Round, Context]:
    held, _, context = seen_round(connection, str(round_id))
    round_ = held.subject
    assert isinstance(round_, Round)
    if round_.definition != key:
        raise NotFound
    return round_, context


def _page(report: _Report) -> Response:
    now, before = report.now.round, report.before
    return desk_page(
        "board.html",
        here=now.definition,
        report=report,
        board=report.board,
        sheet=report.sheet,
        round=now,
        turn=report.turn(now),
        headlines=list(report.headlines())[: _HEADLINES - 2 if report.board.meets else _HEADLINES],
        ranking=report.ranking(request.args.get("by")),
        trends=list(report.trends()),
        indicators=list(report.indicators()),
        previous=(report.address(before.round), report.turn(before.round)) if before else None,
        following=(report.address(report.next), report.turn(report.next)) if report.next else None,
        own=report.address(now),
        decide=report.to_decide(),
        projected=request.args.get("projected") == "1",
        moment=report.wording.moment,
    )


def _group(definition: Definition, rule: Figure, name: str) -> Label:
    """An option by its label, an organisation by its name."""
    field = definition.fields.get(rule.by or "")
    return field.options.get(name, Label(name, name)) if field else Label(name, name)


def _shown(value: float | None) -> str:
    return "–" if value is None else plain(value)
