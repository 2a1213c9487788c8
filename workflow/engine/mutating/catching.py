"""Trying claims and stories on each changed definition, until one of them notices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from workflow.calendar import Calendar
from workflow.definition.loading import load_document
from workflow.definition.loading.document import read_document
from workflow.definition.model import Definition
from workflow.definition.proving import prove
from workflow.engine.mutating.changing import Mutation
from workflow.engine.mutating.rules import mutations
from workflow.engine.stories.book import Book, Story
from workflow.engine.stories.telling import Coverage, tell_story

#: Claims about a changed definition that take more situations than this count as not decided, so as noticed.
_MOST_SITUATIONS = 100_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change: who noticed it, or nobody. `refused`: the file would not be read with it."""

    mutation: Mutation
    caught: Literal["claim", "story", "refused"] | None
    by: str = ""  #: the claim or the title of the story


@dataclass(slots=True)
class _Shelf:
    """The stories, the one first that is likely to notice a change."""

    definition: Definition
    book: Book
    calendar: Calendar
    passed: dict[int, frozenset[str]] = field(default_factory=dict)  #: by line of the story, the states that it leaves
    texts: dict[int, str] = field(default_factory=dict)
    noticed: list[int] = field(default_factory=list)  #: lines of the stories that noticed something, the latest first

    def read(self) -> None:
        for story in self.book.stories:
            coverage = Coverage()
            tell_story(self.definition, self.book, story, self.calendar, coverage)
            given = {str(dict(keys or {}).get("state")) for keys in story.given.values()}
            self.passed[story.line] = frozenset({state for state, _ in coverage.triggers} | given)
            self.texts[story.line] = str([step.does for step in story.steps])

    def ordered(self, mutation: Mutation) -> list[Story]:
        names = {str(step) for step in mutation.path[1:] if isinstance(step, str)}

        def place(story: Story) -> tuple[bool, int, int]:
            latest = self.noticed.index(story.line) if story.line in self.noticed else len(self.noticed)
            spoken_of = sum(name in self.texts[story.line] for name in names)
            return mutation.state is not None and mutation.state not in self.passed[story.line], -spoken_of, latest

        return sorted(self.book.stories, key=place)

    def notice(self, story: Story) -> None:
        self.noticed = [story.line, *(line for line in self.noticed if line != story.line)]


def mutate(text: str, book: Book, calendar: Calendar, *, limit: int | None = None) -> Iterator[Outcome]:
    """Each rule changed, and who notices; with a limit so many of them, spread over the file."""
    whole = read_document(text)
    loaded = load_document(whole)
    shelf = _Shelf(loaded.sound(), book, calendar)
    shelf.read()
    found = list(mutations(whole))
    for mutation in _spread(found, limit) if limit is not None else found:
        changed = load_document(mutation.of(whole))
        if changed.definition is None:
            yield Outcome(mutation, "refused")
        else:
            yield _outcome(shelf, mutation, changed.definition)


def _outcome(shelf: _Shelf, mutation: Mutation, changed: Definition) -> Outcome:
    for verdict in prove(changed, most=_MOST_SITUATIONS):
        if not verdict.holds:
            return Outcome(mutation, "claim", verdict.claim)
    for story in shelf.ordered(mutation):
        if _notices(shelf, story, changed):
            shelf.notice(story)
            return Outcome(mutation, "story", story.title)
    return Outcome(mutation, None)


def _notices(shelf: _Shelf, story: Story, changed: Definition) -> bool:
    try:
        return tell_story(changed, shelf.book, story, shelf.calendar, Coverage()).failed
    except Exception:  # noqa: BLE001 -- a rule changed at random may break what no reader would have written
        return True


def _spread(found: Sequence[Mutation], limit: int) -> Sequence[Mutation]:
    if limit >= len(found):
        return found
    return [found[number * len(found) // limit] for number in range(limit)]
