"""Score cards: one for each person, the highest and lowest left out, the mean of the others."""

from decimal import Decimal
from typing import Any

from workflow.definition.model import Score
from workflow.engine.activities.task import keep_lots
from workflow.engine.changes import CardTaken
from workflow.engine.clocks import deadline
from workflow.engine.subject import Card, Figure, Holder, Task
from workflow.engine.values import keep_number
from workflow.engine.work import Fired, Work, find, open_task
from workflow.errors import InvalidData, Problem
from workflow.text import sentence

_FEWEST_TO_DROP = 3


def open(work: Work, rules: Score) -> None:  # noqa: A001 -- the activities' common word
    found = find(work, rules.who)
    keep_lots(work, found)
    for person in found.persons:
        open_card(work, rules, person)


def open_card(work: Work, rules: Score, person: Holder, taken_out: tuple[Holder, ...] = ()) -> None:
    due = deadline(work, rules.due)
    task = Task(
        id=work.next_task,
        name=work.state.name,
        kind="score",
        holders=(person,),
        opened_at=work.context.now,
        due=due.at if due else None,
        clock=due.clock if due else "fixed",
        taken_out=taken_out,
    )
    open_task(work, task)


def take_card(work: Work, rules: Score, score: dict[str, Any], person: Holder) -> None:
    """Raises InvalidData unless each criterion has whole points up to its most."""
    problems = [
        Problem(f"/score/{name}", "unknown_key", sentence("There is no criterion “{name}”.", name=name))
        for name in score
        if name not in rules.criteria
    ]
    for name, most in rules.criteria.items():
        points = score.get(name)
        if isinstance(points, bool) or not isinstance(points, int) or not 0 <= points <= most:
            text = sentence("Whole points from 0 to {most} are wanted.", most=most)
            problems.append(Problem(f"/score/{name}", "data", text))
    if problems:
        raise InvalidData(tuple(problems))
    work.do(CardTaken(card=Card(by=person, score=dict(score))))


def combine(work: Work, rules: Score) -> Fired | None:
    """When every card is in, or the deadline has passed; in either case with enough cards, else it waits."""
    open_cards = [task for task in work.entry.tasks if task.kind == "score"]
    passed = any(task.due is not None and task.due <= work.context.now for task in open_cards)
    if len(work.entry.cards) < rules.at_least or (open_cards and not passed):
        return None
    return Fired("scored", figures(rules, work.entry.cards))


def figures(rules: Score, cards: tuple[Card, ...]) -> dict[str, Figure]:
    """Whole cards are dropped; of the others the mean of totals and of each criterion; of all the spread."""
    ordered = sorted(cards, key=lambda card: sum(card.score.values()))
    kept = ordered
    if len(ordered) >= _FEWEST_TO_DROP:
        kept = ordered[1 if "lowest" in rules.drop else 0 : -1 if "highest" in rules.drop else None]
    totals = [sum(card.score.values()) for card in ordered]
    means = {name: _mean([card.score[name] for card in kept]) for name in rules.criteria}
    score = _mean([sum(card.score.values()) for card in kept])
    return {"score": score, **means, "spread": totals[-1] - totals[0], "cards": len(cards)}


def _mean(points: list[int]) -> Figure:
    return keep_number(Decimal(sum(points)) / len(points))
