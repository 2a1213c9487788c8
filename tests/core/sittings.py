"""A round and its cases as values, for sums upon them: valid by default, a test names what matters to it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from workflow.calendar import chinese_calendar
from workflow.definition.loading import load_definition
from workflow.definition.model import Definition, Rank
from workflow.engine.context import CLOCK, Context, RoundView, SeededLot
from workflow.engine.directory import Directory
from workflow.engine.subject import CaseFacts, Round

NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)

TEXT = """
key: sums
title: {{zh: 算, en: Sums}}
round:
  title: {{zh: 批, en: Round}}
  at: district
  opens: by office
  fields:
    seats: {{type: number_each, of: group, label: {{zh: 名额, en: Seats}}}}
    fund: {{type: money, label: {{zh: 经费, en: Fund}}}}
people:
  office: {{role: officer, at: district}}
fields:
  group: {{type: choice, label: {{zh: 组, en: Group}}, options: {{a: {{zh: 甲, en: A}}, b: {{zh: 乙, en: B}}}}}}
  points: {{type: number, label: {{zh: 分, en: Points}}}}
  members: {{type: number, label: {{zh: 人, en: Members}}}}
states:
  list:
    together: {{until: {{called_by: office}}, {sums}}}
    to: {{gathered: done}}
  done: {{end: {{zh: 完, en: Done}}}}
start: {{role: starter, at: district}}
"""


def a_definition(sums: str) -> Definition:
    """A definition whose sitting makes these sums: `rank: {…}` or `allocate: {…}`."""
    return load_definition(TEXT.format(sums=sums)).sound()


def rank_of(definition: Definition) -> Rank:
    together = definition.states["list"].together
    assert together is not None
    assert together.rank is not None
    return together.rank


def a_case(
    number: int,
    *,
    points: float | None = None,
    group: str = "a",
    members: float | None = None,
    state: str = "list",
    left: Mapping[str, Any] | None = None,
    stopped: bool = False,
) -> CaseFacts:
    data = {"group": group, "points": points, "members": members}
    return CaseFacts(
        id=f"case-{number}",
        number=str(number),
        unit=1,
        state=state,
        entry=1,
        waiting=state == "list",
        stopped=stopped,
        data={
            name: str(value) if isinstance(value, float) else value for name, value in data.items() if value is not None
        },
        left={"list": dict(left)} if left else {},
    )


def a_context(
    cases: Sequence[CaseFacts], *, seats: Mapping[str, int] | None = None, fund: int | None = None, seed: str = "seed"
) -> Context:
    """`fund` is in fen."""
    data = {name: value for name, value in (("seats", seats), ("fund", fund)) if value is not None}
    round_ = Round(id="round", definition="sums", version=1, unit=1, opened_at=NOW, nominal="2026-03-09", data=data)
    return Context(
        now=NOW,
        directory=Directory({}, {}, {}),
        calendar=chinese_calendar(),
        actor=CLOCK,
        lot=SeededLot(seed),
        round=RoundView(round_, tuple(cases)),
    )
