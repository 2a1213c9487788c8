"""A ballot as the paper that one person fills in: the questions, the answers of one size, what is not his to vote on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from workflow.api.bodies import taken, unfit
from workflow.api.schemas.tasks import BallotBody
from workflow.api.subjects import task_of
from workflow.cases.listing import Held, subjects
from workflow.cases.polls import Box, has_voted
from workflow.cases.versions import Version
from workflow.definition.explaining import activities, sittings
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.form import shown
from workflow.definition.model import Ballot, Definition, Notice, Score
from workflow.engine.context import Context
from workflow.engine.papers import Asked, paper_for
from workflow.engine.subject import Amount, Case, Entry, Round, Sitting, Task
from workflow.errors import InvalidData, said
from workflow.text import Language, say
from workflow.web.looking import named_apart
from workflow.web.values import Group, Values

Form = MultiDict[str, str]
#: What counts for a case of a sitting that was left out, where it is one of the choices.
ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open ballot, tally or score card, and whose it is."""

    held: Held
    version: Version
    context: Context
    task: Task
    sitting: Sitting | None

    @property
    def state(self) -> str:
        subject = self.held.subject
        if self.sitting is not None:
            return self.sitting.state
        assert isinstance(subject, Case)
        return subject.state

    @property
    def rules(self) -> object:
        return self.version.definition.states[self.state].activity

    @property
    def entry(self) -> Entry | None:
        subject = self.held.subject
        return self.sitting.entry if self.sitting is not None else getattr(subject, "entry", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One row: whom or what it is about, and what was chosen so far."""

    name: str  #: of the input
    words: str
    rest: str = ""
    score: str | None = None
    evidence: tuple[Group, ...] = ()
    case: str | None = None
    recused: str | None = None  #: the reason for which this person has no vote on it
    chosen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    questions: tuple[Question, ...]
    choices: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, bool], ...] = ()  #: of a table: each in words, and whether it was chosen
    most: int | None = None  #: so many rows may be chosen
    left_out: str | None = None  #: as what a question counts that is not answered; none: it must be
    secret: bool
    changeable: bool
    rules: tuple[str, ...]

    @property
    def asked(self) -> tuple[Question, ...]:
        return tuple(one for one in self.questions if one.recused is None)


def opened_in(held: Held, version: Version, context: Context, task: Task) -> Opened:
    sat = held.subject.sittings if isinstance(held.subject, Round) else ()
    sitting = next((one for one in sat if any(open_task.id == task.id for open_task in one.entry.tasks)), None)
    return Opened(held=held, version=version, context=context, task=task, sitting=sitting)


def is_in(connection: Connection, task_id: str, opened: Opened) -> bool:
    """Whether this person's vote is in the box, or stands in the case."""
    holder = opened.context.actor.holder
    ballot = opened.entry.ballot if opened.entry else None
    if holder is None or ballot is None:
        return False
    if ballot.secret:
        return has_voted(connection, Box(*task_of(task_id)), holder) is True
    return holder in ballot.voted


def paper_of(connection: Connection, opened: Opened, form: Form, speaks: Language) -> Paper:
    definition, rules = opened.version.definition, opened.rules
    assert isinstance(rules, Ballot)
    asks = _of_sitting if opened.sitting is not None else _of_case
    return Paper(
        questions=tuple(asks(connection, opened, form, speaks)) if rules.of is None else (),
        choices=tuple((name, label.say(speaks)) for name, label in rules.choices.items()),
        rows=tuple(_rows(opened, rules, form, speaks)),
        most=rules.choose,
        left_out=_left_out(opened, rules, speaks),
        secret=rules.secret,
        changeable=rules.changeable,
        rules=tuple(rules_in_words(definition, opened.state, speaks)),
    )


def body_of(form: Form) -> dict[str, Any]:
    """What the page sent, as a program would send it. Raises InvalidData."""
    if wrong := list(unfit(form.to_dict(), "")):
        raise InvalidData(tuple(wrong))
    body: dict[str, Any] = {
        "votes": _starting("votes.", form),
        "items": _starting("items.", form),
        "rows": [int(row) for row in form.getlist("rows") if row.isascii() and row.isdigit()],
    }
    if form.get("vote"):
        body["vote"] = form["vote"]
    return taken(BallotBody(), body)


def rules_in_words(definition: Definition, state: str, speaks: Language) -> Iterator[str]:
    """How is voted, as the guide says it."""
    found = definition.states[state]
    words = Vocabulary(definition=definition).inside(found)
    for item in activities.activity(found, words):
        yield said(item.text, speaks)
    if found.together is not None and found.together.rank is not None:
        for item in [*sittings.sitting(found.together, words)][1:]:
            yield said(item.text, speaks)


def evidence_of(definition: Definition, case: Case, values: Values) -> tuple[Group, ...]:
    """What stood on a notice of the case: anybody could read it there."""
    names = {
        name
        for state in case.entered
        if isinstance(notice := definition.states[state].activity, Notice)
        for name in notice.show
    }
    fields = {name: field for name, field in definition.fields.items() if name in names and not field.private}
    data = {name: shown(field, case.data[name]) for name, field in fields.items() if case.data.get(name) is not None}
    return values.groups(definition, data, {})


def score_of(definition: Definition, case: Case) -> str | None:
    """What the panel gave it on the way here."""
    for state, figures in case.left.items():
        if isinstance(definition.states[state].activity, Score) and "score" in figures:
            score = figures["score"]
            return score.text if isinstance(score, Amount) else str(score)
    return None


def _of_sitting(connection: Connection, opened: Opened, form: Form, speaks: Language) -> Iterator[Question]:
    round_, sitting, holder = opened.held.subject, opened.sitting, opened.context.actor.holder
    assert isinstance(round_, Round)
    assert sitting is not None
    assert holder is not None
    asked = paper_for(opened.version.definition, round_, sitting, holder, opened.context)
    known = subjects(connection, [UUID(one.case.id) for one in asked])
    for one in asked:
        case = known[UUID(one.case.id)].subject
        assert isinstance(case, Case)
        yield _about(opened, one, case, form, speaks)


def _about(opened: Opened, one: Asked, case: Case, form: Form, speaks: Language) -> Question:
    name, rest = named_apart(case.subject)
    directory, definition = opened.context.directory, opened.version.definition
    return Question(
        name=f"votes.{case.id}",
        words=name or case.number or "–",
        rest=rest or directory.name_of(case.unit),
        score=score_of(definition, case),
        evidence=evidence_of(definition, case, Values(directory, speaks)),
        case=case.id,
        recused=one.recused.say(speaks) if one.recused else None,
        chosen=form.get(f"votes.{case.id}") or None,
    )


def _of_case(_: Connection, opened: Opened, form: Form, speaks: Language) -> Iterator[Question]:
    """Its items first, the question that decides last."""
    rules = opened.rules
    assert isinstance(rules, Ballot)
    for name, label in rules.items.items():
        yield Question(name=f"items.{name}", words=label.say(speaks), chosen=form.get(f"items.{name}") or None)
    whole = say("On the whole", speaks) if rules.items else say("Your vote", speaks)
    yield Question(name="vote", words=whole, chosen=form.get("vote") or None)


def _rows(opened: Opened, rules: Ballot, form: Form, speaks: Language) -> Iterator[tuple[str, bool]]:
    if rules.of is None:
        return
    case = opened.held.subject
    assert isinstance(case, Case)
    columns = opened.version.definition.fields[rules.of].columns.values()
    values, chosen = Values(opened.context.directory, speaks), form.getlist("rows")
    rows: list[Mapping[str, Any]] = case.data.get(rules.of) or []
    for number, row in enumerate(rows):
        cells = [values.words(one, shown(one, row.get(one.name))) for one in columns if not one.private]
        yield " · ".join(cell for cell in cells if cell != "–"), str(number) in chosen


def _left_out(opened: Opened, rules: Ballot, speaks: Language) -> str | None:
    if opened.sitting is None or ABSTAIN not in rules.choices:
        return None
    return rules.choices[ABSTAIN].say(speaks)


def _starting(prefix: str, form: Form) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in form.items() if name.startswith(prefix) and value}
