"""What a state leaves behind, as people call it."""

from collections.abc import Iterable, Iterator, Mapping

from workflow.definition.explaining.office import usual
from workflow.definition.explaining.phrases import plain
from workflow.definition.model import Ballot, Calls, Notice, Score, State, Tasks, Together, Trigger, Wait
from workflow.text import Label, Sayable, sentence

#: Figures, and columns of the directory, that are true or false.
TRUTHS = frozenset({"seated", "drawn", "retired"})


def figures(state: State, triggers: Mapping[str, Trigger]) -> dict[str, Sayable]:
    """Each figure by its name, `item.yes` for those of a part."""
    found: dict[str, Sayable] = {}
    match state.activity:
        case Ballot() as ballot:
            found |= _of_ballot(ballot)
        case Score() as score:
            found |= _of_score(score)
        case Tasks() as tasks:
            found |= _of_tasks(tasks, state.to, triggers)
        case Notice():
            found["objections"] = sentence("the number of objections")
        case Wait():
            found["data"] = sentence("what was sent")
        case Calls():
            found["asked"] = sentence("the number of cases opened")
    if state.together is not None:
        found |= _of_together(state.together)
    return found


def criterion(score: Score, name: str) -> Sayable:
    """What is scored, as the card says it."""
    label = score.labels.get(name)
    return plain(label) if label else usual(name)


def _of_ballot(ballot: Ballot) -> dict[str, Sayable]:
    return {
        **_counts(ballot.choices),
        "electorate": sentence("the number entitled to vote"),
        "present": sentence("the number present"),
        "elected": sentence("the number elected"),
        "votes": sentence("the number of votes received"),
        **{
            f"{item}.{count}": sentence("{figure} on “{item}”", figure=called, item=plain(label))
            for item, label in ballot.items.items()
            for count, called in _counts(ballot.choices).items()
        },
    }


def _counts(choices: Mapping[str, Label]) -> dict[str, Sayable]:
    votes = {name: sentence("the number of “{choice}” votes", choice=plain(label)) for name, label in choices.items()}
    return {**votes, "cast": sentence("the number of votes cast")}


def _of_score(score: Score) -> dict[str, Sayable]:
    return {
        **{name: criterion(score, name) for name in score.criteria},
        "score": sentence("the score"),
        "spread": sentence("the spread of the scores"),
        "cards": sentence("the number of score cards"),
    }


def _of_tasks(tasks: Tasks, to: Iterable[str], triggers: Mapping[str, Trigger]) -> dict[str, Sayable]:
    counts = dict(_answers(to, triggers))
    own = {
        f"{entry.name}.{count}": sentence("{figure} in “{task}”", figure=called, task=usual(entry.name))
        for entry in tasks.entries
        for count, called in counts.items()
    }
    return {**counts, **own}


def _answers(to: Iterable[str], triggers: Mapping[str, Trigger]) -> Iterator[tuple[str, Sayable]]:
    for name in to:
        yield name, sentence("the number of answers “{answer}”", answer=plain(triggers[name].label))
    yield "asked", sentence("the number asked")
    yield "answered", sentence("the number who answered")
    yield "expired", sentence("the number who did not answer in time")


def _of_together(together: Together) -> dict[str, Sayable]:
    found: dict[str, Sayable] = {
        "place": sentence("the place in the ranking"),
        "seated": sentence("within the seats"),
        "grade": sentence("the grade"),
        "drawn": sentence("drawn by lot"),
        "allocated": sentence("the amount allocated"),
    }
    if together.allocate is not None:
        found |= {part.name: sentence("the part “{part}”", part=usual(part.name)) for part in together.allocate.parts}
    return found
