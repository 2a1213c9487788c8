"""Who holds the open tasks, when people, posts or units have changed meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workflow.calendar import ZONE, chinese_calendar
from workflow.definition.loading import load_definition
from workflow.definition.model import Definition
from workflow.engine.changes import Change, Told
from workflow.engine.commands import CaseCommand, CastVote, Decide, Operate, ResolveAgain, ScoreCard, Start
from workflow.engine.context import Actor, Context, SeededLot
from workflow.engine.directory import Directory, Holding, Organisation, Person, Post
from workflow.engine.step import step
from workflow.engine.subject import Case, Holder, Task
from workflow.engine.who import Asking, everyone

DISTRICT, TOWN, CLERK = 1, 2, 10
A, B, C, D = 11, 12, 13, 14
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
BOSSES, CHIEFS, CLERKS = 101, 102, 103


def a_definition(review: str) -> Definition:
    """A clerk submits; `review` says what the second state opens."""
    return load_definition(f"""\
key: small
title: {{zh: 小, en: Small}}
start: {{role: clerk, at: township}}
people:
  boss: {{role: boss, at: township}}
  pair: {{role: boss, at: township, draw: 2}}
  rising: {{role: boss, at: township, vacant: up}}
states:
  draft: {{task: {{who: starter}}, to: {{submit: review}}}}
  review:
{review}
  done: {{end: {{zh: 办结, en: Done}}}}
