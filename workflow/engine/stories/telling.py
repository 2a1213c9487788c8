"""Telling a story: each step is done as its person would do it, and what comes of it is compared with what is expected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.calendar import Calendar
from workflow.definition.expression import ExpressionFailed
from workflow.definition.form import is_empty
from workflow.definition.loading.document import written
from workflow.definition.model import Definition
from workflow.definition.term.reading import TermWrong, parse_span
from workflow.definition.term.reckoning import end_of_span
from workflow.engine.stories.acting import acts_of
from workflow.engine.stories.book import Book, Story, StoryStep
from workflow.engine.stories.cast import build_directory, moment, roles_of
from workflow.engine.stories.doing import Act
from workflow.engine.stories.giving import give_cases, prepare
from workflow.engine.stories.looking import look
from workflow.engine.stories.naming import Naming, StoryLot
from workflow.engine.stories.vocabulary import VERBS
from workflow.engine.stories.world import World
from workflow.engine.stories.wrong import StoryFailed, StoryWrong
from workflow.errors import WorkflowError
from workflow.text import Label, Sayable, Sentence, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story that was told: where it failed, if it did."""

    title: str
    line: int
    step: int = 0
    at: str = ""
    what: Sayable = ""
    expected: Sayable = ""
    found: Sayable = ""
    failed: bool = False

    def text(self) -> Sentence:
        """Where, when, who did what, what was expected, what was found."""
        where = sentence("step {step}, {at}", step=self.step, at=self.at) if self.step else self.at
        return sentence(
            "“{title}”, {where}: {what}\n  expected  {expected}\n  found     {found}",
            title=self.title,
            where=where,
            what=self.what,
            expected=self.expected,
            found=self.found,
        )

    def __str__(self) -> str:
        return self.text().say("en")


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
            f"{source} ({str(held).lower()})"
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
        world, naming = begin_world(definition, book, story, calendar, coverage)
    except (WorkflowError, StoryWrong, ExpressionFailed) as failed:
        return Told(
            title=story.title,
            line=story.line,
            at=story.on,
            what=sentence("the beginning: units, cast, round, facts, given"),
            expected=sentence("a world to begin with"),
            found=_words(failed),
            failed=True,
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


def begin_world(
    definition: Definition, book: Book, story: Story, calendar: Calendar, coverage: Coverage
) -> tuple[World, Naming]:
    """The world in which a story begins. Raises StoryWrong, ExpressionFailed or what refuses it."""
    directory, names = build_directory(book.units, book.cast, roles_of(definition))
    world = World(definition=definition, calendar=calendar, directory=directory, now=moment(story.on))
    naming = Naming(world, names)
    world.lot = StoryLot(story.lot, naming)
    prepare(world, naming, story.facts)
    world.observe = lambda source, held: coverage.guards.add((source, held))
    if definition.round is not None and story.round is not None:
        fields = naming.values(definition.round.fields, story.round)
        world.open_round(fields, naming.service, with_cases=not story.given)
    give_cases(world, naming, story)
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
            _go_to(world, str(does["until"]))
        elif "expect" in does:
            _look(world, naming, does)
        else:
            _act(world, naming, story, does)
    except (TermWrong, StoryWrong, WorkflowError) as wrong:
        raise StoryFailed(sentence("a step of this language"), _words(wrong)) from wrong


def _go_to(world: World, until: str) -> None:
    to = moment(until, end=True)
    if to < world.now:
        now = f"{world.now:%Y-%m-%d %H:%M}"
        raise StoryWrong(sentence("it is {now} already, the clock does not go back to {until}", now=now, until=until))
    world.advance(to)


def _act(world: World, naming: Naming, story: Story, does: Mapping[str, Any]) -> None:
    verb = next(key for key in does if key in VERBS)
    people = does.get("by")
    for person in people if isinstance(people, list) else [people]:
        acts = acts_of(world, naming, story, verb, does, person)
        if does.get("refused") is None:
            _done(acts[0])
        else:
            _refused(world, acts, str(does["refused"]))


def _done(act: Act) -> None:
    try:
        act()
    except WorkflowError as error:
        raise StoryFailed(sentence("done"), _refusal(error)) from error


def _refused(world: World, acts: list[Act], reason: str) -> None:
    """It must be refused for that reason, and nothing changes. Of several that were meant each is, one for that reason."""
    errors: list[WorkflowError] = []
    for act in acts:
        before = world.snapshot()
        try:
            act()
        except WorkflowError as error:
            errors.append(error)
            if world.snapshot() != before:
                raise StoryFailed(sentence("nothing changed"), sentence("something changed")) from error
        else:
            raise StoryFailed(f"refused: {reason}", sentence("done"))
    if not any(_is_meant(reason, error) for error in errors):
        raise StoryFailed(f"refused: {reason}", _refusal(*errors)) from errors[0]


def _is_meant(reason: str, error: WorkflowError) -> bool:
    """A code is the code, other words are a part of the sentence."""
    if reason in _CODES:
        return reason == error.code
    return any(reason in said for said in (error.say("zh"), error.say("en")))


def _codes(kind: type[WorkflowError]) -> Iterator[str]:
    yield kind.code
    for below in kind.__subclasses__():
        yield from _codes(below)


_CODES = frozenset(_codes(WorkflowError))


def _look(world: World, naming: Naming, does: Mapping[str, Any]) -> None:
    found = look(world, naming, does["expect"] or {}, does.get("case"))
    world.happened.told.clear()
    world.happened.effects.clear()
    if found is not None:
        raise StoryFailed(*found)


def _describe(does: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {written(value)}" for key, value in does.items() if not is_empty(value))[:200]


def _refusal(*errors: WorkflowError) -> Sentence:
    """The codes and reasons for which it was refused, each once."""
    found = list(dict.fromkeys(f"{error.code}: {error.say('en')}" for error in errors))
    in_chinese = list(dict.fromkeys(f"{error.code}: {error.say('zh')}" for error in errors))
    return sentence("refused, {reasons}", reasons=Label(" / ".join(in_chinese), " / ".join(found)))


def _words(error: TermWrong | StoryWrong | ExpressionFailed | WorkflowError) -> Sayable:
    return _refusal(error) if isinstance(error, WorkflowError) else error.reason
