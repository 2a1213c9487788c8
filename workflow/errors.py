"""Everything that can go wrong, as one tree.

WorkflowError
├── DefinitionWrong    a definition, every problem at once as file:line
├── Malformed          not JSON, too deep, not what the door takes
├── NotSignedIn        nobody is signed in, or not validly
├── NotFound           not there, or not to be seen
├── NotPermitted       denied, because nothing says that this person may
├── InvalidData        by field
│   ├── OpinionWanted  a refusal or return without an opinion
│   └── RemarkWanted   a check that asks for a remark
├── KeyReused          a request key that another request used
├── Refused            what the case as it stands does not allow
│   ├── NotOffered · GuardFailed · TaskClosed · Suspended · Closed · Twice · Vacant · Loop
├── Stale              decided upon an older version
├── TooLarge · TooOften · Busy
└── CannotRun          the service itself: database missing, read-only, of a newer version

`code` is public. The sentence is a template of the catalogues, the facts are what it names; nothing here knows HTTP.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from workflow.text import Language, Sayable, Sentence, say, sentence


class _Signs(NamedTuple):
    """What stands between and after sentences."""

    space: str
    colon: str
    semicolon: str
    stop: str


_SIGNS: dict[Language, _Signs] = {"zh": _Signs("", "：", "；", "。"), "en": _Signs(" ", ": ", "; ", ".")}


def said(text: Sayable, language: Language) -> str:
    return text if isinstance(text, str) else text.say(language)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a body or a file: where, what, and what would be right."""

    at: str  #: a JSON pointer, a field, or a place of a definition
    code: str
    text: Sayable
    hint: Sayable | None = None
    line: int | None = None
    warning: bool = False
    file: str = "definition.yaml"  #: what the line is of

    def say(self, language: Language) -> str:
        whole = said(self.text, language)
        return whole if self.hint is None else f"{whole}{_SIGNS[language].space}{said(self.hint, language)}"


class WorkflowError(Exception):
    """The root: what the service says when it does not do what was asked."""

    code: ClassVar[str] = "error"
    saying: ClassVar[Sentence] = sentence("Something went wrong.")

    def __init__(self, because: Sayable | None = None, /, **facts: object) -> None:
        self.because = because
        self.facts = facts
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        if self.because is not None:
            return said(self.because, language)
        return say(self.saying.template, language, **self.facts)


class ProblemsFound(WorkflowError):
    """Several things are wrong at once; each is said."""

    def __init__(self, problems: tuple[Problem, ...], **facts: object) -> None:
        self.problems = problems
        super().__init__(None, **facts)

    def say(self, language: Language) -> str:
        signs = _SIGNS[language]
        listed = (f"{problem.at}{signs.colon}{problem.say(language).rstrip('。.')}" for problem in self.problems)
        whole = f"{super().say(language)}{signs.space}{signs.semicolon.join(listed)}"
        return whole if whole.endswith(("？", "?")) else f"{whole}{signs.stop}"


class DefinitionWrong(ProblemsFound):
    """A definition that cannot be published."""

    code = "definition_wrong"
    saying = sentence("The definition is wrong.")


class Malformed(WorkflowError):
    """What came in cannot be read at all."""

    code = "malformed"
    saying = sentence("This cannot be read.")


class NotSignedIn(WorkflowError):
    """Nobody is signed in."""

    code = "not_signed_in"
    saying = sentence("Please sign in first.")


class NotFound(WorkflowError):
    """Not there, or not to be seen by this person: the two are told alike."""

    code = "not_found"
    saying = sentence("There is no such thing here, or you may not see it.")


class NotPermitted(WorkflowError):
    """Denied: nothing says that this person may."""

    code = "not_permitted"
    saying = sentence("You may not do this.")


class InvalidData(ProblemsFound):
    """Fields or attributes with a value that cannot be taken."""

    code = "data"
    saying = sentence("Some fields need another look.")


class OpinionWanted(InvalidData):
    """A return or refusal says why."""

    code = "opinion"
    saying = sentence("Please say why.")

    def __init__(self, at: str = "/opinion") -> None:
        text = sentence("An opinion is wanted here.") if at == "/opinion" else sentence("A reason is wanted here.")
        super().__init__((Problem(at, "opinion", text),))


class RemarkWanted(InvalidData):
    """An unlikely value is taken with a remark."""

    code = "ask"
    saying = sentence("Please add a remark, as opinion.")


class KeyReused(WorkflowError):
    """An Idempotency-Key that belongs to another request."""

    code = "key_reused"
    saying = sentence("This request key was used for another request; take a new one.")


class Refused(WorkflowError):
    """What the case, as it stands, does not allow."""

    code = "refused"


class NotOffered(Refused):
    """The trigger leads nowhere from here."""

    code = "not_offered"
    saying = sentence("“{trigger}” leads nowhere from here.")


class GuardFailed(Refused):
    """A condition of the definition does not hold."""

    code = "guard"
    saying = sentence("A condition does not hold: {conditions}")


class TaskClosed(Refused):
    """He held the task; it is decided, or no longer needed."""

    code = "task_closed"
    saying = sentence("This task is closed: it was decided, or is no longer needed.")


class Suspended(Refused):
    """An administrator has suspended the case."""

    code = "suspended"
    saying = sentence("This case is suspended; nothing moves until it is resumed.")


class Closed(Refused):
    """The round or the notice takes nothing more, or not yet."""

    code = "closed"
    saying = sentence("This is closed.")


class Twice(Refused):
    """`once` forbids a second case with the same values."""

    code = "twice"
    saying = sentence("There is already a case for this: {number}.")


class Vacant(Refused):
    """Nobody is there who could hold the task."""

    code = "vacant"
    saying = sentence("Nobody is there who could do this.")


class Loop(Refused):
    """More than fifty moves would follow from one act."""

    code = "loop"
    saying = sentence("The process would go round in a circle: more than {moves} moves in one step.")


class Stale(WorkflowError):
    """The case has moved since it was read."""

    code = "stale"
    saying = sentence("The case has moved since you read it: it is now at version {version}.")


class TooLarge(WorkflowError):
    """More than a door takes."""

    code = "too_large"
    saying = sentence("This is larger than what is taken here: {limit}.")


class TooOften(WorkflowError):
    """Too many requests in too short a time."""

    code = "too_often"
    saying = sentence("Too many tries; please wait {seconds} seconds.")


class Busy(WorkflowError):
    """Try again in a moment; nothing was done."""

    code = "busy"
    saying = sentence("The service is busy; nothing was done. Please try again in a moment.")


class CannotRun(WorkflowError):
    """The service itself cannot run; the sentence says what to do."""

    code = "cannot_run"
    saying = sentence("The service cannot run: {reason}")
