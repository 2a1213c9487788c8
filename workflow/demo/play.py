"""The play: on each working day the people of the district handle what lies before them, through `act` like everyone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from io import BytesIO
from random import Random
from typing import Final
from uuid import UUID

from workflow.calendar import ZONE, Calendar
from workflow.cases.acting import act
from workflow.cases.effects import follow
from workflow.cases.links import digest_of
from workflow.cases.listing import cases_of_round, subjects
from workflow.cases.office import Office
from workflow.cases.voting import vote
from workflow.clock.settable import Delivery, go_to
from workflow.clock.ticking import now_of
from workflow.demo.moves import Seat, move_of, objection_of, paper, votes_at_meeting
from workflow.demo.scripts import Answer, Script, Season
from workflow.engine.commands import CallTogether, CastVote, Command, Decide, Fire, Object
from workflow.engine.context import PUBLIC_ACTOR, Actor
from workflow.engine.directory import Directory, Principal
from workflow.engine.subject import Case, Holder, Round, Sitting, Task
from workflow.records.attachments import save_attachment

KEY: Final = "model_worker"
#: When people are at their desks.
SESSIONS: Final = (time(9, 40), time(15, 10))
#: And on the last day of the working week, when reports are due on its eve.
EVENING: Final = time(16, 40)
#: Of those who could act so many do before the day is over.
_AT_ONCE: Final = 0.7
_PAGE: Final = 200


@dataclass(slots=True, eq=False)
class Call:
    """A round at play, with the scripts of its candidates by their ID numbers."""

    round_id: UUID
    scripts: Mapping[str, Script]
    random: Random
    season: Season
    answers: dict[str, Answer] = field(default_factory=dict)  #: to the objections against whom
    minutes: dict[str, str] = field(default_factory=dict)
    lots: bool = False  #: whether they were called together
    sat: dict[str, list[int]] = field(default_factory=dict)  #: the sittings of each state, as they came

    def waits(self, sitting: Sitting) -> bool:
        """Whether nobody acts in this one."""
        known = self.sat.setdefault(sitting.state, [])
        if sitting.number not in known:
            known.append(sitting.number)
        return known.index(sitting.number) >= self.season.sittings.get(sitting.state, len(known))

    def is_over(self, now: datetime) -> bool:
        return now >= self.season.ends


@dataclass(slots=True, eq=False)
class Play:
    office: Office
    delivery: Delivery
    others: Callable[[datetime], None] = lambda _: None  #: what else people have before them
    calls: list[Call] = field(default_factory=list)

    def until(self, moment: datetime, seen: Callable[[datetime], None]) -> None:
        """Goes on, session by session, up to a moment."""
        for session in self._sessions(moment):
            if now_of(self.office) < session:
                go_to(self.office, session, self.delivery)
            for call in self.calls:
                if not call.is_over(session):
                    self._session(call, session)
            self.others(session)
            seen(session)
        if now_of(self.office) < moment:  # the clock runs on while people work
            go_to(self.office, moment, self.delivery)

    def _sessions(self, moment: datetime) -> Iterator[datetime]:
        now = now_of(self.office)
        with self.office.database.read() as connection:
            calendar: Calendar = self.office.calendar(connection)
        day = now.astimezone(ZONE).date()
        while day <= moment.astimezone(ZONE).date():
            if calendar.is_working(day):
                last = not calendar.is_working(day + timedelta(days=1))
                for at in (*SESSIONS, EVENING) if last else SESSIONS:
                    session = datetime.combine(day, at, ZONE)
                    if now < session < moment:
                        yield session
            day += timedelta(days=1)

    def _session(self, call: Call, now: datetime) -> None:
        round_, cases, directory = self._look(call)
        for case in cases:
            if case.entry is not None and case.ended_at is None:
                self._case(call, case, directory, now)
        if now >= call.season.lots_from and not call.lots and any(case.state == "site_lot" for case in cases):
            self._call_lots(call, directory)
        for sitting in round_.sittings:
            own = [case for case in cases if case.id in sitting.cases]
            for task in sitting.entry.tasks:
                self._sit(call, round_, sitting, task, own, directory, now)

    def _look(self, call: Call) -> tuple[Round, list[Case], Directory]:
        cases: list[Case] = []
        with self.office.database.read() as connection:
            round_ = subjects(connection, [call.round_id])[call.round_id].subject
            after: UUID | None = None
            while True:
                page = cases_of_round(connection, call.round_id, limit=_PAGE, after=after)
                cases += [held.subject for held in page if isinstance(held.subject, Case)]
                if len(page) < _PAGE:
                    break
                after = UUID(page[-1].subject.id)
            cases.sort(key=lambda case: case.number or "")
            directory = self.office.directory(connection)
        assert isinstance(round_, Round)
        return round_, cases, directory

    def _case(self, call: Call, case: Case, directory: Directory, now: datetime) -> None:
        script = call.scripts.get(str(case.data.get("id_number")))
        if script is None or script.pauses(case.state, now):
            return
        entry = case.entry
        assert entry is not None
        if entry.notice is not None and not entry.notice.objections:
            self._object(call, case, now)
        for task in entry.tasks:
            seat = Seat(
                case=case, task=task, script=script, minutes=self._minutes(call, case), directory=directory, now=now
            )
            if call.random.random() < _AT_ONCE and not self._move(call, seat):
                return

    def _move(self, call: Call, seat: Seat) -> bool:
        """Whether the case still stands where it stood."""
        case, kind = seat.case, seat.task.kind
        for actor in actors_of(seat.task, KEY, seat.directory, seat.now):
            command = objection_of(seat, call.answers[case.id]) if kind == "objection" else move_of(seat)
            if command is None:
                continue
            outcome = self._act(case.id, command, _nominator(case, actor) if isinstance(command, Fire) else actor)
            if outcome.state != case.state or outcome.entries != case.entries:
                return False
            if kind not in ("objection", "score"):
                break
        return True

    def _object(self, call: Call, case: Case, now: datetime) -> None:
        """A citizen writes against one of the first who stand in the newspaper."""
        if case.state != "public_notice" or now < case.entered[case.state] + timedelta(days=1):
            return
        if len(call.answers) == len(call.season.objections):
            return
        call.answers[case.id] = call.season.objections[len(call.answers)]
        text = "焊接变形课题由谁完成、节约金额怎样算出，与公示材料不一致，请核查。"
        receipt = digest_of(f"{case.number}").hex()
        self._act(case.id, Object(text=text, contact="13900001111", receipt=receipt), PUBLIC_ACTOR)

    def _call_lots(self, call: Call, directory: Directory) -> None:
        call.lots = True
        act(self.office, call.round_id, CallTogether(state="site_lot"), actor=officer_of(directory))
        follow(self.office, call.round_id)

    def _minutes(self, call: Call, case: Case) -> str:
        """The minutes of the workers' meeting, scanned."""
        if case.state != "workers_meeting":
            return ""
        if case.id not in call.minutes:
            saved = save_attachment(self.office, UUID(case.id), BytesIO(SCAN), "职工大会会议记录.pdf", by=None)
            call.minutes[case.id] = str(saved.id)
        return call.minutes[case.id]

    def _sit(
        self,
        call: Call,
        round_: Round,
        sitting: Sitting,
        task: Task,
        cases: Sequence[Case],
        directory: Directory,
        now: datetime,
    ) -> None:
        if call.waits(sitting):
            return
        actors = list(actors_of(task, KEY, directory, now))
        match sitting.state:
            case "selection":
                self._vote(round_, task, sitting, cases, actors)
            case "district_second_review":
                self._act(round_.id, _review(task, cases, call.season.sent_back), actors[0])
            case "award":
                data = {"round.decision_number": f"彭政发〔{now:%Y}〕31号"}
                self._act(round_.id, Decide(task=task.id, trigger="confer", data=data), actors[0])

    def _vote(
        self, round_: Round, task: Task, sitting: Sitting, cases: Sequence[Case], actors: Sequence[Actor]
    ) -> None:
        ballot = sitting.entry.ballot
        assert ballot is not None
        asked = ballot.cases or sitting.cases
        if ballot.poll > 1:  # a second ballot among the tied: the first by number is ahead
            votes = {case: len(actors) - 6 - 8 * place for place, case in enumerate(asked)}
        else:
            seats = {industry: int(str(number)) for industry, number in round_.data["seats"].items()}
            votes = votes_at_meeting(cases, seats, len(actors))
        for number, actor in enumerate(actors):
            command = paper(task, asked, votes, number)
            assert isinstance(command, CastVote)
            vote(self.office, UUID(round_.id), command, actor=actor)
        follow(self.office, UUID(round_.id))

    def _act(self, subject: str, command: Command, actor: Actor) -> Case:
        outcome = act(self.office, UUID(subject), command, actor=actor)
        follow(self.office, UUID(subject))
        return outcome.subject  # type: ignore[return-value]  # of a round nobody asks for it


