"""A random walk over any definition: a district for its roles, forms with likely and unlikely values, every kind of act."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from workflow.calendar import ZONE, chinese_calendar, day_of
from workflow.definition.model import (
    ANY_STATE,
    STARTER,
    Ballot,
    CalledBy,
    Definition,
    Field,
    Notice,
    RoleAt,
    Score,
    Target,
    Wait,
)
from workflow.engine.commands import (
    CallHasEnded,
    CallTogether,
    CastVote,
    CloseBallot,
    CloseRound,
    Command,
    Decide,
    Fire,
    Object,
    Operate,
    RecordTally,
    ResolveAgain,
    Retract,
    Retry,
    ScoreCard,
    Signal,
    Start,
)
from workflow.engine.context import CLOCK, PUBLIC_ACTOR, Actor
from workflow.engine.directory import Directory, Holding, Organisation, Person, Post, StandIn
from workflow.engine.operations import OPERATIONS
from workflow.engine.stories.world import World
from workflow.engine.subject import Case, Entry, Task
from workflow.engine.who import STARTER_LINK
from workflow.errors import WorkflowError

BEGINS = datetime(2026, 3, 2, 9, tzinfo=ZONE)
ON_TASKS = (
    *("claim", "release", "delegate", "transfer", "add_signer", "remove_signer"),
    *("recuse", "extend", "pause", "go_on", "paper", "reassign"),
)
LEVELS = ("city", "district", "township", "enterprise")
ID_NUMBERS = ("130983197211025533", "11010519491231002X")


@dataclass(slots=True)
class Walk:
    """One walk: where it is, and every step that it took."""

    world: World
    random: Random
    steps: list[str] = field(default_factory=list)

    @property
    def definition(self) -> Definition:
        return self.world.definition

    # --- one step

    def step(self) -> tuple[Actor, str, Command | None, bool]:
        """Somebody does something: who, upon what, with which command, and whether it was done."""
        kinds: list[Callable[[], tuple[Actor, str, Command | None]]] = [*[self.act] * 12, self.pass_time]
        kinds += [self.start] * (4 if len(self.world.cases) < 3 else 1)
        if self.definition.round is not None:
            kinds += [self.act_on_round] * 3
        if self.random.random() < 0.03:
            kinds = [lambda: (CLOCK, "people", None)]
        actor, subject, command = self.random.choice(kinds)()
        done = self._do(actor, subject, command)
        self.steps.append(f"{self.world.now:%m-%d %H:%M} {actor}: {subject} {command} {'done' if done else 'refused'}")
        return actor, subject, command, done

    def _do(self, actor: Actor, subject: str, command: Command | None) -> bool:
        world = self.world
        try:
            if command is None and subject == "people":
                self.change_people()
            elif command is None and subject == "round":
                world.open_round(self.data(self._round_fields()), actor)
            elif command is None:
                world.advance(
                    world.now + self.random.choice((timedelta(hours=5), timedelta(days=1), timedelta(days=9)))
                )
            elif isinstance(command, Start):
                world.start(command, actor)
            elif isinstance(command, CastVote):
                world.vote(subject, command, actor)
            else:
                world.act(subject, command, actor)
        except WorkflowError:
            return False
        return True

    def change_people(self) -> None:
        """One takes a post, or lays it down; then it is looked at anew who holds what."""
        directory = self.world.directory
        holdings = list(directory.holdings)
        if holdings and self.random.random() < 0.5:
            holdings.remove(self.random.choice(holdings))
        else:
            person, post = self.random.choice(list(directory.persons)), self.random.choice(list(directory.posts))
            holdings.append(Holding(person=person, post=post))
        self.world.directory = replace(directory, holdings=tuple(holdings))
        for subject in (*self.world.cases, *self.world.rounds):
            self.world.act(subject, ResolveAgain(), CLOCK)

    # --- who

    def somebody(self) -> Actor:
        chance = self.random.random()
        if chance < 0.08:
            return self.random.choice((PUBLIC_ACTOR, CLOCK, Actor(public=True, link=STARTER_LINK)))
        if chance < 0.3:
            return self.one_with({"administrator"})
        return Actor(person=self.random.choice(list(self.world.directory.persons)))

    def one_of(self, group: Iterable[str]) -> Actor:
        """Mostly one with a role that these names of people mean, at times somebody else."""
        people = [self.definition.people[name] for name in group if name in self.definition.people]
        roles = {entry.spec.role for found in people for entry in found.entries if isinstance(entry.spec, RoleAt)}
        return self.one_with(roles) if roles and self.random.random() < 0.8 else self.somebody()

    def one_with(self, roles: Collection[str]) -> Actor:
        directory = self.world.directory
        posts = [post.id for post in directory.posts.values() if post.role in roles]
        holders = [person for post in posts for person in directory.holders(post, self.world.now)]
        return Actor(person=self.random.choice(holders)) if holders else PUBLIC_ACTOR

    def holder_of(self, task: Task) -> Actor:
        """Mostly one who holds it, at times somebody else."""
        directory, able = self.world.directory, []
        for holder in (*task.everyone, task.delegate):
            if isinstance(holder, str):
                able.append(Actor(link=holder))
            elif holder is not None and holder in directory.posts:
                able += [Actor(person=person) for person in directory.holders(holder, self.world.now)]
            elif holder is not None:
                able.append(Actor(person=holder))
        return self.random.choice(able) if able and self.random.random() < 0.85 else self.somebody()

    # --- what

    def pass_time(self) -> tuple[Actor, str, Command | None]:
        return CLOCK, "time", None

    def start(self) -> tuple[Actor, str, Command | None]:
        first = self.definition.states[self.definition.first_state]
        unit = self.random.choice([None, *self.world.directory.organisations])
        fields = {name: self.definition.fields[name] for name in first.edit if name in self.definition.fields}
        command = Start(id=f"case-{len(self.world.cases) + 1}", unit=unit, data=self.data(fields))
        return self._starter(unit), "start", command

    def _starter(self, unit: int | None) -> Actor:
        world = self.world
        roles = {e.spec.role for e in self.definition.start if isinstance(e.spec, RoleAt)}
        posts = [p for p in world.directory.posts.values() if p.role in roles and unit in (None, p.organisation)]
        holders = [person for post in posts for person in world.directory.holders(post.id, world.now)]
        return Actor(person=self.random.choice(holders)) if holders and self.random.random() < 0.8 else self.somebody()

    def act(self) -> tuple[Actor, str, Command | None]:
        """Upon an open task, or upon a case without one."""
        places = [(name, entry) for name, entry in self.entries() if entry.tasks or self.random.random() < 0.3]
        if not places:
            return self.start()
        name, entry = self.random.choice(places)
        if entry.tasks and self.random.random() < 0.75:
            task = self.random.choice(entry.tasks)
            return self.holder_of(task), name, self._upon(task, name, entry)
        return self._upon_case(name, entry)

    def entries(self) -> Iterator[tuple[str, Entry]]:
        for case in self.world.cases.values():
            if case.entry is not None:
                yield case.id, case.entry
        for round_ in self.world.rounds.values():
            for sitting in round_.sittings:
                yield round_.id, sitting.entry

    def _upon(self, task: Task, place: str, entry: Entry) -> Command:
        state = self.definition.states[entry.state]
        if self.random.random() < 0.15:
            claimed = task.claimed_by is not None and self.random.random() < 0.5
            return self._operation(task.id, ("release",) if claimed else ON_TASKS)
        match task.kind, state.activity:
            case "ballot", Ballot() as rules:
                return self._vote(task, place, rules)
            case "record", Ballot() as rules:
                counts = {name: self.random.randrange(8) for name in rules.choices}
                counts |= {"present": self.random.randrange(30), "electorate": 30}
                return RecordTally(task=task.id, counts=counts, data=self.form(state.edit), opinion=self.words())
            case "score", Score() as rules:
                score = {name: self.random.randint(0, most) for name, most in rules.criteria.items()}
                return ScoreCard(task=task.id, score=score, data=self.form(state.edit), opinion=self.words())
            case "objection", _:
                trigger = self.random.choice(("dismissed", "upheld", "partly", "joined"))
            case "signer", _:
                trigger = self.random.choice(("agree", "disagree"))
            case _:
                likely = self.random.random() < 0.9
                trigger = self.random.choice(list(state.to) if likely else list(self.definition.triggers))
        sits = place in self.world.rounds
        excepted = {
            case.id: self.random.choice(list(state.to))
            for case in self.world.cases.values()
            if sits and case.state == entry.state and self.random.random() < 0.2
        }
        return Decide(
            task=task.id if self.random.random() < 0.95 else self.random.randrange(1, 9),
            trigger=trigger,
            opinion=self.words(),
            data=self.form(state.edit),
            to=self._to(place, state.to.get(trigger, ())),
            then=self._then(state.to.get(trigger, ())),
            exceptions=excepted,
        )

    def _to(self, place: str, targets: tuple[Target, ...]) -> str | None:
        held = self.world.subject(place)
        passed = list(held.path) if isinstance(held, Case) else list(self.definition.states)
        if any(target.to == ANY_STATE for target in targets) and passed and self.random.random() < 0.8:
            return self.random.choice(passed)
        return self.random.choice(list(self.definition.states)) if self.random.random() < 0.05 else None

    def _then(self, targets: tuple[Target, ...]) -> Any:
        likely = 0.7 if any(target.then == "choice" for target in targets) else 0.05
        return self.random.choice(("again", "resume")) if self.random.random() < likely else None

    def _vote(self, task: Task, place: str, rules: Ballot) -> Command:
        choices = list(rules.choices)
        votes = {case.id: self.random.choice(choices) for case in self.world.cases.values() if case.entry}
        if self.random.random() < 0.1:
            return CloseBallot(task=task.id)
        held = self.world.subject(place)
        rows = len(held.data.get(rules.of) or []) if isinstance(held, Case) and rules.of else 0
        sitting = place in self.world.rounds
        asked = {case for found in ([] if isinstance(held, Case) else held.sittings) for case in found.cases}
        return CastVote(
            task=task.id,
            choice=None if sitting or rules.of else self.random.choice(choices),
            items={item: self.random.choice(choices) for item in rules.items},
            rows=tuple(self.random.sample(range(rows), min(rows, rules.choose or rows))),
            votes={case: choice for case, choice in votes.items() if case in asked} if sitting else {},
        )

    def _upon_case(self, place: str, entry: Entry) -> tuple[Actor, str, Command | None]:
        state = self.definition.states[entry.state]
        subject = self.world.subject(place)
        somebody, administrator = self.somebody(), self.one_with({"administrator"})
        acts: list[tuple[Actor, Command]] = [
            (somebody, self._operation(None)),
            (administrator, self._operation(None, ("suspend", "resume", "cancel", "correct", "reassign"))),
        ]
        acts += [(administrator, Retry(incident=incident.number)) for incident in subject.incidents]
        if isinstance(subject, Case):
            if subject.suspended is not None:
                acts += [(administrator, self._operation(None, ("resume",)))] * 3
            if subject.undo is not None and isinstance(subject.undo.by, int):
                acts.append((Actor(person=subject.undo.by), self._operation(None, ("take_back",))))
            acts += [(self._anytime(subject, name), self._fire(subject, name)) for name in self.definition.anytime]
            acts += [(CLOCK, CallHasEnded(number=called.number, state="passed")) for called in entry.calls]
            acts += [(CLOCK, ResolveAgain())] if self.random.random() < 0.1 else []
            match state.activity:
                case Notice():
                    objections = entry.notice.objections if entry.notice else ()
                    acts += [(PUBLIC_ACTOR, Object(text="不实", name="群众")), (PUBLIC_ACTOR, Object(text="不实"))]
                    acts += [(PUBLIC_ACTOR, Retract(objection=objection.number)) for objection in objections]
                case Wait(signals=signals):
                    acts += [(self.random.choice((CLOCK, somebody)), Signal(name=name)) for name in signals]
        actor, command = self.random.choice(acts)
        return actor, place, command

    def _anytime(self, case: Case, name: str) -> Actor:
        rule = self.definition.anytime[name]
        if STARTER in rule.by and isinstance(case.starter, int) and self.random.random() < 0.7:
            return Actor(person=case.starter)
        return self.one_of(rule.by)

    def _fire(self, case: Case, name: str) -> Command:
        rule = self.definition.anytime[name]
        to = self._to(case.id, rule.targets)
        return Fire(trigger=name, opinion=self.words(), data=self.form(rule.edit), to=to)

    def act_on_round(self) -> tuple[Actor, str, Command | None]:
        rules = self.definition.round
        opener = self.one_of(rules.opens_by if rules else ())
        if not self.world.rounds or (len(self.world.rounds) < 3 and self.random.random() < 0.1):
            return self.random.choice((opener, CLOCK)), "round", None
        name = self.random.choice(list(self.world.rounds))
        acts: list[tuple[Actor, Command]] = [
            (opener, Operate(operation="correct", reason="延期", data=self.data(self._round_fields())))
        ]
        for state in self.definition.states.values():
            if state.together is not None and isinstance(state.together.until, CalledBy):
                acts += [(self.one_of(state.together.until.who), CallTogether(state=state.name))] * 5
        acts += [(opener, CloseRound())] if self.random.random() < 0.2 else []
        actor, command = self.random.choice(acts)
        return actor, name, command

    def _operation(self, task: int | None, among: tuple[str, ...] = tuple(OPERATIONS)) -> Command:
        return Operate(
            operation=self.random.choice(among),  # type: ignore[arg-type]  # its own words
            task=task,
            person=self.random.choice(list(self.world.directory.persons)),
            kind=self.random.choice(("before", "beside", "after")),
            reason=self.words(),
            data=self.form(tuple(self.definition.fields)),
            date="2026-03-05",
            archive=self.random.choice(("档1", None)),
        )

    # --- with what

    def words(self) -> str:
        return self.random.choice(("", "属实", "属实", "属实"))

    def form(self, names: tuple[str, ...]) -> dict[str, Any]:
        fields = {name: self.definition.fields[name] for name in names if name in self.definition.fields}
        rules = self.definition.round
        for name in names:
            if name.startswith("round.") and rules is not None:
                fields[name] = rules.fields[name.removeprefix("round.")]
        return self.data(fields)

    def _round_fields(self) -> dict[str, Field]:
        rules = self.definition.round
        return {name: found for name, found in rules.fields.items() if not found.computed} if rules else {}

    def data(self, fields: dict[str, Field]) -> dict[str, Any]:
        writable = {name: found for name, found in fields.items() if not found.computed and found.source is None}
        likely = self.random.random() < 0.8
        return {name: self.value(found) for name, found in writable.items() if likely or self.random.random() < 0.5}

    def value(self, found: Field) -> Any:
        """Mostly one that fits."""
        if self.random.random() < 0.02:
            return self.random.choice((None, -1, "错", [], {}))
        return _VALUES[found.type](self, found)

    def number(self, found: Field) -> int:
        low = int(float(str(found.min or 0)))
        return self.random.randint(low, int(float(str(found.max))) if found.max is not None else low + 100)

    def rows(self, found: Field) -> list[dict[str, Any]]:
        return [
            {n: self.value(column) for n, column in found.columns.items()} for _ in range(self.random.randint(0, 3))
        ]

    def some_of(self, items: Iterable[Any]) -> list[Any]:
        known = list(items)
        return self.random.sample(known, self.random.randint(0, min(3, len(known))))


def _text(walk: Walk, found: Field) -> str:
    return walk.random.choice(("甲", "乙", "丙")) * max(1, int(str(found.min or 1)))


def _day(walk: Walk, _: Field) -> str:
    return (day_of(walk.world.now) + timedelta(days=walk.random.randint(1, 40))).isoformat()


def _moment(walk: Walk, _: Field) -> str:
    return (walk.world.now + timedelta(hours=walk.random.randint(1, 400))).isoformat()


_VALUES: dict[str, Callable[[Walk, Field], Any]] = {
    "text": _text,
    "long_text": _text,
    "integer": Walk.number,
    "number": Walk.number,
    "percent": Walk.number,
    "money": Walk.number,
    "date": _day,
    "moment": _moment,
    "yes_no": lambda walk, _: walk.random.random() < 0.5,
    "choice": lambda walk, found: walk.random.choice(list(found.options)),
    "choices": lambda walk, found: walk.some_of(found.options),
    "person": lambda walk, _: walk.random.choice(list(walk.world.directory.persons)),
    "persons": lambda walk, _: walk.some_of(walk.world.directory.persons),
    "organisation": lambda walk, _: walk.random.choice(list(walk.world.directory.organisations)),
    "mobile": lambda walk, _: walk.random.choice(("13800000001", "13800000002")),
    "email": lambda _, __: "a@example.org",
    "id_number": lambda walk, _: walk.random.choice(ID_NUMBERS),
    "files": lambda _, found: [f"a.{found.accept[0] if found.accept else 'pdf'}"],
    "table": Walk.rows,
    "number_each": lambda walk, found: {option: walk.random.randint(0, 3) for option in found.options},
}


def a_walk(definition: Definition, random: Random) -> Walk:
    world = World(definition=definition, calendar=chinese_calendar(), directory=a_district(definition), now=BEGINS)
    world.facts = {}
    walk = Walk(world, random)
    if definition.round is not None:
        walk._do(CLOCK, "round", None)
    return walk


def a_district(definition: Definition) -> Directory:
    """A small tree with two holders for each role that the definition names, administrators, and one who stands in."""
    organisations = [
        Organisation(id=n, name=level, level=level, parent=n - 1 or None, columns={"members": 120})
        for n, level in enumerate(LEVELS, 1)
    ]
    organisations.append(Organisation(id=5, name="enterprise 2", level="enterprise", parent=3, columns={"members": 30}))
    organisations.append(Organisation(id=6, name="township 2", level="township", parent=2))
    wanted = list(dict.fromkeys(_roles(definition)))
    for _, at in wanted:
        if at not in {o.level for o in organisations} | {o.kind for o in organisations}:
            organisations.append(Organisation(id=len(organisations) + 1, name=at, level=at, kind=at, parent=2))
    persons: dict[int, Person] = {}
    posts: list[Post] = []
    holdings: list[Holding] = []
    for role, at in [*wanted, ("administrator", "district")]:
        for organisation in organisations:
            if at in (organisation.level, organisation.kind):
                post = Post(id=10_000 + len(posts), role=role, organisation=organisation.id)
                posts.append(post)
                for _ in range(2):
                    person = _add(persons, employer=4 if len(persons) % 3 == 0 else None)
                    holdings.append(Holding(person=person, post=post.id))
    for n in range(4):
        _add(persons, employer=4 + n % 2, mobile=f"1380000000{n + 1}")
    stand_in = StandIn(person=min(persons), absent=max(persons), begins=BEGINS, ends=None)
    return Directory({o.id: o for o in organisations}, persons, {p.id: p for p in posts}, tuple(holdings), (stand_in,))


def _add(persons: dict[int, Person], *, employer: int | None, mobile: str | None = None) -> int:
    number = 100 + len(persons)
    persons[number] = Person(id=number, name=f"人{number}", employer=employer, mobile=mobile, born_on=date(1980, 1, 1))
    return number


def _roles(definition: Definition) -> Iterator[tuple[str, str]]:
    groups = [definition.start, *(people.entries for people in definition.people.values())]
    for entry in (entry for entries in groups for entry in entries):
        if isinstance(entry.spec, RoleAt):
            yield entry.spec.role, entry.spec.at
    each = definition.round.cases if definition.round else None
    if each is not None and each.kind == "role":
        yield each.name, each.at or "township"
