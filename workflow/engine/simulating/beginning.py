"""A case that begins: in the world of the first story of the book, with its people, its round and what its forms hold."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from workflow.calendar import Calendar
from workflow.definition.model import Definition, InField
from workflow.engine.stories.book import Book, Story
from workflow.engine.stories.cast import moment
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.telling import Coverage, begin_world
from workflow.engine.stories.world import World
from workflow.engine.stories.wrong import StoryWrong
from workflow.errors import CannotRun
from workflow.text import sentence

#: What the case is called; no cast has anybody of this name.
CASE = "?"
_HOUR = "09:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a case is tried: the book, its first story, and the day on which the case begins."""

    definition: Definition
    book: Book
    story: Story
    calendar: Calendar
    begins: date
    keys: Mapping[str, Any]  #: of the case, as under `given`

    def enter(self, state: str) -> tuple[World, Naming]:
        """The world as the case enters a state. Raises StoryWrong, ExpressionFailed or what refuses it."""
        given = {CASE: {**self.keys, "state": state, "figures": self._figures(state)}}
        return begin_world(self.definition, self.book, replace(self.story, given=given), self.calendar, Coverage())

    def _figures(self, state: str) -> Mapping[str, Any]:
        """What the states before have left, as the first story says that begins a case there."""
        given = (dict(keys or {}) for story in self.book.stories for keys in story.given.values())
        return next((keys["figures"] for keys in given if keys.get("state") == state and keys.get("figures")), {})

    def case(self, world: World) -> str:
        return next(iter(world.cases))


def stage_of(definition: Definition, book: Book, calendar: Calendar, begins: date | None = None) -> Stage:
    """The stage that a book sets. Its dates that lie ahead move along with the day; those before, such as births, stay."""
    if not book.stories:
        raise CannotRun(sentence("There is no story whose people and data could be taken."))
    story = book.stories[0]
    first = moment(story.on).date()
    begins = begins or first
    by = begins - first
    data = {**_written(definition, book), **story.data}
    story = replace(
        story,
        on=f"{begins.isoformat()} {_HOUR}",
        data=_moved(data, first, by),
        facts=_moved(story.facts, first, by),
        round=_moved(_round(book, story), first, by) if definition.round is not None else None,
        steps=(),
        expect=None,
    )
    stage = Stage(definition=definition, book=book, story=story, calendar=calendar, begins=begins, keys={})
    return replace(stage, keys=_moved(_keys(stage), first, by))


def _keys(stage: Stage) -> Mapping[str, Any]:
    """Who begins, at which unit, with which data: as in the first story that begins a case, or as a round opens one."""
    concerned = _fields_of_the_concerned(stage.definition)
    for told in stage.book.stories:
        for step in told.steps:
            if "start" in step.does and "refused" not in step.does:
                own = {key: step.does[key] for key in ("by", "unit") if step.does.get(key) is not None}
                return {**own, "data": dict(step.does["start"] or {})}
        for name, keys in told.given.items():
            own = {key: value for key, value in dict(keys or {}).items() if key not in ("state", "figures")}
            named = dict.fromkeys(concerned, name)
            place = {"unit": name} if name in stage.book.units else {}
            return {**place, **own, "data": {**named, **dict(own.get("data") or {})}}
    return _opened(stage)


def _opened(stage: Stage) -> Mapping[str, Any]:
    """As the first case that opens with a round."""
    try:
        world, naming = begin_world(stage.definition, stage.book, stage.story, stage.calendar, Coverage())
    except StoryWrong:
        return {}
    case = next(iter(world.cases.values()), None)
    return {} if case is None else {"unit": naming.name(case.unit)}


def _fields_of_the_concerned(definition: Definition) -> list[str]:
    people = definition.people.get(definition.concerns or "")
    return [entry.spec.field for entry in (people.entries if people else ()) if isinstance(entry.spec, InField)]


def _round(book: Book, story: Story) -> Mapping[str, Any]:
    """The fields of the round: the story's, else those with which the first round of the book is opened."""
    if story.round:
        return story.round
    found = (step.does["open"] for told in book.stories for step in told.steps if step.does.get("open"))
    return dict(next(found, {}))


def _written(definition: Definition, book: Book) -> dict[str, Any]:
    """What the first story writes into forms, and what others do where a form wants it."""
    rules = definition.round.fields if definition.round else {}
    fields = {**definition.fields, **{f"round.{name}": field for name, field in rules.items()}}
    wanted = {name for name, field in fields.items() if field.required is not False}
    found: dict[str, Any] = {}
    for told in book.stories:
        for does in (step.does for step in told.steps if _writes(step.does)):
            for name, value in dict(does.get("with") or {}).items():
                if value is not None and name not in found and (told is book.stories[0] or name in wanted):
                    found[name] = value
    return found


def _writes(does: Mapping[str, Any]) -> bool:
    return not does.keys() & {"refused", "vote", "signal", "ended"}


def _moved(values: Mapping[str, Any], first: date, by: timedelta) -> dict[str, Any]:
    return {name: _move(value, first, by) for name, value in values.items()}


def _move(value: Any, first: date, by: timedelta) -> Any:
    match value:
        case dict():
            return _moved(value, first, by)
        case list():
            return [_move(one, first, by) for one in value]
        case str():
            return _move_date(value, first, by)
    return value


def _move_date(text: str, first: date, by: timedelta) -> str:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return (day + by).isoformat() + text[10:] if day >= first else text
