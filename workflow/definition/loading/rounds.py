"""Reading the round of a definition: its fields, figures, dates and cases."""

from workflow.definition.expression import ANY, NUMBER, TRUTH, Kind, map_of, record_of
from workflow.definition.loading import document, fields
from workflow.definition.loading.document import Node
from workflow.definition.loading.effects import read_dos, read_tells
from workflow.definition.loading.people import read_group
from workflow.definition.loading.reading import Reader
from workflow.definition.model import EachCase, Field, Figure, Group, RoundRules
from workflow.definition.term.values import Repeat, Term
from workflow.text import Label, sentence


def outline(reader: Reader, node: Node | None) -> dict[str, Field]:
    """The names of the round into the scope: its fields with their kinds, and its figures."""
    if not isinstance(node, document.Mapping):
        return {}
    scope = reader.scope
    scope.has_round = True
    found = fields.outline(reader, node.get("fields"), "round.fields")
    scope.round_types = {name: field.type for name, field in found.items()}
    figures = node.get("figures")
    if isinstance(figures, document.Mapping):
        for name, entry in figures.entries.items():
            by = reader.text(entry.get("by"), "") if isinstance(entry, document.Mapping) and entry.get("by") else None
            scope.figures[name] = map_of(NUMBER) if by else NUMBER
            if by:
                scope.groups[name] = by
    return found


def read_round(reader: Reader, node: Node | None, outlined: dict[str, Field]) -> RoundRules | None:
    keys = reader.mapping(node, "round", "round")
    if keys is None:
        return None
    names = reader.scope.round_names()
    opens_by, opens_at = _opens(reader, keys.get("opens"))
    at = reader.text(keys.get("at"), "round.at")
    if at is None:
        reader.problem("wrong_type", keys, "round", sentence("Which level owns the round? `at` is missing."))
    anchors = reader.scope.round_anchors()
    dates = [name for name, kind in reader.scope.round_types.items() if kind in ("date", "moment")]
    return RoundRules(
        title=reader.label(keys.get("title"), "round.title") or Label("{year}", "{year}"),
        at=at or "",
        opens_by=opens_by,
        opens_at=opens_at,
        rest_day=reader.word(keys.get("rest_day"), "round.rest_day", ("next", "previous", "keep"), "next"),
        announce=reader.term(keys.get("announce"), "round.announce", anchors),
        cases=_cases(reader, keys.get("cases")),
        closes=reader.known_one(keys.get("closes"), "round.closes", "field", dates),
        fields=fields.read_fields(reader, keys.get("fields"), "round.fields", outlined, names, anchors),
        figures=_figures(reader, keys.get("figures")),
        tell=tuple(read_tells(reader, keys.get("tell"), "round.tell", names)),
        do=tuple(read_dos(reader, keys.get("do"), "round.do", names)),
    )


def _opens(reader: Reader, node: Node | None) -> tuple[Group, Term | Repeat | None]:
    text = reader.text(node, "round.opens")
    if text is None or node is None:
        return (), None
    if text.startswith("by "):
        named = document.Scalar(text[3:].strip(), text[3:].strip(), node.line)
        return read_group(reader, named, "round.opens"), None
    return (), reader.term_or_repeat(node, "round.opens", reader.scope.round_anchors())


def _cases(reader: Reader, node: Node | None) -> EachCase | None:
    outer = reader.mapping(node, "round_cases", "round.cases")
    keys = reader.mapping(outer.get("each"), "each", "round.cases.each") if outer else None
    if keys is None:
        return None
    place = "round.cases.each"
    kinds = [kind for kind in ("role", "unit", "honour") if kind in keys.entries]
    if len(kinds) != 1:
        reader.problem(
            "wrong_type", keys, place, sentence("One of these is wanted: {kinds}.", kinds=["role", "unit", "honour"])
        )
        return None
    name = reader.text(keys.get(kinds[0]), f"{place}.{kinds[0]}") or ""
    scope, _, level = (reader.text(keys.get("at"), f"{place}.at") or "").partition(" ")
    names = reader.scope.round_names({"unit": record_of(None), "concerned": record_of(None)})
    return EachCase(
        kind=kinds[0],
        name=name,
        at=(level or scope) or None,
        when=reader.expression(keys.get("when"), f"{place}.when", names),
    )


def _figures(reader: Reader, node: Node | None) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for name, entry, at in reader.entries(node, "round.figures"):
        keys = reader.mapping(entry, "figure", at)
        if keys is None:
            continue
        kinds = [kind for kind in ("count", "sum", "value") if kind in keys.entries]
        if len(kinds) != 1:
            reader.problem(
                "wrong_type", keys, at, sentence("One of these is wanted: {kinds}.", kinds=["count", "sum", "value"])
            )
            continue
        kind = kinds[0]
        by = reader.text(keys.get("by"), f"{at}.by")
        names = reader.scope.round_names(_of_a_group(reader, by)) if kind == "value" else reader.scope.names()
        wanted: Kind = TRUTH if kind == "count" else NUMBER if kind == "sum" else ANY
        expression = reader.expression(keys.get(kind), f"{at}.{kind}", names, wanted)
        if expression is None:
            continue
        found[name] = Figure(
            name=name,
            label=reader.label(keys.get("label"), f"{at}.label") or Label(name, name),
            kind=kind,
            expression=expression,
            states=_states(reader, keys, at),
            by=by,
        )
    return found


def _of_a_group(reader: Reader, by: str | None) -> dict[str, Kind]:
    """What a `value` with `by` sees of the figures with the same `by`: of its group one number each."""
    return {name: NUMBER for name, other in reader.scope.groups.items() if other == by}


def _states(reader: Reader, keys: document.Mapping, at: str) -> tuple[str, ...] | None:
    if keys.get("in") is not None:
        return reader.state_names(keys.get("in"), f"{at}.in")
    if keys.get("except") is not None:
        without = reader.state_names(keys.get("except"), f"{at}.except")
        return tuple(state for state in reader.scope.states if state not in without)
    return None
