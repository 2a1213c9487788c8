"""What happens in a state: who acts and how, by when."""

from collections.abc import Iterator

from workflow.definition.explaining.ballots import ballot
from workflow.definition.explaining.effects import fields_of, unit_called, values_given
from workflow.definition.explaining.expressions import condition
from workflow.definition.explaining.figures import criterion
from workflow.definition.explaining.moments import deadlines, lengths
from workflow.definition.explaining.notices import notice
from workflow.definition.explaining.office import usual
from workflow.definition.explaining.page import Item
from workflow.definition.explaining.people import who
from workflow.definition.explaining.phrases import marked
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import (
    Alternatives,
    Ballot,
    Call,
    Calls,
    Gather,
    Notice,
    Score,
    State,
    Task,
    TaskOf,
    Tasks,
    Wait,
)
from workflow.definition.term.values import Term
from workflow.text import Sayable, Sentence, sentence


def activity(state: State, words: Vocabulary) -> Iterator[Item]:
    match state.activity:
        case Task() as task:
            yield Item(_handled(task, state, words))
            yield from _of_task(task, words)
        case Tasks() as tasks:
            yield from _tasks(tasks, state, words)
        case Ballot() as found:
            yield from ballot(found, words)
        case Score() as score:
            yield from _score(score, words)
        case Notice() as found:
            yield from notice(found, state, words)
        case Wait() as wait:
            yield Item(_wait(wait, words))
        case Calls() as calls:
            yield from (Item(_call(call, words)) for call in calls.calls)
            yield Item(sentence("It goes on when all of these have ended."))
        case Gather():
            yield Item(sentence("Nobody has to act: the figures decide."))


def filled_in(edit: tuple[str, ...], words: Vocabulary) -> Iterator[Item]:
    if edit:
        yield Item(sentence("Filled in here: {fields}.", fields=words.fields_called(edit)))


def hidden(hide: tuple[str, ...], words: Vocabulary) -> Iterator[Item]:
    if hide:
        yield Item(sentence("Hidden from those who act: {fields}.", fields=words.fields_called(hide)))


def _handled(task: Task, state: State, words: Vocabulary) -> Sayable:
    people = who(task.who, words)
    if state.together is not None:
        if task.due:
            due = deadlines(task.due, words)
            return sentence(
                "Decided by {who} for the whole list at once, with exceptions by name, {deadline}.",
                who=people,
                deadline=due,
            )
        return sentence("Decided by {who} for the whole list at once, with exceptions by name.", who=people)
    return _by(people, task.due, words)


def _by(people: Sayable, due: Alternatives[Term], words: Vocabulary) -> Sayable:
    if not due:
        return sentence("Handled by {who}.", who=people)
    return sentence("Handled by {who}, {deadline}.", who=people, deadline=deadlines(due, words))


def _of_task(task: Task, words: Vocabulary) -> Iterator[Item]:
    yield from filled_in(task.edit, words)
    yield from hidden(task.hide, words)
    if task.automatic.vacant is not None:
        trigger = words.trigger_called(task.automatic.vacant)
        yield Item(sentence("Where nobody is left who may act, “{trigger}” happens by itself.", trigger=trigger))
    if task.automatic.decided_before is not None:
        trigger = words.trigger_called(task.automatic.decided_before)
        text = sentence(
            "Where one of them already decided in this case, “{trigger}” happens by itself.", trigger=trigger
        )
        yield Item(text)


def _tasks(tasks: Tasks, state: State, words: Vocabulary) -> Iterator[Item]:
    names = {entry.name: who(entry.task.who, words) for entry in tasks.entries}
    for entry in tasks.entries:
        yield Item(_task_of(entry, words), tuple(_about_entry(entry, names, words)))
    yield from _joined(state, words)


def _task_of(entry: TaskOf, words: Vocabulary) -> Sayable:
    people = who(entry.task.who, words)
    if not entry.each:
        return _by(people, entry.task.due, words)
    due = deadlines(entry.task.due, words) if entry.task.due else None
    match entry.per_organisation, due:
        case True, None:
            return sentence("Each organisation of these answers for itself: {who}.", who=people)
        case True, _:
            return sentence(
                "Each organisation of these answers for itself, {deadline}: {who}.", who=people, deadline=due
            )
        case False, None:
            return sentence("Each of these answers alone: {who}.", who=people)
    return sentence("Each of these answers alone, {deadline}: {who}.", who=people, deadline=due)


def _about_entry(entry: TaskOf, names: dict[str, Sayable], words: Vocabulary) -> Iterator[Item]:
    if entry.when is not None:
        yield Item(sentence("Only if {condition}.", condition=condition(entry.when, words)))
    if entry.after is not None:
        yield Item(sentence("Begins when this is answered: {who}.", who=names.get(entry.after, usual(entry.after))))
    for word, trigger in entry.answers.items():
        facts = {"answer": usual(word), "trigger": words.trigger_called(trigger)}
        yield Item(sentence("The answer “{answer}” may be given, and counts as “{trigger}”.", **facts))
    yield from _of_task(entry.task, words)


