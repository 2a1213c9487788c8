"""Whoever does whatever, in any definition: what must always hold holds after each step (faults.md, invariants 1, 4, 8, 9)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.walking import a_walk
from workflow.definition.loading import load_definition
from workflow.definition.model import ANY_STATE, CANCELLED, PREVIOUS, Definition, Target
from workflow.engine import changes as c
from workflow.engine.apply import apply
from workflow.engine.commands import Command, Decide, ScoreCard
from workflow.engine.context import Actor
from workflow.engine.permit import group_of
from workflow.engine.stories.world import World
from workflow.engine.subject import Case, Entry, Holder, Round, Subject, Task

HERE = Path(__file__).parent
FILES = sorted(
    (
        *(HERE / "language").glob("*/definition.yaml"),
        *(HERE.parents[1] / "definitions").glob("*/definition.yaml"),
        HERE / "examples" / "model_worker.yaml",
    )
)
STEPS = 30
_CHANGES = msgspec.json.Decoder(list[c.AnyChange])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name if file.stem == "definition" else file.stem)
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_what_must_always_hold_holds(file: Path, seed: int) -> None:
    definition = load_definition(file.read_text("utf-8")).sound()
    walk = a_walk(definition, Random(seed))
    for _ in range(STEPS):
        before = walk.world.snapshot()
        held = permitted(walk.world)

        actor, subject, command, done = walk.step()

        try:
            if not done:
                assert walk.world.snapshot() == before, "a refused command changes nothing"
            else:
                assert_permitted(held, actor, subject, command)
            assert_sound(walk.world)
        except AssertionError as wrong:
            raise AssertionError("\n".join([*walk.steps, str(wrong)])) from wrong
    for name, acts in walk.world.history.items():
        try:
            assert_history(definition, walk.world.subject(name), acts)
        except AssertionError as wrong:
            raise AssertionError("\n".join([*walk.steps, name, str(wrong)])) from wrong


# --- what stands


def assert_sound(world: World) -> None:
    for case in world.cases.values():
        assert case.state in world.definition.states
        assert case.entry is not None
        assert case.entry.state == case.state, "exactly one state"
        if world.definition.states[case.state].is_end:
            assert case.ended_at is not None
            assert (case.entry.tasks, case.entry.timers, case.entry.ballot) == ((), (), None), "an end has nothing open"
        assert_entry(world, case.entry, suspended=case.suspended is not None)
    for round_ in world.rounds.values():
        assert_round(world, round_)


def assert_round(world: World, round_: Round) -> None:
    sitting = [case for found in round_.sittings for case in found.cases]
    assert len(sitting) == len(set(sitting)), "a case sits once"
    for found in round_.sittings:
        assert_entry(world, found.entry)
        for name in found.cases:
            case = world.cases[name]
            assert (case.state, case.round) == (found.state, round_.id)
            assert case.entry is not None
            assert case.entry.waiting
    if round_.over_at is not None:
        own = [case for case in world.cases.values() if case.round == round_.id]
        assert all(case.ended_at is not None for case in own), "over when its last case has ended"


def assert_entry(world: World, entry: Entry, *, suspended: bool = False) -> None:
    ids = [task.id for task in entry.tasks]
    assert len(ids) == len(set(ids))
    assert suspended or all(timer.at > world.now for timer in entry.timers), "what is due has happened"
    assert not suspended or not entry.timers, "all clocks stand"
    ballot = entry.ballot
    if ballot is not None:
        voters = [vote.by for vote in ballot.votes]
        assert len(voters) == len(set(voters)), "one ballot a voter"
        assert set(voters) <= set(ballot.electorate)


# --- who may


def permitted(world: World) -> dict[tuple[str, int], set[Holder]]:
    """Who may decide which open task, reckoned from the directory and the rules of recusal alone."""
    places: list[tuple[Subject, Entry]] = [(case, case.entry) for case in world.cases.values() if case.entry]
    places += [(round_, found.entry) for round_ in world.rounds.values() for found in round_.sittings]
    return {
        (subject.id, task.id): set(_may(world, subject, entry, task))
        for subject, entry in places
        for task in entry.tasks
    }


def _may(world: World, subject: Subject, entry: Entry, task: Task) -> Iterator[Holder]:
    directory = world.directory
    holders: set[Holder] = {task.delegate} if task.delegate is not None else set()
    for holder in task.everyone:
        in_post = isinstance(holder, int) and holder in directory.posts
        persons = directory.holders(holder, world.now) if in_post else (holder,)  # type: ignore[arg-type]
        stand_ins = (
            [s.person for s in directory.stand_ins if s.absent in persons] if task.kind in ("task", "record") else []
        )
        holders |= {*persons, *stand_ins}
    if task.claimed_by is not None and task.delegate is None:
        holders &= {task.claimed_by}
    names = set(group_of(world.definition, entry.state, task))
    rules = world.definition.recuse
    for person in holders:
        barred = person in task.taken_out
        if isinstance(subject, Case) and task.kind in ("task", "score", "objection"):
            if names and names <= set(rules.starter):
                barred = barred or person == subject.starter
            elsewhere = [state for state in rules.twice if state != entry.state and entry.state in rules.twice]
            barred = barred or any(person in subject.deciders.get(state, ()) for state in elsewhere)
        if not barred:
            yield person


def assert_permitted(
    held: dict[tuple[str, int], set[Holder]], actor: Actor, subject: str, command: Command | None
) -> None:
    if isinstance(command, Decide | ScoreCard):
        assert actor.holder in held[subject, command.task], "who decided was permitted"


# --- what happened


def assert_history(definition: Definition, subject: Subject, acts: Sequence[Sequence[c.Change]]) -> None:
    """Folding the recorded changes from nothing gives exactly the subject, and each move was one of the definition."""
    folded: Subject | None = None
    decided: set[int] = set()
    for act in acts:
        written = msgspec.json.encode(act)
        changes = _CHANGES.decode(written)
        assert tuple(changes) == tuple(act), "changes are what is written of them"
        for change in changes:
            assert_change(definition, folded, change, decided)
            folded = apply(folded, change)
        assert folded is not None
        folded = replace(folded, seq=folded.seq + 1)
    assert folded == subject
    assert msgspec.json.decode(msgspec.json.encode(subject), type=type(subject)) == subject


def assert_change(definition: Definition, before: Subject | None, change: c.Change, decided: set[int]) -> None:
    inner = change.change if isinstance(change, c.InSitting) else change
    match inner:
        case c.TaskClosed(why="decided", task=number):
            assert number not in decided, "a task is decided at most once"
            decided.add(number)
        case c.BallotClosed(counts=counts) if isinstance(before, Case) and before.entry and before.entry.ballot:
            ballot = before.entry.ballot
            assert ballot.secret or counts["cast"] <= len(ballot.votes), "the tally is the sum of the ballots"
    if isinstance(before, Round) and isinstance(change, c.SittingClosed):
        closing = next(found for found in before.sittings if found.number == change.number)
        assert closing.entry.tasks == (), "no task of a sitting that is over is open"
    if not isinstance(before, Case):
        return
    if isinstance(change, c.Left | c.TakenBack):
        assert before.entry is not None
        assert (before.entry.tasks, before.entry.timers) == ((), ()), "nothing of a state that is left stays open"
    if isinstance(change, c.TakenBack):
        assert before.undo is not None
        decided.difference_update(task.id for task in before.undo.entry.tasks)
    if isinstance(change, c.Entered) and before.state:
        assert change.state in goals(definition, before, change.trigger), (
            f"{before.state}.{change.trigger} → {change.state}"
        )


def goals(definition: Definition, before: Case, trigger: str | None) -> set[str | None]:
    """Where a trigger may lead from here."""
    if trigger == "cancel":
        return {CANCELLED}
    state = definition.states[before.state]
    targets: list[Target] = list(state.to.get(trigger or "", ()))
    rule = definition.anytime.get(trigger or "")
    if rule is not None and before.state in rule.states:
        targets += rule.targets
    found: set[str | None] = set()
    if before.back_to and trigger in state.to and trigger != "expired":
        found.add(before.back_to)
    for target in targets:
        if target.to == PREVIOUS:
            found.add(before.entry.came_from if before.entry else None)
        elif target.to == ANY_STATE:
            found |= set(before.path)
        else:
            found.add(target.to)
    return found
