"""The sheet of a round as JSON."""

from typing import Any

from workflow.api.asking import language
from workflow.api.showing import closing_view, label, named
from workflow.engine.context import Context
from workflow.engine.unreckoned import empty_figures
from workflow.records.sheets import Line, Sheet, ShownFigure
from workflow.store.metadata import instant_text
from workflow.text import Label, sentence


def sheet_view(sheet: Sheet, context: Context) -> dict[str, Any]:
    covered = sheet.coverage
    said = sentence("{reported} of {expected} reported", reported=covered.reported, expected=covered.expected)
    return {
        "title": label(sheet.title),
        "at": instant_text(sheet.at),
        "columns": [{"name": field.name, "label": label(field.label), "type": field.type} for field in sheet.columns],
        "rows": [_row(line, context) for line in sheet.lines],
        "figures": [_figure(one) for one in sheet.figures],
        "why_empty": {name: why.say(language()) for name, why in empty_figures(sheet.definition, context)},
        "coverage": {
            "reported": covered.reported,
            "expected": covered.expected,
            "said": label(Label(said.say("zh"), said.say("en"))),
        },
        "closing": closing_view(sheet.closing) if sheet.closing else None,
    }


def _row(line: Line, context: Context) -> dict[str, Any]:
    return {
        "case": line.case.id,
        "number": line.case.number,
        "unit": named(line.unit, context.directory),
        "starter": line.starter,
        "state": line.case.state,
        "state_label": label(line.state),
        "late": line.late,
        "values": line.values,
    }


def _figure(one: ShownFigure) -> dict[str, Any]:
    groups = None if one.groups is None else [{"label": label(name), "value": value} for name, value in one.groups]
    return {
        "name": one.rule.name,
        "label": label(one.rule.label),
        "by": one.rule.by,
        "value": one.value,
        "groups": groups,
    }