def _joined(state: State, words: Vocabulary) -> Iterator[Item]:
    """How the answers are joined into one."""
    forward, stop = _forward(state, words), _first_stop(state, words)
    match state.decide:
        case "all" | "in_turn" as rule:
            if rule == "in_turn":
                yield Item(sentence("They act one after another, in this order."))
            yield Item(
                sentence("“{trigger}” when all have given it; any other answer counts at once.", trigger=forward)
            )
            if "expired" not in state.to:
                yield Item(sentence("Silence is not consent: who has not answered is waited for."))
        case "any":
            yield Item(sentence("The first answer decides."))
        case "most":
            text = sentence("What more than half of those asked answer decides.")
            if stop is not None:
                text = sentence(
                    "What more than half of those asked answer decides; where that cannot be reached, “{trigger}”.",
                    trigger=stop,
                )
            yield Item(text)
        case rules:
            lines = (
                sentence(
                    "“{trigger}” if {condition}", trigger=words.trigger_called(name), condition=condition(rule, words)
                )
                for name, rule in rules
            )
            yield Item(
                sentence("After each answer these are tried, in this order:"), tuple(Item(line) for line in lines)
            )


def _forward(state: State, words: Vocabulary) -> Sayable:
    senses = words.definition.sense
    named = [name for name in state.to if name != "expired" and senses(name) == "forward"]
    return words.trigger_called(named[0]) if named else ""


def _first_stop(state: State, words: Vocabulary) -> Sayable | None:
    named = [name for name in state.to if words.definition.sense(name) == "stop"]
    return words.trigger_called(named[0]) if named else None


def _score(score: Score, words: Vocabulary) -> Iterator[Item]:
    people = who(score.who, words)
    if score.due:
        due = deadlines(score.due, words)
        yield Item(sentence("Each of these fills in a score card, {deadline}: {who}.", who=people, deadline=due))
    else:
        yield Item(sentence("Each of these fills in a score card: {who}.", who=people))
    points = (
        Item(sentence("{criterion}: up to {points} points", criterion=criterion(score, name), points=most))
        for name, most in score.criteria.items()
    )
    total = sum(score.criteria.values())
    yield Item(sentence("The card has {total} points in all:", total=total), tuple(points))
    yield Item(_mean(score))
    yield Item(sentence("At least {count} cards are needed.", count=score.at_least))
    yield from filled_in(score.edit, words)
    yield from hidden(score.hide, words)


def _mean(score: Score) -> Sayable:
    match score.drop:
        case ("highest", "lowest") | ("lowest", "highest"):
            return sentence("The score is the mean of the cards, without the highest and the lowest.")
        case ("highest",):
            return sentence("The score is the mean of the cards, without the highest.")
        case ("lowest",):
            return sentence("The score is the mean of the cards, without the lowest.")
    return sentence("The score is the mean of the cards.")


def _wait(wait: Wait, words: Vocabulary) -> Sayable:
    signals = [words.trigger_called(name) for name in wait.signals]
    if not signals and not wait.until:
        return sentence("It waits.")
    if not signals:
        return sentence("It waits: {length}.", length=lengths(wait.until, words))
    if not wait.until:
        return sentence("It waits for one of these signals from outside: {signals}.", signals=signals)
    length = lengths(wait.until, words)
    return sentence(
        "It waits for one of these signals from outside ({length}): {signals}.", signals=signals, length=length
    )


def _call(call: Call, words: Vocabulary) -> Sayable:
    table = words.definition.fields.get(call.each) if call.each and not call.each_people else None
    own = words if table is None else words.over("row", table.columns)
    name = words.definition_called(call.definition)
    if call.each is None:
        said = sentence("A case “{definition}” is opened", definition=name)
    else:
        said = _for_each(call.each, name, words, people=call.each_people)
    if call.unit is not None:
        said = sentence("{what} (unit: {unit})", what=said, unit=unit_called(call.unit, own))
    if call.values:
        said = sentence(
            "{what}, with {values}", what=said, values=values_given(call.values, own, fields_of(call.definition, words))
        )
    return sentence("{what}.", what=said)


def _for_each(each: str, name: Sayable, words: Vocabulary, *, people: bool) -> Sentence:
    if people:
        return sentence("A case “{definition}” is opened for each of {who}", definition=name, who=who((each,), words))
    table = words.called((each,)) or marked(each)
    return sentence("A case “{definition}” is opened for each row of “{table}”", definition=name, table=table)
