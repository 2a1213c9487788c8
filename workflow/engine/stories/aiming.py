"""Which case or round a step means, and which task of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.definition import words
from workflow.definition.model import Notice, State, Task, Tasks
from workflow.engine import permit
from workflow.engine.activities import notice, tasks
from workflow.engine.context import Actor
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import World
from workflow.engine.subject import Case, Entry, Round, TaskKind
from workflow.engine.subject import Task as OpenTask

Kinds = tuple[TaskKind, ...]
ANY_KIND: Kinds = ("task", "record", "score", "ballot", "objection")


@dataclass(frozen=True, slots=True)
class Aim:
    """A task of a case or of a round's sitting; one that is closed has its number only."""

    place: str
    number: int = 0
    task: OpenTask | None = None
    entry: Entry | None = None


class Aiming:
    """The tasks that a step of somebody may mean."""

    def __init__(self, world: World, naming: Naming, does: Mapping[str, Any], actor: Actor) -> None:
        self._world, self._naming, self._does, self._actor = world, naming, does, actor

    def aims(self, kinds: Kinds, wanted: Callable[[Aim], int] = lambda _: 0) -> list[Aim]:
        """The task that he holds, of several the one most wanted; else, to be refused, what he may have meant.

        That is an open task of others, or one that he held and that is closed: either is a reason to refuse him.
        """
        aims = list(self.open(kinds))
        held = [aim for aim in aims if aim.task and self._world.may(self._actor, aim.place, aim.task)]
        if held:
            return [max(held, key=wanted)]
        closed = next(self._closed(), None)
        found = [*([max(aims, key=wanted)] if aims else []), *([closed] if closed else [])]
        return found or [Aim(next(self._places(), None) or self.case())]

    def open(self, kinds: Kinds) -> Iterator[Aim]:
        """All open tasks of some kinds, of the case that is named or of all; `NAME 2` is the second so named."""
        name, number = self._task_name()
        for place in self._places():
            for entry in self._entries(place):
                named = [task for task in entry.tasks if task.kind in kinds and name in (None, task.name)]
                for task in named if number is None else named[number - 1 : number]:
                    yield Aim(place, task.id, task, entry)

    def case(self) -> str:
        return self._naming.case(self._does.get("case"))

    def rounds(self) -> list[str]:
        """The rounds, the latest first; those that he may open before others."""
        definition, actor = self._world.definition, self._actor
        rules = definition.round

        def is_his(round_: Round) -> bool:
            if actor.person is None or rules is None:
                return False
            context = self._world.context(actor, round_.id)
            group = rules.opens_by
            own = permit.in_group(definition, group, round_.unit, (), context) is not None if group else False
            return own or actor.person == round_.opened_by

        latest = list(reversed(self._world.rounds.values()))
        return [round_.id for round_ in sorted(latest, key=lambda round_: not is_his(round_))]

    def offers(self, aim: Aim, trigger: str) -> bool:
        """Whether a task may be answered so."""
        if aim.task is None or aim.entry is None:
            return False
        state = self._world.definition.states[aim.entry.state]
        match aim.task.kind:
            case "objection":
                return trigger in notice.ANSWERS
            case "signer":
                return trigger in ("agree", "disagree")
            case "task":
                own = tasks.entry_of(state.activity, aim.task).answers if isinstance(state.activity, Tasks) else {}
                return (trigger in state.to and trigger not in words.FIRED) or trigger in own
        return False

    def editable(self, aim: Aim) -> tuple[str, ...]:
        """The fields that may be written with an answer to a task."""
        if aim.task is None or aim.entry is None:
            return ()
        state: State = self._world.definition.states[aim.entry.state]
        match state.activity:
            case Tasks() as rules if aim.task.kind == "task":
                return tasks.entry_of(rules, aim.task).task.edit
            case Task() if aim.task.kind != "task":
                return ()
            case Notice(objections=objections) if objections is not None:
                return objections.correct if "partly" in self._does.values() else ()
        return state.edit

    # --- parts

    def _places(self) -> Iterator[str]:
        """The case that is named, with the sitting that it is in; without a name all, sittings before single cases."""
        if self._does.get("case") is not None:
            case = self.case()
            yield case
            yield from (r.id for r in self._world.rounds.values() if any(case in s.cases for s in r.sittings))
            return
        yield from self.rounds()
        yield from self._world.cases

    def _entries(self, place: str) -> Iterator[Entry]:
        held = self._world.subject(place)
        if isinstance(held, Case):
            if held.entry is not None:
                yield held.entry
        else:
            yield from (sitting.entry for sitting in held.sittings)

    def _closed(self) -> Iterator[Aim]:
        """Tasks that he held, the last first."""
        definition = self._world.definition
        for place in self._places():
            mine = {*permit.principals(definition, self._world.context(self._actor, place)), self._actor.link}
            for number, holders in sorted(self._world.subject(place).closed.items(), key=lambda held: -int(held[0])):
                if mine & set(holders):
                    yield Aim(place, int(number))

    def _task_name(self) -> tuple[str | None, int | None]:
        name = self._does.get("task")
        if name is None:
            return None, None
        plain, _, number = str(name).rpartition(" ")
        return (plain, int(number)) if plain and number.isdigit() else (str(name), None)
