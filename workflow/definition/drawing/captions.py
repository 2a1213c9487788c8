"""What a picture says: labels, second lines, boxes, texts of arcs and refusals, in one language."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workflow.definition.drawing.journey import Standing
from workflow.definition.drawing.order import Side
from workflow.definition.drawing.route import Drop, Route, Turn
from workflow.definition.drawing.wrapping import SMALL, width_of
from workflow.definition.explaining import Vocabulary, unmarked
from workflow.definition.explaining.moments import span
from workflow.definition.explaining.office import SINGLE_LEVELS
from workflow.definition.explaining.people import level, posts, role
from workflow.definition.explaining.vocabulary import Others, none_known
from workflow.definition.model import (
    Alternatives,
    Ballot,
    Calls,
    Definition,
    Entry,
    Group,
    InField,
    Notice,
    RoleAt,
    Score,
    Task,
    TaskOf,
    Tasks,
    Wait,
)
from workflow.definition.term.values import Anchor, Span, Term
from workflow.errors import said
from workflow.text import Language, Sayable, sentence

_UNIONS = frozenset({"enterprise", "branch", "township"}) | SINGLE_LEVELS


@dataclass(frozen=True, slots=True)
class Branch:
    """What a state opens beside others."""

    text: str
    after: str | None = None
    name: str = ""
    href: str = ""
    count: str = ""
    call: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    definition: Definition
    language: Language
    others: Others = none_known
    called: Mapping[str, Standing] = field(default_factory=dict)  #: cases of other definitions, by their key

    def label(self, state: str) -> str:
        return self.said(self._words.state_called(state))

    def second(self, state: str) -> str:
        """The shortest thing to be known of a step: how long it takes, how many, in secret."""
        match self.definition.states[state].activity:
            case Score(at_least=least) if least > 1:
                return self.said(sentence("at least {count}", count=least))
            case Ballot(secret=True):
                return self.said(sentence("secret ballot"))
            case Notice(length=terms) | Task(due=terms) | Score(due=terms) | Ballot(due=terms) | Wait(until=terms):
                return self._term(terms)
            case Tasks(entries=entries):
                return next(filter(None, (self._term(entry.task.due) for entry in entries)), "")
            case Calls(calls=calls) if len(calls) > 1:
                return self.said(sentence("{count} of them", count=len(calls)))
        return ""

    def branches(self, state: str) -> tuple[Branch, ...]:
        match self.definition.states[state].activity:
            case Tasks(entries=entries) if len(entries) > 1 or entries[0].each:
                return tuple(Branch(self._entry(one), one.after, one.name) for one in entries)
            case Calls(calls=calls):
                return tuple(self._call(call.definition) for call in calls)
        return ()

    def turn(self, turn: Turn) -> str:
        return turn.text or self.joined(self._words.trigger_called(name) for name in turn.triggers)

    def drop(self, drop: Drop, pill: str | None) -> str:
        """The triggers that lead to the end of the rail; another end names itself."""
        return self.joined(
            self._words.trigger_called(one.trigger)
            if one.to == pill and one.trigger
            else self._words.state_called(one.to)
            for one in drop.refusals
        )

    def refusals(self, drop: Drop) -> str:
        """In full: by which triggers to which end."""
        by_end: dict[str, list[str]] = {}
        for one in drop.refusals:
            by_end.setdefault(one.to, []).append(one.trigger)
        ways = []
        for end, triggers in by_end.items():
            said = self.joined(self._words.trigger_called(name) for name in triggers if name)
            ways.append(said if said == self.label(end) else f"{said} → {self.label(end)}".strip())
        return ("；" if self.language == "zh" else "; ").join(ways)

    def target(self, state: str, *, number: int | None) -> str:
        return str(number) if number is not None else self.label(state)

    def side(self, side: Side, *, number: int | None) -> str:
        """Where a side box leads."""
        return "" if side.to is None else f"→ {self.target(side.to, number=number)}"

    def end(self, drops: Sequence[Drop], most: float) -> tuple[str | None, str]:
        """To which end a rail leads and what its pill says: how it ended, or the one most reached, where there is room."""
        counted = Counter(one.to for drop in drops for one in drop.refusals)
        taken = next((drop.refusals[0].to for drop in drops if drop.taken), None)
        end = taken or next((name for name, _ in counted.most_common(1)), None)
        if end is None or width_of(self.label(end), SMALL) > most:
            return None, self.said(sentence("Ended"))
        return end, self.label(end)

    def title(self, route: Route) -> str:
        """The sentence that stands for the picture."""
        now = next((stop for stop in route.stops if stop.mark == "now"), None)
        facts: dict[str, object] = {
            "title": self.definition.title,
            "count": len(route.stops),
            "first": self.label(route.stops[0].state),
            "last": self.label(route.stops[-1].state),
        }
        if now is None:
            text = sentence("{title}: a line of {count} steps, from “{first}” to “{last}”", **facts)
        else:
            facts |= {"state": self.label(now.state), "number": now.number}
            text = sentence("{title}: now at “{state}”, step {number} of a line of {count}", **facts)
        return self.said(text)

    def joined(self, parts: Iterable[Sayable]) -> str:
        texts = dict.fromkeys(text for text in (self.said(part) for part in parts) if text)
        return ("、" if self.language == "zh" else ", ").join(texts)

    def said(self, text: Sayable) -> str:
        return unmarked(" ".join(said(text, self.language).split()))

    @property
    def _words(self) -> Vocabulary:
        return Vocabulary(definition=self.definition, others=self.others)

    def _term(self, terms: Alternatives[Term]) -> str:
        """The last one counts where no condition holds."""
        if not terms:
            return ""
        match terms[-1].value.moment:
            case Span() as length:
                return self.said(span(length))
            case Anchor(kind="field", name=name):
                return self.said(self._words.called((name,)) or "")
            case Anchor(kind="round", name=name):
                return self.said(self._words.called(("round", name)) or "")
        return ""

    def _entry(self, entry: TaskOf) -> str:
        people = self._post(entry.task.who)
        if not entry.each:
            return people
        count = self._count(entry.task.who)
        return f"{people} × {count}" if count > 1 else self.said(sentence("each {who}", who=people))

    def _post(self, group: Group) -> str:
        """Who, in a word or two: a department, a post, what a field is called."""
        entries = [entry for name in group for entry in self._entries(name)]
        if not entries:
            return self.said(posts(group, self._words))
        return self.joined(self._spec(entry, alone=len(entries) == 1) or posts(group, self._words) for entry in entries)

    def _spec(self, entry: Entry, *, alone: bool) -> Sayable | None:
        match entry.spec:
            case RoleAt(at=at) if alone and at not in _UNIONS:
                return level(at)
            case RoleAt(role=post):
                return role(post)
            case InField(field=name) if name in self.definition.fields:
                return self.definition.fields[name].label
        return None

    def _entries(self, name: str) -> tuple[Entry, ...]:
        known = self.definition.people.get(name)
        return known.entries if known else ()

    def _count(self, group: Group) -> int:
        return sum(entry.draw or 1 for name in group for entry in self._entries(name))

    def _call(self, key: str) -> Branch:
        standing = self.called.get(key)
        count = self.said(sentence("{count} cases", count=standing.count)) if standing and standing.count else ""
        title = self.said(self._words.definition_called(key))
        return Branch(title, name=key, href=standing.href if standing else "", count=count, call=True)
