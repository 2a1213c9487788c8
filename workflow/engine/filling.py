"""A form on its way to being handed in: how it would stand with what is typed so far, and what is still wrong with it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.definition.expression import ExpressionFailed
from workflow.definition.form import Kept, is_empty
from workflow.definition.model import Definition
from workflow.engine.checks import failed_checks
from workflow.engine.context import Context
from workflow.engine.forms import clean, form_of
from workflow.engine.subject import Case
from workflow.engine.work import CaseWork
from workflow.engine.writing import is_needed, put
from workflow.errors import Problem
from workflow.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    data: Mapping[str, Kept]  #: as the case would have it, with what is computed
    needed: tuple[str, ...]  #: what handing in asks for
    missing: tuple[str, ...]  #: what of it is empty
    problems: tuple[Problem, ...]


def filling(
    definition: Definition, case: Case, typed: Mapping[str, Any], edit: Collection[str], context: Context
) -> Filling:
    """Looks at all that is typed, not only at what would refuse it first; what does not fit is left as it was."""
    allowed = {name for name in edit if name in definition.fields}
    sent = {name: value for name, value in typed.items() if name in allowed and definition.fields[name].source is None}
    kept, problems = clean(form_of(definition), definition.fields, sent, allowed, context)
    unfit = {problem.at.split("/")[2] for problem in problems}
    work = CaseWork(definition, context, case)
    put(work, {name: value for name, value in kept.items() if name not in unfit})
    needed = tuple(_needed(work, edit))
    missing = tuple(name for name in needed if is_empty(work.case.data.get(name)) and name not in unfit)
    return Filling(
        data=work.case.data,
        needed=needed,
        missing=missing,
        problems=(*problems, *_wanted(definition, missing), *failed_checks(work, allowed - unfit)),
    )


def _needed(work: CaseWork, edit: Collection[str]) -> Iterator[str]:
    for name in edit:
        if name in work.definition.fields:
            try:
                if is_needed(work.definition.fields[name], work):
                    yield name
            except ExpressionFailed:  # it depends on what is not there yet
                continue


def _wanted(definition: Definition, missing: tuple[str, ...]) -> Iterator[Problem]:
    for name in missing:
        yield Problem(
            f"/data/{name}", "required", sentence("“{field}” is needed.", field=definition.fields[name].label)
        )
