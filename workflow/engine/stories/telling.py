"""Telling a story: each step is done as its person would do it, and what comes of it is compared with what is expected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.calendar import Calendar
from workflow.definition.form import is_empty
from workflow.definition.model import Definition
from workflow.definition.term.reading import TermWrong, parse_span
from workflow.definition.term.reckoning import end_of_span
from workflow.engine.stories.acting import Act, act_of
from workflow.engine.stories.book import Book, Story, StoryStep
from workflow.engine.stories.giving import give_cases, prepare
from workflow.engine.stories.looking import look
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import ListedLot, World, build_directory, moment
from workflow.errors import WorkflowError

_MODIFIERS = frozenset(
    {
        "by",
        "with",
        "opinion",
        "reason",
        "to",
        "then",
        "except",
        "unit",
        "task",
        "case",
        "refused",
        "kind",
        "date",
        "archive",
        "evidence",
        "name",
        "contact",
    }
)


class StoryFailed(Exception):
    """A step that did not come out as told: what was expected, and what was found."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected = expected
        self.found = found
        super().__init__(f"expected {expected}, found {found}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story that was told: where it failed, if it did."""

    title: str
    line: int
    step: int = 0
    at: str = ""
    what: str = ""
    expected: str = ""
    found: str = ""
    failed: bool = False

    def __str__(self) -> str:
        head = f'"{self.title}", step {self.step}, {self.at}: {self.what}'
        return f"{head}\n  expected  {self.expected}\n  found     {self.found}"


@dataclass(slots=True)
class Coverage:
    """Every trigger of every state taken, every guard once true and once false."""

    triggers: set[tuple[str, str]] = field(default_factory=set)
    guards: set[tuple[str, bool]] = field(default_factory=set)

    def missing(self, definition: Definition) -> list[str]:
        """What no story has shown, in the file's words."""
        found = [
            f"{state.name}.{trigger}"
            for state in definition.states.values()
            for trigger in state.to
            if (state.name, trigger) not in self.triggers
        ]
        sources = dict.fromkeys(
            target.when.source
            for state in definition.states.values()
            for targets in state.to.values()
            for target in targets
            if target.when is not None
        )
        return found + [
            f"{source} ({held})".lower()
            for source in sources
            for held in (True, False)
            if (source, held) not in self.guards
        ]


def tell_book(definition: Definition, book: Book, calendar: Calendar) -> tuple[list[Told], Coverage]:
    """Every story of a book."""
    coverage = Coverage()
    return [tell_story(definition, book, story, calendar, coverage) for story in book.stories], coverage


def tell_story(definition: Definition, book: Book, story: Story, calendar: Calendar, coverage: Coverage) -> Told:
    try:
        world, naming = _world(definition, book, story, calendar, coverage)
    except (WorkflowError, StoryFailed, ValueError, KeyError) as failed:
        return Told(
            title=story.title, line=story.line, what="given", expected="a beginning", found=_words(failed), failed=True
        )
    for number, step in enumerate(_steps(story), 1):
        try:
            _do(world, naming, story, step)
        except StoryFailed as failed:
            return Told(
                title=story.title,
                line=step.line,
                step=number,
                at=f"{world.now:%Y-%m-%d %H:%M}",
                what=_describe(step.does),
                expected=failed.expected,
                found=failed.found,
                failed=True,
            )
    coverage.triggers |= world.taken
    return Told(title=story.title, line=story.line)


def _world(
    definition: Definition, book: Book, story: Story, calendar: Calendar, coverage: Coverage
) -> tuple[World, Naming]:
    directory, names = build_directory(book.units, book.cast)
    world = World(definition=definition, calendar=calendar, directory=directory, now=moment(story.on))
    naming = Naming(world, names)
    prepare(world, naming, story.facts)
    world.observe = lambda source, held: coverage.guards.add((source, held))
    if definition.round is not None and story.round is not None:
        world.open_round(naming.values(definition.round.fields, story.round), naming.service)
    give_cases(world, naming, story)
    world.lot = ListedLot(tuple(naming.lot(name) for name in story.lot))
    world.happened.told.clear()
    world.happened.effects.clear()
    return world, naming


def _steps(story: Story) -> Iterator[StoryStep]:
    yield from story.steps
    if story.expect is not None:
        yield story.expect


def _do(world: World, naming: Naming, story: Story, step: StoryStep) -> None:
    does = step.does
    try:
        if "pass" in does:
            span = parse_span(str(does["pass"]))
            world.advance(end_of_span(span, world.now, world.calendar))
        elif "until" in does:
            world.advance(moment(str(does["until"]), end=True))
        elif "expect" in does:
            _look(world, naming, does)
        else:
            _act(world, naming, story, does)
    except (TermWrong, KeyError, ValueError, TypeError) as wrong:
        raise StoryFailed("a step of this language", _words(wrong)) from wrong


def _act(world: World, naming: Naming, story: Story, does: Mapping[str, Any]) -> None:
    verbs = [verb for verb in does if verb not in _MODIFIERS]
    if len(verbs) != 1:
        raise StoryFailed("one verb", ", ".join(verbs) or "none")
    people = does.get("by")
    refused = does.get("refused")
    for person in people if isinstance(people, list) else [people]:
        act = act_of(world, naming, story, verbs[0], does, person)
        _once(world, act, refused)


def _once(world: World, act: Act, refused: object) -> None:
    before = _state_of(world)
    try:
        act()
    except WorkflowError as error:
        if refused is None:
            raise StoryFailed("done", f"refused, {_words(error)}") from error
        said = {error.code, error.say("zh"), error.say("en")}
        if not any(str(refused) == text or str(refused) in text for text in said):
            raise StoryFailed(f"refused: {refused}", f"refused, {_words(error)}") from error
        if _state_of(world) != before:
            raise StoryFailed("nothing changed", "something changed") from error
        return
    if refused is not None:
        raise StoryFailed(f"refused: {refused}", "done")


def _state_of(world: World) -> tuple[object, ...]:
    return tuple(world.cases.items()), world.round


def _look(world: World, naming: Naming, does: Mapping[str, Any]) -> None:
    found = look(world, naming, does["expect"] or {}, does.get("case"))
    world.happened.told.clear()
    world.happened.effects.clear()
    if found is not None:
        raise StoryFailed(*found)


def _describe(does: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in does.items() if not is_empty(value))[:200]


def _words(error: BaseException) -> str:
    if isinstance(error, WorkflowError):
        return f"{error.code}: {error.say('zh')}"
    return f"{type(error).__name__}: {error}"
