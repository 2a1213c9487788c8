"""Looking at a definition as a whole before it is published: read, proved, its stories told."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from workflow.calendar import Calendar
from workflow.definition.loading import Loaded, load_definition
from workflow.definition.loading.reading import Outside
from workflow.definition.model import Definition
from workflow.definition.proving import Verdict, look_at_claims, prove
from workflow.engine.stories import Coverage, Told, tell_book
from workflow.engine.stories.book import read_book
from workflow.errors import Problem
from workflow.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The definition where it is sound, what is wrong with either file, and what its stories show."""

    definition: Definition | None
    problems: tuple[Problem, ...]  #: of the definition
    story_problems: tuple[Problem, ...]  #: of its stories, with their lines
    stories: int = 0
    claims: int = 0
    uncovered: tuple[str, ...] = ()
    counterexamples: Mapping[str, str] = field(default_factory=dict)  #: claim's place → the story that refutes it
    verdicts: tuple[Verdict, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        of_stories = (replace(problem, file="stories.yaml") for problem in self.story_problems)
        return tuple(problem for problem in (*self.problems, *of_stories) if not problem.warning)


def check(
    text: str,
    stories: str | None,
    texts: Mapping[str, str],
    calendar: Calendar,
    others: Mapping[str, Callable[[], Definition | None]] | None = None,
) -> Checked:
    """All that `check` and publishing look at; nothing of it is done half. `others`: definitions beside it, by key."""
    beside = others or {}
    loaded = load_definition(text, lambda key: beside[key]() if key in beside else None)
    if loaded.definition is None:
        return _unsound(loaded, stories)
    definition = loaded.definition
    verdicts = prove(definition, loaded.claim_lines)
    problems = [
        *loaded.problems,
        *(verdict.problem for verdict in verdicts if verdict.problem is not None),
        *_absent(loaded.outside, texts, None if others is None else {*others, definition.key}),
    ]
    told: tuple[Told, ...] = ()
    coverage: Coverage | None = None
    story_problems = [Problem("stories", "absent", sentence("There are no stories."), line=1, warning=True)]
    if stories is not None:
        story_problems, told, coverage = _tell(definition, stories, calendar)
    return Checked(
        definition=_if_sound(definition, [*problems, *story_problems]),
        problems=tuple(sorted(problems, key=lambda problem: problem.line or 0)),
        story_problems=tuple(story_problems),
        stories=len(told),
        claims=len(verdicts),
        verdicts=verdicts,
        told=told,
        uncovered=tuple(coverage.missing(definition)) if coverage else (),
        counterexamples={
            verdict.problem.at: verdict.story for verdict in verdicts if verdict.problem and verdict.story
        },
    )


def _unsound(loaded: Loaded, stories: str | None) -> Checked:
    """Of a definition that cannot be run, what is wrong with it, its claims and its stories as far as they can be read."""
    claims = look_at_claims(loaded.draft, loaded.claim_lines) if loaded.draft is not None else ()
    problems = sorted((*loaded.problems, *claims), key=lambda problem: problem.line or 0)
    of_stories = read_book(stories)[1] if stories is not None else ()
    return Checked(definition=None, problems=tuple(problems), story_problems=tuple(of_stories))


def _tell(
    definition: Definition, stories: str, calendar: Calendar
) -> tuple[list[Problem], tuple[Told, ...], Coverage | None]:
    book, problems = read_book(stories)
    if book is None:
        return problems, (), None
    told, coverage = tell_book(definition, book, calendar)
    failed = [Problem("stories", "story_failed", story.text(), line=story.line) for story in told if story.failed]
    return failed, tuple(told), coverage


def _absent(outside: Iterable[Outside], texts: Mapping[str, str], others: Collection[str] | None) -> Iterator[Problem]:
    """What is named but not there: an incident when it is needed, so a warning now."""
    files = {name.partition(".")[0] for name in texts}
    for named in outside:
        if named.kind == "definition":
            told = sentence("The definition “{name}” is not there.", name=named.name)
            here = others is None or named.name in others
        else:
            told = sentence("The text or template “{name}” is not there.", name=named.name)
            here = named.name in files
        if not here:
            yield Problem(named.place, "absent", told, line=named.line, warning=True)


def _if_sound(definition: Definition, problems: list[Problem]) -> Definition | None:
    return definition if all(problem.warning for problem in problems) else None
