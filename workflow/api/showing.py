"""Cases, tasks, rounds and events as JSON for whoever looks; what he may not see is not in it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from workflow.calendar import Calendar, day_of
from workflow.cases.versions import Version
from workflow.definition import words
from workflow.definition.form import Form, Kept
from workflow.definition.model import Ballot, Definition, Field, Score, State
from workflow.engine.context import Context
from workflow.engine.directory import Directory, Principal
from workflow.engine.outlook import Coming, TriggerOutlook, task_outlook
from workflow.engine.permit import in_group, why_not
from workflow.engine.sight import oversees, seen_fields, shown_data
from workflow.engine.subject import Amount, Case, CaseFacts, Closing, Figure, Holder, Round, Sitting, Task
from workflow.engine.unreckoned import empty_fields, empty_figures
from workflow.engine.values import round_figure
from workflow.errors import said
from workflow.store.metadata import instant_text
from workflow.text import Label, Language, Sentence, sentence

_SHORT_HEAD = 16


def case_view(version: Version, case: Case, head: bytes, context: Context, reader: Language) -> dict[str, Any]:
    """A case with all its open tasks; of each, whether this person may act on it and why not."""
    definition = version.definition
    return {
        **case_line(version, case, head, context),
        "data": shown_data(definition, case, context),
        "starter": named(case.starter, context.directory),
        "concerned": named(case.concerned, context.directory),
        "suspended": case.suspended is not None,
        "figures": {state: figures(left) for state, left in case.left.items()},
        "why_empty": {name: why.say(reader) for name, why in empty_fields(definition, case, context)},
        "provisional": provisional(seen_fields(definition, case, context), case.data, context.calendar),
        "tasks": [task_view(version, case, task, context, reader) for task in case.entry.tasks] if case.entry else [],
        "anytime": list(_anytime(definition, case, context)),
        "notice": _notice(case),
        "incidents": [
            {"id": f"{case.id}.{i.number}", "code": i.code, "message": i.zh if reader == "zh" else i.en}
            for i in case.incidents
        ],
    }


def case_line(version: Version, case: Case, head: bytes, context: Context) -> dict[str, Any]:
    """What a list shows of a case."""
    definition = version.definition
    return {
        "id": case.id,
        "number": case.number,
        "definition": case.definition,
        "definition_version": case.version,
        "title": label(definition.title),
        "state": case.state,
        "state_label": label(definition.states[case.state].label),
        "version": case.seq,
        "head": head.hex()[:_SHORT_HEAD],
        "subject": case.subject,
        "round": case.round,
        "unit": named(case.unit, context.directory),
        "started_at": instant_text(case.started_at),
        "ended_at": moment(case.ended_at),
    }


def task_view(version: Version, case: Case, task: Task, context: Context, reader: Language) -> dict[str, Any]:
    """One open task of a case with its outlook."""
    outlook = task_outlook(version.definition, case, task, context)
    state = version.definition.states[case.state]
    return {
        **_task_line(version, case.id, case.state, task, context, _told_holders(version, case, task, context)),
        "case": case.id,
        "subject": case.subject,
        "unit": named(case.unit, context.directory),
        "triggers": [one.trigger for one in outlook.triggers],
        "outlook": [_trigger_view(one, reader) for one in outlook.triggers],
        "coming": [_coming_view(one) for one in outlook.coming],
        "edit": list(outlook.edit),
        "may": outlook.may,
        "why_not": outlook.why_not.say(reader) if outlook.why_not else None,
        "objection": None,
        "objection_number": task.objection,  # what is said in it, `objecting` adds for those who examine it
        "cases": None,
        "ballot": _ballot_rules(state.activity) if task.kind in ("ballot", "record") else None,
        "criteria": dict(state.activity.criteria) if isinstance(state.activity, Score) else None,
    }


def round_view(version: Version, round_: Round, head: bytes, context: Context, reader: Language) -> dict[str, Any]:
    """A round with its fields, figures and open sittings."""
    definition = version.definition
    rules = definition.round
    assert rules is not None
    cases = (context.round.cases or ()) if context.round else ()
    data = Form(rules.fields).shown(
        {**{n: f.constant for n, f in rules.fields.items() if f.constant is not None}, **round_.data}
    )
    closes = next((timer.at for timer in round_.timers if timer.kind == "closes"), None)
    return {
        "id": round_.id,
        "definition": round_.definition,
        "definition_version": round_.version,
        "title": {"zh": round_.title_zh, "en": round_.title_en},
        "state": "over" if round_.over_at else "closed" if round_.closed_at else "open",
        "version": round_.seq,
        "head": head.hex()[:_SHORT_HEAD],
        "data": data,
        "figures": {name: round_figure(definition, rule, context) for name, rule in rules.figures.items()},
        "why_empty": {name: why.say(reader) for name, why in empty_figures(definition, context)},
        "provisional": provisional(rules.fields.values(), round_.data, context.calendar),
        "unit": named(round_.unit, context.directory),
        "opened_at": instant_text(round_.opened_at),
        "closes_at": moment(closes),
        "closed_at": moment(round_.closed_at),
        "over_at": moment(round_.over_at),
        "closings": [closing_view(one) for one in round_.closings],
        "cases": len(cases),
        "sittings": [_sitting_view(definition, one) for one in round_.sittings],
        "tasks": [
            sitting_task_view(version, round_, one, task, context, reader)
            for one in round_.sittings
            for task in one.entry.tasks
        ],
        "incidents": [
            {"id": f"{round_.id}.{i.number}", "code": i.code, "message": i.zh if reader == "zh" else i.en}
            for i in round_.incidents
        ],
    }


def closing_view(closing: Closing) -> dict[str, Any]:
    return {
        "at": moment(closing.at),
        "sha256": closing.sha256,
        "reopened_at": moment(closing.reopened_at),
        "reopened": list(closing.reopened),
    }


def sitting_task_view(
    version: Version, round_: Round, sitting: Sitting, task: Task, context: Context, reader: Language
) -> dict[str, Any]:
    """A task of a sitting: one for all its cases."""
    definition = version.definition
    state = definition.states[sitting.state]
    cases = tuple(one for one in ((context.round.cases or ()) if context.round else ()) if one.id in sitting.cases)
    reason = _why_not_in_sitting(definition, round_, sitting, task, cases, context)
    offered = [name for name in state.to if name not in words.FIRED] if task.kind == "task" else []
    return {
        **_task_line(version, round_.id, sitting.state, task, context, task.everyone),
        "case": round_.id,
        "subject": round_.title_zh if reader == "zh" else round_.title_en,
        "unit": named(round_.unit, context.directory),
        "triggers": offered,
        "outlook": [_plain_trigger(definition, state, name) for name in offered],
        "coming": [
            _coming_view(Coming(at=t.at, kind="reminder")) for t in sitting.entry.timers if t.kind == "reminder"
        ],
        "edit": list(state.edit),
        "may": reason is None,
        "why_not": reason.say(reader) if reason else None,
        "objection": None,
        "cases": list(_sat_cases(sitting)),
        "ballot": _ballot_rules(state.activity) if task.kind in ("ballot", "record") else None,
        "criteria": None,
    }


def named(holder: Holder | None, directory: Directory) -> dict[str, Any] | None:
    """An organisation, post or person by id and name; one with a link has no id."""
    if holder is None:
        return None
    if isinstance(holder, str):
        return {"id": None, "name": "link", "kind": "link"}
    kind = "person" if holder in directory.persons else "organisation" if holder in directory.organisations else "post"
    return {"id": holder, "name": _name_of(holder, directory), "kind": kind}


def label(text: Label) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def moment(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)


def figures(left: dict[str, Figure]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in left.items()}


def provisional(reckoned: Iterable[Field], data: Mapping[str, Kept], calendar: Calendar) -> list[str]:
    """The dates reckoned by a term, or from such, in a year whose working days are not published yet."""
    found = [field.name for field in reckoned if field.type == "date" and (field.term or field.value is not None)]
    days = {name: date.fromisoformat(day) for name in found if isinstance(day := data.get(name), str)}
    return [name for name, day in days.items() if calendar.is_provisional(day)]


def working_days_left(calendar: Calendar, now: datetime, ends: datetime) -> int:
    return max(0, calendar.working_between(day_of(now), day_of(ends)))


def task_id(subject: str, number: int) -> str:
    return f"{subject}.{number}"


def _name_of(holder: Principal, directory: Directory) -> str:
    post = directory.posts.get(holder)
    if post is None:
        return directory.name_of(holder)
    return f"{directory.name_of(post.organisation)} {post.role}"


def _plain(value: Figure) -> Any:
    if isinstance(value, Amount):
        return float(value.text)
    return value


def _told_holders(version: Version, case: Case, task: Task, context: Context) -> Iterable[Holder]:
    """Who holds a task; of all who vote a voter is told himself alone."""
    who = context.actor.holder
    if task.kind != "ballot" or who not in task.everyone or oversees(version.definition, case, context):
        return task.everyone
    return () if who is None else (who,)


def _task_line(
    version: Version, subject: str, state: str, task: Task, context: Context, holders: Iterable[Holder]
) -> dict[str, Any]:
    directory = context.directory
    return {
        "id": task_id(subject, task.id),
        "name": task.name,
        "kind": task.kind,
        "state": state,
        "state_label": label(version.definition.states[state].label),
        "definition": version.key,
        "title": label(version.definition.title),
        "assignees": [named(holder, directory) for holder in holders],
        "claimed_by": named(task.claimed_by, directory),
        "delegate": named(task.delegate, directory),
        "proposed": task.proposed.trigger if task.proposed else None,
        "opened_at": instant_text(task.opened_at),
        "due_at": moment(task.due),
        "provisional": task.due is not None and context.calendar.is_provisional(day_of(task.due)),
    }


def _trigger_view(one: TriggerOutlook, reader: Language) -> dict[str, Any]:
    return {
        "trigger": one.trigger,
        "label": label(one.label),
        "sense": one.sense,
        "leads_to": one.leads_to,
        "why_not": said(one.why_not, reader) if one.why_not is not None else None,
        "opinion": one.opinion,
        "missing": list(one.missing),
        "choose_state": list(one.choose_state),
        "choose_then": one.choose_then,
        "conditions": [
            {"source": k.source, "say": label(k.say) if k.say else None, "holds": k.holds, "to": k.to}
            for k in one.conditions
        ],
    }


def _plain_trigger(definition: Definition, state: State, name: str) -> dict[str, Any]:
    """Of a sitting: where it leads is seen case by case when it is decided."""
    sense, known = definition.sense(name), definition.triggers.get(name)
    demanded = getattr(state.activity, "opinion", None)
    return {
        "trigger": name,
        "label": label(known.label) if known else {"zh": name, "en": name},
        "sense": sense,
        "leads_to": None,
        "why_not": None,
        "opinion": name in demanded if demanded is not None else sense != "forward",
        "missing": [],
        "choose_state": [],
        "choose_then": any(target.then == "choice" for target in state.to[name]),
        "conditions": [
            {"source": t.when.source, "say": label(t.say) if t.say else None, "holds": None, "to": t.to}
            for t in state.to[name]
            if t.when is not None
        ],
    }


def _coming_view(one: Coming) -> dict[str, Any]:
    return {"at": instant_text(one.at), "kind": one.kind, "to": one.to}


def _anytime(definition: Definition, case: Case, context: Context) -> Iterable[dict[str, Any]]:
    """What this person may do here without a task."""
    for rule in definition.anytime.values():
        if case.state in rule.states and in_group(definition, rule.by, case.unit, (case,), context) is not None:
            trigger = definition.triggers[rule.name]
            yield {
                "trigger": rule.name,
                "label": label(trigger.label),
                "sense": trigger.sense,
                "leads_to": rule.targets[0].to,
                "opinion": trigger.sense != "forward" and rule.name != "withdraw"
                if rule.opinion is None
                else rule.opinion,
            }


def _notice(case: Case) -> dict[str, Any] | None:
    notice = case.entry.notice if case.entry else None
    if notice is None or case.entry is None:
        return None
    return {
        "id": f"{case.id}.{case.entry.number}",
        "begins": instant_text(notice.begins),
        "ends": instant_text(notice.ends),
        "held_since": moment(notice.held_since),
        "objections": [{"number": o.number, "state": o.state, "at": instant_text(o.at)} for o in notice.objections],
    }


def _ballot_rules(activity: object) -> dict[str, Any] | None:
    if not isinstance(activity, Ballot):
        return None
    return {
        "secret": activity.secret,
        "choices": [{"name": name, "label": label(text)} for name, text in activity.choices.items()],
        "items": [{"name": name, "label": label(text)} for name, text in activity.items.items()],
        "of": activity.of,
        "choose": activity.choose,
        "changeable": activity.changeable,
    }


def _sat_cases(sitting: Sitting) -> tuple[str, ...]:
    ballot = sitting.entry.ballot
    return ballot.cases if ballot is not None and ballot.cases else sitting.cases


def _sitting_view(definition: Definition, sitting: Sitting) -> dict[str, Any]:
    ballot = sitting.entry.ballot
    return {
        "number": sitting.number,
        "state": sitting.state,
        "state_label": label(definition.states[sitting.state].label),
        "cases": list(sitting.cases),
        "opened_at": instant_text(sitting.entry.at),
        "second_ballot": list(ballot.cases) if ballot else [],
        "figures": {case: figures(found) for case, found in sitting.figures.items()} if ballot is None else {},
    }


def _why_not_in_sitting(
    definition: Definition, round_: Round, sitting: Sitting, task: Task, cases: tuple[CaseFacts, ...], context: Context
) -> Sentence | None:
    if task.kind != "ballot":
        return why_not(definition, round_, task, cases, context)
    ballot = sitting.entry.ballot
    person = context.actor.holder
    if ballot is None or person not in ballot.electorate:
        return sentence("You have no vote here.")
    return sentence("You have voted already; a vote cannot be changed here.") if person in ballot.voted else None
