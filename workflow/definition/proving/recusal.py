"""Who never decides where: proved by `recuse` and by who is named, for anyone the directory could ever hold.

A role alone proves nothing, since one person may hold several. Where no rule proves it, the shortest path on which it
would matter refutes the claim; where there is no such path, the claim holds.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from workflow.definition.model import STARTER, UP, Decided, Definition, Entry, Group, Members, Named
from workflow.definition.proving.activities import EXPIRED, deciders, recorded
from workflow.definition.proving.claims import Mark, NeverDecides, NobodyTwice, OnlyBy, Recusal
from workflow.definition.proving.exploration import Casting, Refuted, explore
from workflow.definition.proving.moves import Move, Moves, Path
from workflow.definition.proving.reading import CONCERNED
from workflow.text import sentence

_Rule = Literal["starter", "concerned", "same_unit"]


def refute_recusal(claim: Recusal, moves: Moves, most: int) -> Refuted | None:
    match claim:
        case NobodyTwice():
            return _refute_twice(claim, moves, most)
        case NeverDecides():
            return _refute_never(claim, moves, most)
        case OnlyBy():
            return _refute_only(claim, moves, most)


def _refute_twice(claim: NobodyTwice, moves: Moves, most: int) -> Refuted | None:
    definition, names = moves.definition, (claim.one, claim.other)
    tallied = next((name for name in names if recorded(definition.states[name])), None)
    if tallied is None and set(names) <= set(definition.recuse.twice):
        return None
    path = _deciding(moves, names, most)
    if path is None:
        return None
    if tallied is not None:
        why = sentence("who voted at “{state}” is not known, so recusal does not reach them", state=tallied)
    else:
        why = sentence("one person may decide in both; `twice` in `recuse` would forbid it if it named both states")
    groups = {name: _people_of(definition, name)[0] for name in names}
    for one, other in (names, names[::-1]):
        if _kept_out(definition, NeverDecides(groups[one], other), groups[other]):
            return _standing_in(path, names, groups[one], groups[other])
    return Refuted(why, path, casting=Casting(groups, one_person=tuple(groups.values())))


def _standing_in(path: Path, names: Group, absent: str, deputy: str) -> Refuted:
    """Two groups that never are one person may still have one who acts for both."""
    why = sentence(
        "“{deputy}” who stands in for “{absent}” may decide in both; `twice` in `recuse` would forbid it "
        "if it named both states",
        deputy=deputy,
        absent=absent,
    )
    return Refuted(why, path, casting=Casting(dict.fromkeys(names, deputy), stands_in=(deputy, absent)))


def _refute_never(claim: NeverDecides, moves: Moves, most: int) -> Refuted | None:
    definition, name = moves.definition, claim.state
    groups = _people_of(definition, name)
    let_in = next((group for group in groups if not _kept_out(definition, claim, group)), None)
    if let_in is None:
        return None
    path = _deciding(moves, (name,), most)
    if path is None:
        return None
    if recorded(definition.states[name]):
        why = sentence("who voted at “{state}” is not known, so recusal does not reach them", state=name)
    elif _as_such(definition, let_in):
        why = sentence("“{state}” is given to “{group}” as such", state=name, group=let_in)
    else:
        why = sentence(
            "nothing in `recuse` keeps “{people}” out of “{group}”, and a role alone proves nothing",
            people=claim.people,
            group=let_in,
        )
    return Refuted(why, path, casting=Casting({name: let_in}, one_person=(claim.people, let_in)))


def _refute_only(claim: OnlyBy, moves: Moves, most: int) -> Refuted | None:
    definition, name = moves.definition, claim.state
    allowed = set(_entries(definition, claim.people))
    groups = deciders(definition.states[name])
    other = next((group for group in groups if not _is_part(definition, group, claim.people, allowed)), None)
    path = None if other is None else _deciding(moves, (name,), most)
    if other is None or path is None:
        return None
    why = sentence("“{group}” may decide there too", group=other)
    return Refuted(why, path, casting=Casting({name: other}))


def _deciding(moves: Moves, states: Group, most: int) -> Path | None:
    """The shortest path on which somebody decides in each of these states."""
    asked = {name for name in states if deciders(moves.definition.states[name])}
    everywhere = (1 << len(states)) - 1

    def advance(mark: Mark, move: Move) -> Mark | None:
        if move.state in asked and not move.anytime and move.trigger != EXPIRED:
            mark |= 1 << states.index(move.state)
        return None if mark == everywhere else mark

    return explore(moves, 0, advance, most).refuting_path()


def _people_of(definition: Definition, state: str) -> Group:
    """Who decides; those one level up act as the same people."""
    return tuple(group for group in deciders(definition.states[state]) if group != UP)


def _kept_out(definition: Definition, claim: NeverDecides, group: str) -> bool:
    if recorded(definition.states[claim.state]):
        return False
    return all(
        _decided_before(definition, entry, claim.state)
        or any(_recused(definition, rule, group) for rule in _rules(definition, entry))
        for entry in _entries(definition, claim.people)
    )


def _decided_before(definition: Definition, entry: Entry, state: str) -> bool:
    """Whoever decided in one of the states of `twice` decides in no other of them."""
    twice = definition.recuse.twice
    return isinstance(entry.spec, Decided) and entry.spec.state != state and {entry.spec.state, state} <= set(twice)


def _rules(definition: Definition, entry: Entry) -> Iterator[_Rule]:
    """The rules of `recuse` that mean everyone whom this entry could ever find."""
    if entry.spec == Named(STARTER):
        yield "starter"
    if any(entry.spec == concerned.spec for concerned in _entries(definition, CONCERNED)):
        yield "concerned"
    if isinstance(entry.spec, Members):
        yield "same_unit"


def _recused(definition: Definition, rule: _Rule, group: str) -> bool:
    """Whether the rule takes out all who act as this group, by its name or by all the names in it."""
    recuse = definition.recuse
    if rule != "same_unit" and _as_such(definition, group):
        return False
    names = {"starter": recuse.starter, "concerned": recuse.concerned, "same_unit": recuse.same_unit}[rule]
    if rule == "concerned" and names == ():
        return True
    if group in (names or ()):
        return True
    people = definition.people.get(group)
    parts = [entry.spec for entry in people.entries] if people else []
    return bool(parts) and all(isinstance(part, Named) and _recused(definition, rule, part.name) for part in parts)


def _as_such(definition: Definition, group: str) -> bool:
    """What is given to the starter or to the person concerned as such is meant by `twice` only."""
    return group == definition.concerns or Named(STARTER) in [entry.spec for entry in _entries(definition, group)]


def _entries(definition: Definition, name: str, seen: frozenset[str] = frozenset()) -> tuple[Entry, ...]:
    """The entries under a name, those of the names in it among them."""
    if name == CONCERNED and name not in definition.people:
        name = definition.concerns or STARTER
    if name == STARTER:
        return (Entry(spec=Named(STARTER)),)
    people = definition.people.get(name)
    if people is None or name in seen:
        return ()
    found: list[Entry] = []
    for entry in people.entries:
        if isinstance(entry.spec, Named):
            found += _entries(definition, entry.spec.name, seen | {name})
        else:
            found.append(entry)
    return tuple(found)


def _is_part(definition: Definition, group: str, people: str, allowed: set[Entry]) -> bool:
    """Fewer by lot are a part; those to whom it is escalated one level up are not."""
    if group == people:
        return True
    entries = _entries(definition, group)
    return bool(entries) and all(entry in allowed or replace(entry, draw=None) in allowed for entry in entries)