""").sound()


def a_directory(bosses: Iterable[int] = (A, B), chiefs: Iterable[int] = (), gone: Iterable[int] = ()) -> Directory:
    """A township below a district; its bosses, those of the district, and a clerk."""
    left = set(gone)
    persons = {
        number: Person(id=number, name=f"P{number}", employer=TOWN, until=NOW if number in left else None)
        for number in (CLERK, A, B, C, D)
    }
    holdings = [Holding(person=CLERK, post=CLERKS), *(Holding(person=person, post=BOSSES) for person in bosses)]
    holdings += [Holding(person=person, post=CHIEFS) for person in chiefs]
    return Directory(
        organisations={
            DISTRICT: Organisation(id=DISTRICT, name="区", level="district"),
            TOWN: Organisation(id=TOWN, name="镇", level="township", parent=DISTRICT),
        },
        persons=persons,
        posts={
            BOSSES: Post(id=BOSSES, role="boss", organisation=TOWN),
            CHIEFS: Post(id=CHIEFS, role="boss", organisation=DISTRICT),
            CLERKS: Post(id=CLERKS, role="clerk", organisation=TOWN),
        },
        holdings=tuple(holdings),
    )


@dataclass
class Office:
    """A case, and the directory as it is now."""

    definition: Definition
    directory: Directory
    case: Case | None = None
    changes: tuple[Change, ...] = ()

    def act(self, command: CaseCommand, person: int | None = None) -> None:
        actor = Actor(person=person) if person is not None else Actor(service="test")
        done = step(self.definition, self.case, command, self.context(actor))
        self.case, self.changes = done.subject, done.changes

    def context(self, actor: Actor) -> Context:
        return Context(
            now=NOW, directory=self.directory, calendar=chinese_calendar(), actor=actor, lot=SeededLot("test")
        )

    def change(self, directory: Directory) -> None:
        self.directory = directory
        self.act(ResolveAgain())

    @property
    def held(self) -> Case:
        assert self.case is not None
        return self.case

    @property
    def tasks(self) -> tuple[Task, ...]:
        assert self.held.entry is not None
        return self.held.entry.tasks

    def holding(self) -> set[Holder]:
        asked = Asking(definition=self.definition, context=self.context(Actor(service="test")), unit=TOWN)
        return {person for task in self.tasks for person in everyone(task.everyone, asked)}

    def told(self) -> set[Holder]:
        return {person for change in self.changes if isinstance(change, Told) for person in change.who}

    def task_of(self, person: int) -> int:
        asked = Asking(definition=self.definition, context=self.context(Actor(service="test")), unit=TOWN)
        return next(task.id for task in self.tasks if person in everyone(task.everyone, asked))

    def decide(self, person: int, trigger: str, **keys: Any) -> None:
        self.act(Decide(task=self.task_of(person), trigger=trigger, **keys), person)


def an_office(review: str, directory: Directory | None = None) -> Office:
    """A case that has been submitted."""
    office = Office(a_definition(review), directory or a_directory())
    office.act(Start(id="case-1"), CLERK)
    office.decide(CLERK, "submit")
    return office


TASK = "    task: {who: boss}\n    to: {approve: done}"
RISING = "    task: {who: rising}\n    to: {approve: done}"
AUTOMATIC = "    task: {who: rising, automatic: {vacant: approve}}\n    to: {approve: done}"
EACH = "    tasks: {opinion_of: {each: boss}}\n    decide: all\n    to: {approve: done, reject: done}"
DRAWN = "    tasks: {opinion_of: {each: pair}}\n    decide: all\n    to: {approve: done, reject: done}"
BALLOT = "    ballot: {who: boss, pass: yes > no}\n    to: {pass: done, fail: done}"
CARDS = "    score: {who: pair, criteria: {skill: 10}}\n    to: {scored: done}"


def test_nothing_changes_where_nothing_is_different() -> None:
    office = an_office(TASK)
    before = office.held

    office.change(a_directory())

    assert before == office.held
    assert office.changes == ()


def test_who_leaves_the_post_holds_its_task_no_more() -> None:
    office = an_office(TASK)

    office.change(a_directory(bosses=[B, C]))

    assert office.holding() == {B, C}


def test_task_without_a_holder_is_an_incident_until_somebody_is_appointed() -> None:
    office = an_office(TASK)

    office.change(a_directory(bosses=[]))
    assert office.holding() == set()
    assert [incident.code for incident in office.held.incidents] == ["vacant"]
    office.change(a_directory(bosses=[]))
    assert office.changes == ()

    office.change(a_directory(bosses=[D]))
    assert office.holding() == {D}
    assert office.held.incidents == ()
    assert office.told() == {BOSSES}


def test_vacant_post_is_climbed_over() -> None:
    office = an_office(RISING, a_directory(bosses=[A], chiefs=[D]))

    office.change(a_directory(bosses=[], chiefs=[D]))

    assert office.holding() == {D}
    assert office.held.incidents == ()


def test_what_is_automatic_goes_before_climbing() -> None:
    office = an_office(AUTOMATIC, a_directory(bosses=[A], chiefs=[D]))

    office.change(a_directory(bosses=[], chiefs=[D]))

    assert office.held.state == "done"


def test_who_has_left_the_service_holds_nothing() -> None:
    office = an_office(TASK)

    office.change(a_directory(gone=[A]))

    assert office.holding() == {B}


def test_task_of_each_is_closed_with_him_who_leaves() -> None:
    office = an_office(EACH)
    office.decide(A, "approve")

    office.change(a_directory(bosses=[A]))

    assert office.held.state == "done"


def test_who_joins_is_asked_too() -> None:
    office = an_office(EACH)
    office.decide(A, "approve")

    office.change(a_directory(bosses=[A, B, C]))
    assert office.holding() == {B, C}
    assert office.told() == {C}

    office.decide(B, "approve")
    assert office.held.state == "review"
    office.decide(C, "approve")
    assert office.held.state == "done"


def test_lot_gives_a_substitute_and_lets_the_others_stay() -> None:
    office = an_office(DRAWN, a_directory(bosses=[A, B, C, D]))
    first, second = sorted(int(person) for person in office.holding())
    rest = {A, B, C, D} - {first, second}

    office.decide(first, "approve")
    office.change(a_directory(bosses=[person for person in (A, B, C, D) if person != second]))

    assert len(office.holding()) == 1
    assert office.holding() <= rest


def test_who_leaves_the_electorate_has_no_vote() -> None:
    office = an_office(BALLOT, a_directory(bosses=[A, B, C]))
    office.act(CastVote(task=office.task_of(A), choice="yes"), A)
    office.act(CastVote(task=office.task_of(B), choice="no"), B)

    office.change(a_directory(bosses=[A, C]))
    assert office.held.state == "review"

    office.act(CastVote(task=office.task_of(C), choice="yes"), C)
    figures: Mapping[str, object] = office.held.left["review"]
    assert (figures["yes"], figures["no"], figures["electorate"]) == (2, 0, 2)


def test_ballot_closes_when_the_last_who_had_not_voted_leaves() -> None:
    office = an_office(BALLOT)
    office.act(CastVote(task=office.task_of(A), choice="yes"), A)

    office.change(a_directory(bosses=[A]))

    assert office.held.state == "done"
    assert office.held.left["review"]["trigger"] == "pass"


def test_nobody_joins_an_open_ballot() -> None:
    office = an_office(BALLOT)

    office.change(a_directory(bosses=[A, B, C]))

    assert office.holding() == {A, B}


def test_card_of_who_leaves_goes_to_the_substitute() -> None:
    office = an_office(CARDS, a_directory(bosses=[A, B, C]))
    first, second = sorted(int(person) for person in office.holding())
    (substitute,) = {A, B, C} - {first, second}
    office.act(ScoreCard(task=office.task_of(first), score={"skill": 8}), first)

    office.change(a_directory(bosses=[first, substitute]))
    assert office.holding() == {substitute}

    office.act(ScoreCard(task=office.task_of(substitute), score={"skill": 6}), substitute)
    assert office.held.left["review"]["score"] == 7


def test_case_that_a_post_started_belongs_to_whoever_holds_it_then() -> None:
    """An import starts for the union of a unit: its starter is the post."""
    office = Office(a_definition(TASK), a_directory())
    office.act(Start(id="case-1", unit=TOWN, starter=CLERKS))
    assert office.holding() == {CLERK}

    directory = a_directory()
    office.change(replace(directory, holdings=(*directory.holdings[1:], Holding(person=D, post=CLERKS))))

    assert office.holding() == {D}
    office.decide(D, "submit")
    assert office.held.state == "review"


def test_cards_of_nobody_are_an_incident_until_somebody_is_appointed() -> None:
    office = an_office(CARDS, a_directory(bosses=[]))
    assert [incident.code for incident in office.held.incidents] == ["vacant"]

    office.change(a_directory(bosses=[A]))

    assert office.holding() == {A}
    assert office.held.incidents == ()


def test_empty_place_is_asked_for_until_somebody_is_there() -> None:
    office = an_office(EACH, a_directory(bosses=[]))
    assert [incident.code for incident in office.held.incidents] == ["vacant"]

    office.change(a_directory(bosses=[C]))

    assert office.holding() == {C}
    assert office.held.incidents == ()
    office.decide(C, "approve")
    assert office.held.state == "done"


def test_claim_of_who_leaves_is_void() -> None:
    office = an_office(TASK)
    office.act(Operate(operation="claim", task=office.task_of(A)), A)

    office.change(a_directory(bosses=[B]))

    assert office.tasks[0].claimed_by is None
    assert office.holding() == {B}