def _review(task: Task, cases: Sequence[Case], sent_back: int) -> Command:
    """The leaders approve the list; those ranked last may go back to the meeting."""
    last = sorted(cases, key=lambda case: int(str(case.left["selection"]["place"])), reverse=True)[:sent_back]
    opinion = "名单符合规定比例" if not last else "名单符合规定比例；个别人选的材料请评选会再议"
    exceptions = {case.id: "return_to_meeting" for case in last}
    return Decide(task=task.id, trigger="approve", opinion=opinion, exceptions=exceptions)


def officer_of(directory: Directory) -> Actor:
    """Who has the model workers on his desk at the federation."""
    top = next(place.id for place in directory.organisations.values() if place.parent is None)
    return Actor(person=holder_of(directory, "model_worker_officer", top))


def holder_of(directory: Directory, role: str, place: Principal) -> Principal:
    """The first who was appointed."""
    post = directory.post(role, place)
    return next(holding.person for holding in directory.holdings if post is not None and holding.post == post.id)


def _nominator(case: Case, actor: Actor) -> Actor:
    """Who handed the nomination in, or has it before him."""
    handed_in = case.deciders.get("draft", ())
    return Actor(person=handed_in[-1]) if handed_in and isinstance(handed_in[-1], int) else actor


def actors_of(task: Task, definition: str, directory: Directory, now: datetime) -> Iterator[Actor]:
    """Those who hold a task, each as himself, or who stands in for him."""
    seen: set[Holder] = set()
    for holder in task.everyone:
        if isinstance(holder, str):
            yield Actor(link=holder)
            continue
        for person in directory.holders(holder, now) if holder in directory.posts else (holder,):
            stand_ins = directory.standing_in_for(person, definition, now)
            who = stand_ins[0] if stand_ins else person
            if who not in seen:
                seen.add(who)
                yield Actor(person=who)


#: A page with nothing on it, as a scanner would send it.
SCAN: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
