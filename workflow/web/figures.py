"""The figures of a round as a board shows them: rates with what they are reckoned of, beside those of the rounds before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from workflow.api.asking import office
from workflow.cases.contexts import with_round
from workflow.definition.model import Definition, Figure, RoundRules
from workflow.engine.context import Context
from workflow.engine.subject import Round
from workflow.engine.values import round_figure
from workflow.text import Label

#: How the shipped definitions, and any that follows them, say that a figure is a share of a hundred.
_HUNDRED = "100"
#: Behind a label; the sign then stands at the figure.
_UNITS = ("（%）", " in percent", "(%)")

Value = float | Mapping[str, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A figure reckoned from two others, as percent."""

    name: str
    part: str
    whole: str


class Reckoned:
    """The figures of one round, each reckoned when it is asked for."""

    def __init__(self, connection: Connection, round_: Round, context: Context) -> None:
        self.round = round_
        self.version = office().versions.get(connection, round_.definition, round_.version)
        self._connection, self._plain = connection, context
        self._known: dict[str, Value] = {}

    @property
    def definition(self) -> Definition:
        return self.version.definition

    @property
    def rules(self) -> RoundRules:
        assert self.definition.round is not None
        return self.definition.round

    @cached_property
    def context(self) -> Context:
        """With what the round knows of its cases."""
        return with_round(self._connection, self._plain, self.round)

    def value(self, name: str) -> Value:
        if name not in self._known:
            rule = self.rules.figures.get(name)
            found = round_figure(self.definition, rule, self.context) if rule else None
            self._known[name] = found if isinstance(found, dict | float) else None
        return self._known[name]

    def number(self, name: str) -> float | None:
        found = self.value(name)
        return found if isinstance(found, float) else None

    def groups(self, name: str) -> Mapping[str, float]:
        found = self.value(name)
        return found if isinstance(found, Mapping) else {}

    def rates(self, *, grouped: bool) -> Iterator[Rate]:
        """In the order of the definition."""
        for rule in self.rules.figures.values():
            rate = rate_of(self.rules, rule)
            if rate is not None and (rule.by is not None) == grouped:
                yield rate


def rate_of(rules: RoundRules, rule: Figure) -> Rate | None:
    """Its part stands before its whole."""
    named = {path[0] for path in rule.expression.paths}
    source = rule.expression.source
    if rule.kind != "value" or _HUNDRED not in source or len(named) != 2 or not named <= rules.figures.keys():  # noqa: PLR2004 -- of two
        return None
    part, whole = sorted(named, key=source.index)
    return Rate(name=rule.name, part=part, whole=whole)


def bare(label: Label) -> Label:
    """Without the unit behind it."""
    zh, en = label.zh, label.en
    for unit in _UNITS:
        zh, en = zh.replace(unit, ""), en.replace(unit, "")
    return Label(zh, en)


def places(values: Mapping[str, float]) -> dict[str, int]:
    """The place of each group, the highest first; equals share one."""
    order = sorted(values, key=lambda group: -values[group])
    return {group: 1 + sum(other > values[group] for other in values.values()) for group in order}


def a_year_before(rounds: Sequence[Reckoned], one: Reckoned) -> Reckoned | None:
    """The round of the same month of the year before."""
    year, month = int(one.round.nominal[:4]), one.round.nominal[4:7]
    return next((other for other in rounds if other.round.nominal.startswith(f"{year - 1}{month}")), None)
