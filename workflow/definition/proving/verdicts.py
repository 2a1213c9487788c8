"""The verdict on each claim of a definition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow.definition.model import Definition
from workflow.definition.proving.claims import Claim, Ends, NeverDecides, NobodyTwice, OnlyBy, Order, Within
from workflow.definition.proving.ending import refute_ending
from workflow.definition.proving.exploration import Refuted, TooMany, events, explore, following
from workflow.definition.proving.lasting import refute_lasting
from workflow.definition.proving.moves import Moves
from workflow.definition.proving.reading import ClaimWrong, read_claim
from workflow.definition.proving.recusal import refute_recusal
from workflow.definition.proving.story import tell
from workflow.errors import Problem
from workflow.text import Sentence, sentence

#: Beyond so many situations a claim is not decided.
MOST = 1_000_000
#: Of a longer way the middle is left out.
_LONGEST_WAY = 24


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a claim: it holds, is refuted by a path, or neither could be said."""

    claim: str
    holds: bool | None
    problem: Problem | None = None
    path: tuple[tuple[str, str], ...] = ()  #: states, each with the trigger by which it is left
    story: str = ""  #: the path as the text of a `stories.yaml`


def prove(definition: Definition, lines: Mapping[str, int] | None = None, *, most: int = MOST) -> tuple[Verdict, ...]:
    """Decides every claim, each by an exploration of its own; `lines` are those of the places `prove[i]`."""
    moves = Moves(definition)
    return tuple(
        _verdict(moves, claim, f"prove[{number}]", (lines or {}).get(f"prove[{number}]"), most)
        for number, claim in enumerate(definition.claims)
    )


def look_at_claims(definition: Definition, lines: Mapping[str, int]) -> Iterator[Problem]:
    """What is wrong with the claims as sentences; none of them is decided."""
    for number, source in enumerate(definition.claims):
        at = f"prove[{number}]"
        try:
            read_claim(source, definition)
        except ClaimWrong as wrong:
            yield Problem(at, "bad_claim", wrong.reason, wrong.hint, lines.get(at))


def _verdict(moves: Moves, source: str, at: str, line: int | None, most: int) -> Verdict:
    try:
        refuted = _refute(read_claim(source, moves.definition), moves, most)
    except ClaimWrong as wrong:
        return Verdict(source, None, Problem(at, "bad_claim", wrong.reason, wrong.hint, line))
    except TooMany:
        told = sentence("“{claim}” is not decided: there are more than {most} situations.", claim=source, most=most)
        return Verdict(source, None, Problem(at, "undecided", told, None, line))
    if refuted is None:
        return Verdict(source, True)
    return Verdict(
        source,
        False,
        Problem(at, "claim_refuted", _told(source, refuted), None, line),
        tuple((step.move.state, step.move.trigger) for step in refuted.path),
        tell(moves.definition, source, refuted),
    )


def _refute(claim: Claim, moves: Moves, most: int) -> Refuted | None:
    match claim:
        case Ends():
            return refute_ending(claim, moves, most)
        case Within():
            return refute_lasting(claim, moves, most)
        case NobodyTwice() | NeverDecides() | OnlyBy():
            return refute_recusal(claim, moves, most)
        case _:
            return _refute_order(claim, moves, most)


def _refute_order(claim: Order, moves: Moves, most: int) -> Refuted | None:
    start = claim.follow(0, moves.first.state)
    if start is None:
        return Refuted(sentence("every case begins in “{state}”", state=moves.first.state), ())
    path = explore(moves, start, following(claim.follow), most).refuting_path()
    return None if path is None else Refuted(None, path)


def _told(source: str, refuted: Refuted) -> Sentence:
    way, why = list(events(refuted.path)), refuted.why
    if len(way) > _LONGEST_WAY:
        way[_LONGEST_WAY // 2 : -_LONGEST_WAY // 4] = ["…"]
    if why is None:
        return sentence("“{claim}” does not hold on this way: {way}.", claim=source, way=way)
    if not way:
        return sentence("“{claim}” does not hold: {why}.", claim=source, why=why)
    return sentence("“{claim}” does not hold: {why}. The way there: {way}.", claim=source, why=why, way=way)
