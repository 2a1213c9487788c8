"""Wrong files: each mistake is found with its code, at its line, with what would be right.

Expected problems stand in the files themselves, as comments `#! code` at the end of the line.
"""

import re

import pytest

from workflow.calendar import chinese_calendar
from workflow.definition.loading import Loaded, load_definition
from workflow.definition.loading.document import MOST_BYTES
from workflow.engine.checking import check

HEAD = """\
key: small
title: {zh: 小, en: Small}
start: {role: clerk, at: township}
"""
PEOPLE = "people: {boss: {role: boss, at: township}}\n"
FIELDS = """\
fields:
  days: {type: number, label: {zh: 天数, en: Days}, required: true}
  kind: {type: choice, label: {zh: 类, en: Kind}, required: true, options: {worker: {zh: 职工, en: Worker}, head: {zh: 负责人, en: Head}}}
  day:  {type: date, label: {zh: 日, en: Day}}
"""
STATES = """\
states:
  draft:  {label: {zh: 草稿, en: Draft}, task: {who: starter}, to: {submit: review}}
  review: {label: {zh: 审核, en: Review}, task: {who: boss}, to: {approve: done}}
  done:   {end: {zh: 办结, en: Done}}
"""
REVIEW = """\
states:
  draft:  {task: {who: starter}, to: {submit: review}}
  review:
"""
DONE = """\
  done:   {end: {zh: 办结, en: Done}}
"""
_MARK = re.compile(r"#! (?P<codes>.*)")


def found(text: str) -> list[tuple[int, str]]:
    return [(problem.line or 0, problem.code) for problem in load_definition(text).problems]


def marked(text: str) -> list[tuple[int, str]]:
    """The problems that the comments of a file announce."""
    return [
        (number, code)
        for number, line in enumerate(text.splitlines(), 1)
        if (mark := _MARK.search(line)) is not None
        for code in mark["codes"].split()
    ]


def said(text: str) -> str:
    return " ".join(problem.say("en") for problem in load_definition(text).problems)


def a_review(inner: str) -> str:
    """A definition whose second state is written by the test."""
    lines = "".join(f"    {line}\n" for line in inner.strip("\n").split("\n"))
    return HEAD + PEOPLE + FIELDS + REVIEW + lines + DONE


def loaded(text: str) -> Loaded:
    return load_definition(text)


WRONG: dict[str, str] = {
    # --- unknown_name
    "state in a target": a_review("task: {who: boss}\nto:\n  approve: donne   #! unknown_name\n  reject: done"),
    "state in a list of targets": a_review(
        "task: {who: boss}\nto:\n  approve:\n    - {to: don, when: days > 3}   #! unknown_name\n    - done"
    ),
    "people in who": a_review("task: {who: bos}   #! unknown_name\nto: {approve: done}"),
    "people in a list": a_review("task:\n  who:\n    - boss\n    - bosss   #! unknown_name\nto: {approve: done}"),
    "people who are told": a_review("task: {who: boss}\ntell: [strter]   #! unknown_name\nto: {approve: done}"),
    "field in edit": a_review("task: {who: boss, edit: [dayz]}   #! unknown_name\nto: {approve: done}"),
    "field in hide": a_review("task: {who: boss, hide: [kindd]}   #! unknown_name\nto: {approve: done}"),
    "field in a notice": a_review("notice: {length: 3 days, show: [dais]}   #! unknown_name\nto: {clear: done}"),
    "field in an expression": a_review(
        "task: {who: boss}\nto:\n  approve: [{to: done, when: dayz > 3}, done]   #! unknown_name"
    ),
    "option of a choice": a_review(
        "task: {who: boss}\nto:\n  approve: [{to: done, when: 'kind == \"hed\"'}, done]   #! unknown_name"
    ),
    "figure of a state": a_review(
        "ballot: {who: boss}\nto: {pass: [{to: done, when: review.yess > 3}, done], fail: done}   #! unknown_name"
    ),
    "trigger in a map of decide": a_review(
        "tasks: {a: {who: boss}}\ndecide: {aprove: approve == 1}   #! unknown_name\nto: {approve: done}"
    ),
    "trigger that is automatic": a_review(
        "task: {who: boss, automatic: {vacant: aprove}}   #! unknown_name\nto: {approve: done}"
    ),
    "trigger that an own word counts as": a_review(
        "tasks: {a: {who: boss, answers: {fine: aprove}}}   #! unknown_name\nto: {approve: done}"
    ),
    "trigger that wants an opinion": a_review(
        "task: {who: boss, opinion: [aprove]}   #! unknown_name\nto: {approve: done}"
    ),
    "trigger with a label": HEAD
    + PEOPLE
    + STATES
    + "triggers:\n  aprove: {label: {zh: 同意, en: Approve}}   #! unknown_name\n",
    "moment of a term": a_review("task: {who: boss, due: 3 days after dai}   #! unknown_name\nto: {approve: done}"),
    "moment of a reminder": a_review(
        "task: {who: boss, due: day}\nremind: [1 day before dua]   #! unknown_name\nto: {approve: done}"
    ),
    "task after which one opens": a_review(
        "tasks:\n  first: {who: boss}\n  second: {who: boss, after: frist}   #! unknown_name\nto: {approve: done}"
    ),
    "rows that are called": a_review("call: {definition: visit, each: rowz}   #! unknown_name\nto: {done: done}"),
    "person concerned": HEAD + PEOPLE + "concerns: bosss   #! unknown_name\n" + STATES,
    "field of once": HEAD + PEOPLE + FIELDS + "once: [unit, dayz]   #! unknown_name\n" + STATES,
    "once names a round": HEAD + PEOPLE + "once: [round]   #! unknown_name\n" + STATES,
    "people who see": HEAD + PEOPLE + "see: [bos]   #! unknown_name\n" + STATES,
    "people who are recused": HEAD + PEOPLE + "recuse: {starter: [bos]}   #! unknown_name\n" + STATES,
    "states of twice": HEAD + PEOPLE + "recuse: {twice: [review, donee]}   #! unknown_name\n" + STATES,
    "field of a person": HEAD + "people: {boss: {person: dayz}}   #! unknown_name\n" + FIELDS + STATES,
    "field of a contact": HEAD + "people: {boss: {person: kind, link: mobil}}   #! unknown_name\n" + FIELDS + STATES,
    "field to climb from": HEAD
    + "people: {boss: {role: boss, at: township, of: owner}}   #! unknown_name\n"
    + FIELDS
    + STATES,
    "state of who decided": HEAD + "people: {boss: {decided: reviw}}   #! unknown_name\n" + STATES,
    "built-in operation": HEAD + PEOPLE + STATES + "operations: {transfr: never}   #! unknown_name\n",
    "field that no expression could read": HEAD
    + PEOPLE
    + STATES
    + "fields:\n  in: {type: number, label: {zh: 进, en: In}}   #! wrong_type\n",
    "column that is computed": HEAD
    + PEOPLE
    + STATES
    + "fields:\n  t:\n    type: table\n    label: {zh: 表, en: T}\n    columns:\n"
    + "      a: {type: number, label: {zh: 甲, en: A}, value: 1}   #! unknown_key\n"
    + "      b: {type: number, label: {zh: 乙, en: B}, required: a > 1}   #! wrong_type unknown_name\n",
    "number that is none": HEAD + PEOPLE + 'number: "A-{year}"   #! wrong_type\n' + STATES,
    "part of a number": HEAD + PEOPLE + 'number: "A-{yaer}"   #! unknown_name\n' + STATES,
    "part of a subject": HEAD + PEOPLE + 'subject: "{nam}"   #! unknown_name\n' + STATES,
    "field of a plausible sentence": HEAD
    + PEOPLE
    + "fields:\n  a: {type: integer, label: {zh: 甲, en: A}, plausible: [not above memberz]}   #! unknown_name\n"
    + STATES,
    "choice of a number for each": HEAD
    + PEOPLE
    + "fields:\n  a: {type: number_each, of: kinds, label: {zh: 甲, en: A}}   #! unknown_name\n"
    + STATES,
    "new name of a state": HEAD + PEOPLE + STATES + "renames: {states: {old: donee}}   #! unknown_name\n",
    "anytime in a state": HEAD
    + PEOPLE
    + STATES
    + "anytime: {withdraw: {by: starter, in: [reviw], to: done}}   #! unknown_name\n",
    "people of anytime": HEAD + PEOPLE + STATES + "anytime: {withdraw: {by: strter, to: done}}   #! unknown_name\n",
    # --- unknown_key
    "key of the file": HEAD + PEOPLE + STATES + "proove: []   #! unknown_key\n",
    "key of a spec": HEAD + "people: {boss: {role: boss, att: township, at: township}}   #! unknown_key\n" + STATES,
    "key of recusal": HEAD + PEOPLE + "recuse: {startr: [boss]}   #! unknown_key\n" + STATES,
    "key of a field": HEAD
    + PEOPLE
    + "fields:\n  a:\n    type: text\n    label: {zh: 甲, en: A}\n    maximum: 3   #! unknown_key\n"
    + STATES,
    "key of a column": HEAD
    + PEOPLE
    + "fields:\n  a: {type: table, label: {zh: 甲, en: A}, columns: {b: {type: text, lable: 乙, label: {zh: 乙, en: B}}}}   #! unknown_key\n"
    + STATES,
    "key of a source": HEAD
    + PEOPLE
    + "fields:\n  a: {type: integer, label: {zh: 甲, en: A}, from: {register: unit.members, unit: 1}}   #! unknown_key\n"
    + STATES,
    "key of a check": HEAD
    + PEOPLE
    + FIELDS
    + "checks:\n  - {that: days > 3, sya: {zh: 甲, en: A}}   #! unknown_key\n"
    + STATES,
    "key of a state": a_review("task: {who: boss}\nreminds: [3 days]   #! unknown_key\nto: {approve: done}"),
    "key of a task": a_review("task: {who: boss, edits: [days]}   #! unknown_key\nto: {approve: done}"),
    "key of one of the tasks": a_review("tasks: {a: {who: boss, whn: days > 3}}   #! unknown_key\nto: {approve: done}"),
    "key of what is automatic": a_review(
        "task: {who: boss, automatic: {vacnt: approve}}   #! unknown_key\nto: {approve: done}"
    ),
    "key of a ballot": a_review("ballot: {who: boss, quorom: cast > 3}   #! unknown_key\nto: {pass: done, fail: done}"),
    "key of a score": a_review(
        "score: {who: boss, criteria: {a: 10}, atleast: 3}   #! unknown_key\nto: {scored: done}"
    ),
    "key of a notice": a_review("notice: {lenght: 3 days, length: 3 days}   #! unknown_key\nto: {clear: done}"),
    "key of objections": a_review(
        "notice: {length: 3 days, objections: {who: boss, signs: 2}}   #! unknown_key\nto: {clear: done, upheld: done}"
    ),
    "key of a wait": a_review("wait: {untill: 3 days, until: 3 days}   #! unknown_key\nto: {expired: done}"),
    "key of a call": a_review("call: {definition: visit, eech: a}   #! unknown_key\nto: {done: done}"),
    "key of a target": a_review("task: {who: boss}\nto:\n  approve: {to: done, if: days > 3}   #! unknown_key"),
    "key of a label": a_review(
        "label: {zh: 审, en: R, fr: R}   #! unknown_key\ntask: {who: boss}\nto: {approve: done}"
    ),
    "key of a reminder": a_review(
        "task: {who: boss}\nremind: [{at: 3 days, two: boss}]   #! unknown_key\nto: {approve: done}"
    ),
    "key of an escalation": a_review(
        "task: {who: boss}\nescalate: [{at: 3 days, to: up, whom: boss}]   #! unknown_key\nto: {approve: done}"
    ),
    "key of an extension": a_review(
        "task: {who: boss, due: 3 days}\nextend: {by: 3 days, time: 2}   #! unknown_key\nto: {approve: done}"
    ),
    "key of who is told": a_review(
        "task: {who: boss}\ntell: [{who: boss, txt: a}]   #! unknown_key\nto: {approve: done}"
    ),
    "key of an effect": a_review(
        "task: {who: boss}\ndo: [{grant: {honour: a, too: boss, to: boss}}]   #! unknown_key\nto: {approve: done}"
    ),
    "key of anytime": HEAD
    + PEOPLE
    + STATES
    + "anytime: {withdraw: {by: starter, into: done, to: done}}   #! unknown_key\n",
    "key of a trigger": HEAD + PEOPLE + STATES + "triggers: {approve: {sens: stop}}   #! unknown_key\n",
    "an end has no targets": HEAD
    + PEOPLE
    + "states:\n  draft: {task: {who: boss}, to: {submit: done}}\n  done:\n    end: {zh: 办结, en: Done}\n    to: {submit: draft}   #! unknown_key\n",
    "key of a list of terms": a_review(
        "task:\n  who: boss\n  due:\n    - {due: 3 days, wenn: days > 3}   #! unknown_key\nto: {approve: done}"
    ),
    # --- duplicate_key
    "a key twice": HEAD + PEOPLE + STATES + "title: {zh: 大, en: Large}   #! duplicate_key\n",
    "a state twice": HEAD + PEOPLE + STATES + "  done: {end: {zh: 又, en: Again}}   #! duplicate_key\n",
    "a key twice in one line": a_review("task: {who: boss, who: starter}   #! duplicate_key\nto: {approve: done}"),
    # --- wrong_type
    "no title": "key: small   #! wrong_type\n" + STATES.replace("boss", "starter"),
    "no states": HEAD.replace("key: small\n", "key: small   #! wrong_type\n") + PEOPLE,
    "a name with capitals": HEAD + PEOPLE + STATES + "  Done2: {end: {zh: 办, en: D}}   #! wrong_type\n",
    "no activity": a_review("to: {approve: done}").replace(
        "  review:\n    to: {approve: done}", "  review:\n    to: {approve: done}   #! wrong_type"
    ),
    "two activities": a_review(
        "task: {who: boss}   #! wrong_type\nwait: {until: 3 days}\nto: {approve: done, expired: done}"
    ),
    "a state called any": HEAD + PEOPLE + STATES + "  any: {end: {zh: 任, en: Any}}   #! wrong_type\n",
    "a state called cancelled": HEAD + PEOPLE + STATES + "  cancelled: {end: {zh: 取消, en: C}}   #! wrong_type\n",
    "nobody is named": a_review("task: {edit: [days]}   #! wrong_type\nto: {approve: done}"),
    "a role without a place": HEAD + "people: {boss: {role: boss}}   #! wrong_type\n" + STATES,
    "two kinds of people": HEAD
    + "people: {boss: {role: boss, at: township, person: kind}}   #! wrong_type\n"
    + FIELDS
    + STATES,
    "members of something else": HEAD + "people: {boss: {members: township}}   #! wrong_type\n" + STATES,
    "a draw of none": HEAD + "people: {boss: {role: boss, at: township, draw: 0}}   #! wrong_type\n" + STATES,
    "vacant somehow": HEAD + "people: {boss: {role: boss, at: township, vacant: down}}   #! wrong_type\n" + STATES,
    "a field without type": HEAD + PEOPLE + "fields: {a: {label: {zh: 甲, en: A}}}   #! wrong_type\n" + STATES,
    "a type that is none": HEAD
    + PEOPLE
    + "fields: {a: {type: txt, label: {zh: 甲, en: A}}}   #! wrong_type\n"
    + STATES,
    "a choice without options": HEAD
    + PEOPLE
    + "fields: {a: {type: choice, label: {zh: 甲, en: A}}}   #! wrong_type\n"
    + STATES,
    "a table without columns": HEAD
    + PEOPLE
    + "fields: {a: {type: table, label: {zh: 甲, en: A}}}   #! wrong_type\n"
    + STATES,
    "a table in a table": HEAD
    + PEOPLE
    + "fields:\n  a:\n    type: table\n    label: {zh: 甲, en: A}\n    columns:\n"
    + "      x: {type: text, label: {zh: 丙, en: X}}\n"
    + "      b: {type: table, label: {zh: 乙, en: B}, columns: {c: {type: text, label: {zh: 丙, en: C}}}}   #! wrong_type\n"
    + STATES,
    "a default that does not fit": HEAD
    + PEOPLE
    + "fields: {a: {type: integer, label: {zh: 甲, en: A}, default: 甲}}   #! wrong_type\n"
    + STATES,
    "a default that is no option": HEAD
    + PEOPLE
    + "fields: {a: {type: choice, label: {zh: 甲, en: A}, options: {x: {zh: 一, en: X}}, default: y}}   #! wrong_type\n"
    + STATES,
    "a bound that is none": HEAD
    + PEOPLE
    + "fields: {a: {type: date, label: {zh: 甲, en: A}, min: tomorrow}}   #! wrong_type\n"
    + STATES,
    "a bound that is no day": HEAD
    + PEOPLE
    + "fields: {a: {type: date, label: {zh: 甲, en: A}, min: 2026-02-30}}   #! wrong_type\n"
    + STATES,
    "a term of a text": HEAD
    + PEOPLE
    + "fields: {a: {type: text, label: {zh: 甲, en: A}, term: 3 days}}   #! wrong_type\n"
    + STATES,
    "a size that is none": HEAD
    + PEOPLE
    + "fields: {a: {type: files, label: {zh: 甲, en: A}, max_size: big}}   #! wrong_type\n"
    + STATES,
    "two sources": HEAD
    + PEOPLE
    + "fields: {a: {type: integer, label: {zh: 甲, en: A}, from: {previous: a, indicator: b}}}   #! wrong_type\n"
    + STATES,
    **{
        f"source: {name}": HEAD
        + PEOPLE
        + FIELDS
        + f"  a: {{type: {type_}, label: {{zh: 甲, en: A}}, from: {{{source}}}}}   #! {code}\n"
        + STATES
        for name, type_, source, code in (
            ("case before", "number", "previous: dayz", "unknown_name"),
            ("round of none before", "text", "previous: round.minutes", "unknown_name"),
            ("whose column", "integer", "register: units.members", "unknown_name"),
            ("column of nobody", "integer", "register: members", "unknown_name"),
            ("misspelt column", "integer", "register: unit.membres", "unknown_name"),
            ("column of another type", "date", "register: unit.members", "wrong_type"),
            ("state now", "integer", "cases: small, in: [dones]", "unknown_name"),
            ("state passed", "integer", "cases: small, passed: reviews", "unknown_name"),
            ("state of delay", "integer", "cases: small, overdue: revue", "unknown_name"),
            ("field that is summed", "number", "cases: small, take: sum, value: dais", "unknown_name"),
            ("field that is the same", "integer", "cases: small, same: [dais]", "unknown_name"),
            ("sum of what", "number", "cases: other, take: sum", "wrong_type"),
            ("latest what", "number", "cases: other, take: latest", "wrong_type"),
            ("sum of texts", "number", "cases: small, take: sum, value: kind", "wrong_type"),
            ("sum as a date", "date", "cases: other, take: sum, value: amount", "wrong_type"),
            ("count as a text", "text", "cases: other", "wrong_type"),
            ("date as a number", "number", "previous: day", "wrong_type"),
            ("latest as a date", "date", "cases: small, take: latest, value: days", "wrong_type"),
            ("figure as a text", "text", "indicator: rate", "wrong_type"),
            ("what is known of an honour", "text", "honours: hero, take: latest, value: levl", "unknown_name"),
            (
                "date of an honour as a number",
                "integer",
                "honours: hero, take: latest, value: granted_on",
                "wrong_type",
            ),
        )
    },
    "a plausible sentence that is none": HEAD
    + PEOPLE
    + "fields: {a: {type: integer, label: {zh: 甲, en: A}, plausible: [about 3]}}   #! wrong_type\n"
    + STATES,
    "a truth that is none": HEAD
    + PEOPLE
    + "fields: {a: {type: text, label: {zh: 甲, en: A}, personal: yes}}   #! wrong_type\n"
    + STATES,
    "a check of nothing": HEAD + PEOPLE + FIELDS + "checks:\n  - {say: {zh: 甲, en: A}}   #! wrong_type\n" + STATES,
    "an else that is none": HEAD
    + PEOPLE
    + FIELDS
    + "checks:\n  - {that: days > 3, else: tell}   #! wrong_type\n"
    + STATES,
    "a rule of decide": a_review("tasks: {a: {who: boss}}\ndecide: some   #! wrong_type\nto: {approve: done}"),
    "a then that is none": a_review(
        "task: {who: boss}\nto: {return: {to: draft, then: back}, approve: done}   #! wrong_type"
    ),
    "a sense that is none": HEAD + PEOPLE + STATES + "triggers: {approve: {sense: sideways}}   #! wrong_type\n",
    "a ballot of nobody": a_review("ballot: {secret: true}   #! wrong_type\nto: {pass: done, fail: done}"),
    "a ballot in both ways": a_review(
        "ballot: {who: boss, recorded_by: boss}   #! wrong_type\nto: {pass: done, fail: done}"
    ),
    "a score without criteria": a_review("score: {who: boss}   #! wrong_type\nto: {scored: done}"),
    "a score of nobody": a_review("score: {criteria: {a: 10}}   #! wrong_type\nto: {scored: done}"),
    "a drop that is none": a_review(
        "score: {who: boss, criteria: {a: 10}, drop: [best]}   #! wrong_type\nto: {scored: done}"
    ),
    "a notice without length": a_review("notice: {show: [days]}   #! wrong_type\nto: {clear: done}"),
    "objections to nobody": a_review(
        "notice: {length: 3 days, objections: {sign: 2}}   #! wrong_type\nto: {clear: done, upheld: done}"
    ),
    "a clock that is none": a_review("task: {who: boss}\nclock: stops   #! wrong_type\nto: {approve: done}"),
    "a call of nothing": a_review("call: {unit: township}   #! wrong_type\nto: {done: done}"),
    "an extension by nothing": a_review(
        "task: {who: boss, due: 3 days}\nextend: {times: 2}   #! wrong_type\nto: {approve: done}"
    ),
    "no tasks": a_review("tasks: {}   #! wrong_type\nto: {approve: done}"),
    "an empty task": a_review("task:   #! wrong_type\nto: {approve: done}"),
    "a wait for nothing": a_review("wait: {}   #! wrong_type\nto: {expired: done}"),
    "a target of nowhere": a_review("task: {who: boss}\nto: {approve: {when: days > 3}}   #! wrong_type"),
    "two effects in one": a_review(
        "task: {who: boss}\ndo: [{grant: {honour: a, to: boss}, revoke: {honour: a, from: boss}}]   #! wrong_type\nto: {approve: done}"
    ),
    "an effect that lacks something": a_review(
        "task: {who: boss}\ndo: [{grant: {to: boss}}]   #! wrong_type\nto: {approve: done}"
    ),
    "anytime by nobody": HEAD + PEOPLE + STATES + "anytime: {withdraw: {to: done}}   #! wrong_type\n",
    "anytime to nowhere": HEAD + PEOPLE + STATES + "anytime: {withdraw: {by: starter}}   #! wrong_type\n",
    "paper cannot be forbidden": HEAD + PEOPLE + STATES + "operations: {paper: never}   #! wrong_type\n",
    "administrators may suspend": HEAD + PEOPLE + STATES + "operations: {suspend: never}   #! wrong_type\n",
    "administrators may resume": HEAD + PEOPLE + STATES + "operations: {resume: never}   #! wrong_type\n",
    "administrators may reassign": HEAD + PEOPLE + STATES + "operations: {reassign: never}   #! wrong_type\n",
    "then belongs to a target": HEAD
    + PEOPLE
    + STATES
    + "anytime: {reject: {by: boss, to: draft, then: resume}}   #! unknown_key\n",
    "people that go round in a circle": HEAD
    + "people:\n  boss: [chief]   #! cyclic_value\n  chief: [boss]   #! cyclic_value\n"
    + STATES,
    "an anchor": HEAD + PEOPLE.replace("{role", "&b {role").replace("\n", "   #! wrong_type\n") + STATES,
    "an alias": HEAD + "people:\n  boss: {role: boss, at: township}\n  chief: *boss   #! wrong_type\n" + STATES,
    "a tag": HEAD + "people: !!map {boss: {role: boss, at: township}}   #! wrong_type\n" + STATES,
    "two documents": HEAD + PEOPLE + STATES + "---   #! wrong_type\nkey: other\n",
    # --- bad_term
    "a term that is none": a_review("task: {who: boss, due: soon enough}   #! bad_term\nto: {approve: done}"),
    "a term in workdays": a_review("task: {who: boss, due: 3 workdays}   #! bad_term\nto: {approve: done}"),
    "a term with half a day": a_review("task: {who: boss, due: 1.5 days}   #! bad_term\nto: {approve: done}"),
    "a time of the day that is none": a_review(
        "task: {who: boss, due: 3 days at 25:00}   #! bad_term\nto: {approve: done}"
    ),
    "a day that is none": a_review("task: {who: boss, due: 31 February}   #! bad_term\nto: {approve: done}"),
    "a day of no month": a_review("task: {who: boss, due: day 32 of the month}   #! bad_term\nto: {approve: done}"),
    "hours at a time of the day": a_review(
        "task: {who: boss, due: 3 hours at 09:00}   #! bad_term\nto: {approve: done}"
    ),
    "too long a time": a_review("task: {who: boss, due: 999999 days}   #! bad_term\nto: {approve: done}"),
    "due counted from due": a_review("task: {who: boss, due: 3 days after due}   #! bad_term\nto: {approve: done}"),
    "a reminder from a deadline that is not there": a_review(
        "task: {who: boss}\nremind: [1 day before due]   #! bad_term\nto: {approve: done}"
    ),
    "an escalation from a deadline that is not there": a_review(
        "task: {who: boss}\nescalate: {at: 1 day after due, to: up}   #! bad_term\nto: {approve: done}"
    ),
    "a reminder of a wait without an end": a_review(
        "wait: {for: [finish]}\nremind: [{at: 1 day before due, to: boss}]   #! bad_term\nto: {finish: done}"
    ),
    "a repeat that is none": a_review("task: {who: boss}\nremind: [every often]   #! bad_term\nto: {approve: done}"),
    "a pause in working days": a_review(
        "task: {who: boss, due: 3 days}\npause: 3 working days   #! bad_term\nto: {approve: done}"
    ),
    "an extension that is no span": a_review(
        "task: {who: boss, due: 3 days}\nextend: day   #! bad_term\nto: {approve: done}"
    ),
    # --- bad_expression
    "an expression that breaks off": a_review(
        "task: {who: boss}\nto: {approve: {to: done, when: days >}}   #! bad_expression"
    ),
    "a text compared with a number": a_review(
        "task: {who: boss}\nto: {approve: {to: done, when: kind > 3}}   #! bad_expression"
    ),
    "a number where a truth is wanted": a_review(
        "task: {who: boss}\nto: {approve: {to: done, when: days + 1}}   #! bad_expression"
    ),
    "an index of a list": HEAD
    + PEOPLE
    + "fields:\n  t: {type: table, label: {zh: 甲, en: A}, columns: {n: {type: integer, label: {zh: 乙, en: B}}}}\n"
    + "  n: {type: number, label: {zh: 乙, en: B}, value: 't[0].n'}   #! bad_expression\n"
    + STATES,
    "size": HEAD
    + PEOPLE
    + "fields:\n  s: {type: text, label: {zh: 甲, en: A}}\n  n: {type: number, label: {zh: 乙, en: B}, value: size(s)}   #! bad_expression\n"
    + STATES,
    "two comprehensions": HEAD
    + PEOPLE
    + "fields:\n  t: {type: table, label: {zh: 甲, en: A}, columns: {n: {type: integer, label: {zh: 乙, en: B}}}}\n"
    + "  y: {type: yes_no, label: {zh: 乙, en: B}, value: 't.all(r, r.n > 1) && t.exists(r, r.n > 2)'}   #! bad_expression\n"
    + STATES,
    "a pattern that is none": a_review(
        "task: {who: boss}\nto: {approve: {to: done, when: 'unit.name.matches(\"[\")'}}   #! bad_expression"
    ),
    # --- too_large
    "too long an expression": a_review(
        f"task: {{who: boss}}\nto: {{approve: {{to: done, when: 'days > {'1' * 500}'}}}}   #! too_large"
    ),
    "too many rows": HEAD
    + PEOPLE
    + "fields:\n  t:\n    type: table\n    label: {zh: 甲, en: A}\n    max: 201   #! too_large\n    columns: {n: {type: integer, label: {zh: 乙, en: B}}}\n"
    + STATES,
    "too deep": HEAD + PEOPLE + STATES + "about: " + "[" * 12 + "]" * 12 + "   #! too_large\n",
    "too long a list": a_review(
        f"task: {{who: boss}}\nto: {{approve: {{to: done, when: 'days in [{', '.join('1' * 1 for _ in range(201))}]'}}}}   #! too_large"
    ),
    # --- the whole
    "a state that nothing leads to": HEAD + PEOPLE + STATES + "  lost: {end: {zh: 丢, en: Lost}}   #! unreachable\n",
    "tasks that wait for each other": a_review(
        "tasks:\n  a: {who: boss, after: b}   #! dead_end\n  b: {who: boss, after: a}   #! dead_end\nto: {approve: done}"
    ),
    "a state that leads nowhere": a_review("task: {who: boss}   #! dead_end").replace(
        "  done:   {end: {zh: 办结, en: Done}}\n", ""
    ),
    "a ballot that may fail": a_review("ballot: {who: boss}\nto: {pass: done}   #! missing_trigger"),
    "a score": a_review("score: {who: boss, criteria: {a: 10}}\nto: {finish: done}   #! missing_trigger never_fired"),
    "objections that may be upheld": a_review(
        "notice: {length: 3 days, objections: {who: boss}}\nto: {clear: done}   #! missing_trigger"
    ),
    "a notice that ends": a_review(
        "notice: {length: 3 days, objections: {who: boss}}\nto: {upheld: done}   #! missing_trigger"
    ),
    "a wait with an end": a_review("wait: {until: 3 days, for: [finish]}\nto: {finish: done}   #! missing_trigger"),
    "a wait for a signal": a_review("wait: {until: 3 days, for: [finish]}\nto: {expired: done}   #! missing_trigger"),
    "a call that is done": a_review("call: {definition: visit}\nto: {finish: done}   #! missing_trigger never_fired"),
    "upheld without objections": a_review(
        "notice: {length: 3 days}\nto:\n  clear: done\n  upheld: done   #! never_fired"
    ),
    "corrected without fields": a_review(
        "notice: {length: 3 days, objections: {who: boss}}\nto:\n  clear: done\n  upheld: done\n  corrected: draft   #! never_fired"
    ),
    "pass of a task": a_review("task: {who: boss}\nto:\n  approve: done\n  pass: done   #! never_fired"),
    "a signal that is not waited for": a_review(
        "wait: {until: 3 days}\nto:\n  expired: done\n  finish: done   #! never_fired"
    ),
    "expired without a deadline": a_review(
        "task: {who: boss}\nto:\n  approve: done\n  expired: draft   #! expired_without_due"
    ),
    "expired of tasks without a deadline": a_review(
        "tasks: {a: {who: boss}}\nto:\n  approve: done\n  expired: draft   #! expired_without_due"
    ),
    "together without a round": a_review(
        "together: {until: all}   #! together_without_round\ntask: {who: boss}\nto: {approve: done}"
    ),
    "a value of itself": HEAD
    + PEOPLE
    + "fields:\n  a: {type: number, label: {zh: 甲, en: A}, value: b + 1}   #! cyclic_value\n"
    + "  b: {type: number, label: {zh: 乙, en: B}, value: a + 1}   #! cyclic_value\n"
    + STATES,
    "all with two ways forward": a_review(
        "tasks: {a: {who: boss}}\nto: {approve: done, finish: done}   #! not_one_forward"
    ),
    "all with none": a_review("tasks: {a: {who: boss}}\nto: {reject: done}   #! not_one_forward"),
    "in turn with two": a_review(
        "tasks: {a: {who: boss}}\ndecide: in_turn\nto: {approve: done, finish: done}   #! not_one_forward"
    ),
    # --- warnings
    "a field without a label": HEAD + PEOPLE + "fields: {a: {type: text}}   #! no_label\n" + STATES,
    "a label in one language": HEAD + PEOPLE + "fields: {a: {type: text, label: 甲}}   #! no_label\n" + STATES,
    "half a label": HEAD + PEOPLE + "fields: {a: {type: text, label: {zh: 甲}}}   #! no_label\n" + STATES,
    "a trigger without a label": a_review("task: {who: boss}\nto:\n  send_up: done   #! no_label"),
    "options without labels": HEAD
    + PEOPLE
    + "fields: {a: {type: choice, label: {zh: 甲, en: A}, options: [x, y]}}   #! no_label\n"
    + STATES,
    "a target after an else": a_review(
        "task: {who: boss}\nto:\n  approve: [done, {to: draft, when: days > 3}]   #! shadowed"
    ),
    "a guard upon what may be empty": HEAD
    + PEOPLE
    + "fields: {a: {type: number, label: {zh: 甲, en: A}}}\n"
    + REVIEW
    + "    task: {who: boss}\n    to:\n      approve: [{to: done, when: a > 3}, draft]   #! may_fail\n"
    + DONE,
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_mistake_is_found_at_its_line(text: str) -> None:
    assert marked(text) == found(text)


@pytest.mark.parametrize(
    "text",
    [HEAD + PEOPLE + FIELDS + STATES, a_review("task: {who: boss}\nto: {approve: done}")],
)
def test_sound_file_has_no_problem(text: str) -> None:
    assert load_definition(text).problems == ()


HINTS = {
    a_review("task: {who: boss}\nto: {approve: donne}"): ("There is no state “donne”.", "Did you mean “done”?"),
    a_review("task: {who: bos}\nto: {approve: done}"): ("There are no people “bos”.", "Did you mean “boss”?"),
    a_review("task: {who: boss, edit: [daays]}\nto: {approve: done}"): (
        "There is no field “daays”.",
        "Did you mean “days”?",
    ),
    a_review("task: {who: boss}\nto: {approve: {to: done, when: daays > 3}}"): (
        "There is no “daays”.",
        "Did you mean “days”?",
    ),
    a_review("task: {who: boss}\nto: {approve: {to: done, when: 'kind == \"hed\"'}}"): (
        "There is no “hed”.",
        "Did you mean “head”?",
    ),
    a_review("task: {who: boss, due: 3 days after dai}\nto: {approve: done}"): (
        "there is no moment “dai”",
        "Did you mean “day”?",
    ),
    a_review("tasks: {a: {who: boss, after: b}, bb: {who: boss}}\nto: {approve: done}"): (
        "“b” is not known here.",
        "Did you mean “bb”?",
    ),
    a_review("task: {who: boss, edits: [days]}\nto: {approve: done}"): (
        "There is no key “edits” here.",
        "Did you mean “edit”?",
    ),
    a_review("task: {who: boss, opinion: [aprove]}\nto: {approve: done}"): (
        "There is no trigger “aprove”.",
        "Did you mean “approve”?",
    ),
    HEAD + PEOPLE + "fields: {a: {type: integr, label: {zh: 甲, en: A}}}\n" + STATES: (
        "“integr” is none of",
        "Did you mean “integer”?",
    ),
    HEAD + PEOPLE + STATES + "operations: {transfr: never}\n": (
        "“transfr” is not known here.",
        "Did you mean “transfer”?",
    ),
    HEAD + PEOPLE + STATES + "title: {zh: 大, en: Large}\n": (
        "“title” stands here a second time",
        "the first is in line 2",
    ),
    a_review("task: {who: boss, due: 3 workdays}\nto: {approve: done}"): (
        "“3 workdays” is no time term.",
        "“3 working days”",
    ),
    a_review("ballot: {who: boss}\nto: {pass: done}"): (
        "The activity fires “fail”",
        "`to` does not say where it leads",
    ),
    a_review("task: {who: boss, due: day}\nto: {approve: done, pass: done}"): ("Nothing here ever fires “pass”.", ""),
    a_review("tasks: {a: {who: boss}}\nto: {approve: done, finish: done}"): (
        "needs just one forward trigger",
        "approve, finish",
    ),
    HEAD
    + PEOPLE
    + "fields:\n  s: {type: text, label: {zh: 甲, en: A}}\n  n: {type: number, label: {zh: 乙, en: B}, value: size(s)}\n"
    + STATES: ("There is no function “size”.", "Did you mean “count”?"),
}


@pytest.mark.parametrize(("text", "words"), HINTS.items())
def test_mistake_says_what_is_wrong_and_what_would_be_right(text: str, words: tuple[str, str]) -> None:
    told = said(text)

    assert [word for word in words if word not in told] == []


def test_place_is_told_in_the_words_of_the_file() -> None:
    text = a_review("task: {who: boss}\nto:\n  approve: donne\n  reject: done")

    assert [problem.at for problem in load_definition(text).problems] == ["states.review.to.approve"]


def test_place_of_a_duplicate_is_told() -> None:
    text = a_review("task: {who: boss, who: starter}\nto: {approve: done}")

    assert [problem.at for problem in load_definition(text).problems] == ["states.review.task.who"]


def test_several_mistakes_are_reported_at_once() -> None:
    text = (
        HEAD
        + "people: {boss: {role: boss, at: township, vacant: down}}   #! wrong_type\n"
        + "fields:\n"
        + "  days: {type: numbr, label: {zh: 天数, en: Days}}   #! wrong_type\n"
        + "  day:  {type: date, label: {zh: 日, en: Day}, term: 3 workdays}   #! bad_term\n"
        + "checks: [{that: dais > 3}]   #! unknown_name\n"
        + "states:\n"
        + "  draft:  {task: {who: starter, edit: [dayz]}, to: {submit: review}}   #! unknown_name\n"
        + "  review: {task: {who: bos, due: 3 days before dai}, to: {approve: donne}}   #! unknown_name unknown_name unknown_name\n"
        + "  review: {task: {who: boss}, to: {approve: done}}   #! duplicate_key\n"
        + "  done:   {end: {zh: 办结, en: Done}}\n"
        + "operations: {urge: soonish often}   #! bad_term\n"
        + "proove: []   #! unknown_key\n"
    )

    assert marked(text) == found(text)


def test_sound_part_of_the_whole_is_looked_at_beside_a_mistake() -> None:
    text = (
        HEAD
        + PEOPLE
        + "see: [bos]   #! unknown_name\n"
        + STATES
        + "  lost: {end: {zh: 丢, en: Lost}}   #! unreachable\n"
    )

    assert marked(text) == found(text)


def test_definition_with_warnings_only_is_sound() -> None:
    text = a_review("task: {who: boss}\nto: {send_up: done}")

    assert load_definition(text).definition is not None
    assert [problem.code for problem in load_definition(text).problems if problem.warning] == ["no_label"]


def test_definition_with_an_error_is_none() -> None:
    assert load_definition(a_review("task: {who: bos}\nto: {approve: done}")).definition is None


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("key: [", "wrong_type", 1),
        ("key: small\ntitle: {zh: 小, en: Small\nstates: {}\n", "wrong_type", 3),
        ("key: 'a\n", "wrong_type", 2),
        ("- a\n- b\n", "wrong_type", 1),
        ("small", "wrong_type", 1),
        ("", "wrong_type", 1),
        ("\tkey: small", "wrong_type", 1),
        ("key: small\x00", "wrong_type", 1),
        ("#" + "x" * MOST_BYTES, "too_large", 1),
        ("a: " + "{a: " * 12 + "1" + "}" * 12, "too_large", 1),
        ("a:\n" + "".join(" " * n + "- \n" for n in range(1, 14)), "too_large", 13),
    ],
)
def test_text_that_is_no_document(text: str, code: str, line: int) -> None:
    problems = load_definition(text).problems

    assert [(problem.code, problem.line) for problem in problems] == [(code, line)]


def test_largest_file_and_the_deepest_are_taken() -> None:
    text = HEAD + PEOPLE + FIELDS + STATES
    padded = text + "#" + "x" * (MOST_BYTES - len(text.encode()) - 1)

    assert len(padded.encode()) == MOST_BYTES
    assert load_definition(padded).problems == ()
    assert "too_large" not in {code for _, code in found(text + "about: " + "[" * 11 + "]" * 11)}


@pytest.mark.parametrize(
    "word", ["on", "off", "yes", "no", "y", "n", "12:30", "12:30:00", "1_000", "2026-03-01", "=", "<<"]
)
def test_texts_stay_what_they_are(word: str) -> None:
    text = (
        HEAD + PEOPLE + f"fields: {{a: {{type: text, label: {{zh: {word}, en: {word}}}, default: {word}}}}}\n" + STATES
    )

    field = load_definition(text).sound().fields["a"]

    assert (word, word, word) == (field.label.zh, field.label.en, field.default)


@pytest.mark.parametrize("name", ["on", "no", "yes", "off"])
def test_names_stay_what_they_are(name: str) -> None:
    text = a_review(
        f"ballot: {{who: boss, choices: {{{name}: {{zh: 甲, en: A}}, other: {{zh: 乙, en: B}}}}, pass: {name} > 1}}\nto: {{pass: done, fail: done}}"
    )

    assert load_definition(text).problems == ()


@pytest.mark.parametrize(("word", "truth"), [("true", True), ("false", False), ("True", True), ("FALSE", False)])
def test_truths_are_truths(word: str, truth: bool) -> None:
    text = HEAD + PEOPLE + f"fields: {{a: {{type: text, label: {{zh: 甲, en: A}}, personal: {word}}}}}\n" + STATES

    assert load_definition(text).sound().fields["a"].personal is truth


CLAIMS = {
    "a claim that is none": ("done somehow after review", "bad_claim"),
    "a claim about a state that is not there": ("donne only after review", "bad_claim"),
    "a claim that counts too far": (f"done at most {'9' * 5000} times", "bad_claim"),
    "a claim that is wrong": ("done only after review.reject", "bad_claim"),
    "a claim that is refuted": ("review at most 1 times", "claim_refuted"),
    "a claim that holds": ("done only after review.approve", None),
}


@pytest.mark.parametrize(("claim", "code"), CLAIMS.values(), ids=CLAIMS.keys())
def test_claims_are_decided_when_the_file_is_checked(claim: str, code: str | None) -> None:
    text = a_review("task: {who: boss}\nto: {approve: done, return: draft}") + f"prove:\n  - {claim}\n"

    checked = check(text, None, {}, chinese_calendar())

    expected = [] if code is None else [(code, len(text.splitlines()))]
    assert expected == [(problem.code, problem.line) for problem in checked.problems]


def test_wrong_claims_and_stories_are_told_beside_what_is_wrong_with_the_definition() -> None:
    text = (
        a_review("task: {who: bos}\nto: {approve: done}") + "prove: [donne only after review, done at most 1 times]\n"
    )

    checked = check(text, "stories: [{stori: one}]", {}, chinese_calendar())

    last = len(text.splitlines())
    assert [(problem.line, problem.code) for problem in checked.errors] == [
        (12, "unknown_name"),
        (last, "bad_claim"),
        (1, "unknown_key"),
    ]


def test_story_that_fails_is_told_with_its_line() -> None:
    text = a_review("task: {who: boss}\nto: {approve: done}")
    stories = """\
units: {城东镇: {level: township}}
cast: {李强: {clerk: 城东镇}, 主任: {boss: 城东镇}}
stories:
  - story: right
    steps: [{by: 李强, start: {}}]
    expect: {state: draft}
  - story: wrong
    steps:
      - {by: 李强, start: {}}
      - {by: 主任, do: submit}
    expect: {state: review}
"""

    checked = check(text, stories, {}, chinese_calendar())

    assert [(problem.code, problem.line) for problem in checked.story_problems] == [("story_failed", 10)]
    assert checked.definition is None


def test_claim_that_is_refuted_comes_with_the_story_that_refutes_it() -> None:
    text = a_review("task: {who: boss}\nto: {approve: done, return: draft}") + "prove: [review at most 1 times]\n"

    told = check(text, None, {}, chinese_calendar()).counterexamples["prove[0]"]
    again = check(text.replace("\nprove:", "\n# "), told, {}, chinese_calendar())

    assert (again.stories, again.story_problems) == (1, ())


def test_problems_of_claims_stand_among_the_others_by_line() -> None:
    text = a_review("task: {who: boss}\ntell: [{who: boss, text: news}]\nto: {approve: done}")
    text = "prove: [donne only after review]\n" + text

    checked = check(text, None, {}, chinese_calendar())

    assert [(problem.line, problem.code) for problem in checked.problems] == [(1, "bad_claim"), (14, "absent")]


def test_definition_that_is_not_there_is_a_warning_where_it_is_known_which_are() -> None:
    text = a_review(
        "notice: {length: 5 days, objections: {who: boss, late: complaint}}   #! absent\n"
        "do: [{start: {definition: leave}}, {open: {round: league}}, {start: {definition: small}}]   #! absent absent\n"
        "to: {clear: done, upheld: done}"
    )

    def absent(others: list[str] | None) -> list[tuple[int | None, str]]:
        beside = None if others is None else dict.fromkeys(others, lambda: None)
        problems = check(text, None, {}, chinese_calendar(), beside).problems
        return [(problem.line, problem.code) for problem in problems]

    assert absent([]) == marked(text)
    assert absent(["complaint", "leave", "league"]) == []
    assert absent(None) == []


OTHER = (
    HEAD.replace("small", "aid")
    + PEOPLE
    + "fields: {amount: {type: money, label: {zh: 金额, en: Amount}}, name: {type: text, label: {zh: 名, en: Name}}}\n"
    + STATES
)


@pytest.mark.parametrize(
    ("type_", "source", "code"),
    [
        ("integer", "in: [dne]", "unknown_name"),
        ("integer", "passed: reviw", "unknown_name"),
        ("integer", "overdue: reviw", "unknown_name"),
        ("number", "take: sum, value: amont", "unknown_name"),
        ("date", "take: latest, value: amount", "wrong_type"),
        ("integer", "same: [days]", "unknown_name"),
        ("number", "in: [done], overdue: review, passed: draft, take: sum, value: amount", None),
        ("text", "take: latest, value: name", None),
    ],
)
def test_source_of_a_definition_that_is_there_is_looked_up_in_it(type_: str, source: str, code: str | None) -> None:
    field = f"  a: {{type: {type_}, label: {{zh: 甲, en: A}}, from: {{cases: aid, {source}}}}}\n"
    text = HEAD + PEOPLE + FIELDS + field + STATES
    beside = {"aid": lambda: load_definition(OTHER).definition}

    found = check(text, None, {}, chinese_calendar(), beside).problems
    line = text.splitlines().index(field.rstrip("\n")) + 1

    assert [(problem.line, problem.code) for problem in found] == ([] if code is None else [(line, code)])
    assert check(text, None, {}, chinese_calendar()).problems == ()


def test_version_goes_on_whatever_is_looked_at_since_it_was_published() -> None:
    field = "  a: {type: integer, label: {zh: 甲, en: A}, from: {register: units.members}}\n"
    loaded = load_definition(HEAD + PEOPLE + FIELDS + field + STATES)

    assert loaded.definition is None
    assert loaded.published().fields["a"].source is not None


def test_text_that_is_not_there_is_a_warning_at_its_line() -> None:
    text = a_review(
        "task: {who: boss}\n"
        "remind: [{at: 3 days, to: boss, text: hurry}]   #! absent\n"
        "tell: [{who: boss, text: news}]   #! absent\n"
        "do: [{document: {template: certificate}}]   #! absent\n"
        "to: {approve: done}"
    )

    checked = check(text, None, {}, chinese_calendar())
    told = check(text, None, {"hurry.md": "", "news.md": "", "certificate.docx": ""}, chinese_calendar())

    assert marked(text) == [(problem.line, problem.code) for problem in checked.problems]
    assert all(problem.warning for problem in checked.problems)
    assert told.problems == ()


SOUND: dict[str, str] = {
    "one name or several": a_review(
        "task: {who: [boss, starter], edit: days, hide: kind, opinion: approve}\nto: {approve: done}"
    ),
    "people in place": a_review("task: {who: {role: boss, at: township}}\nto: {approve: done}"),
    "people in place among names": a_review(
        "task: {who: [boss, {role: chief, at: district, draw: 2}]}\nto: {approve: done}"
    ),
    "a target, a map, a list": a_review(
        "task: {who: boss}\nto:\n  approve: {to: done}\n  finish: [{to: done, when: days > 3}, draft]\n  confirm: [done]\n"
        "  return: previous\n  reject: cancelled\n  decline: {to: any, then: resume}"
    ),
    "terms with and without conditions": a_review(
        "task:\n  who: boss\n  due: [{due: 1 day, when: days > 3}, {term: 2 days, when: days > 2}, 3 days]\nto: {approve: done}"
    ),
    "reminders in every form": a_review(
        "task: {who: boss, due: 3 working days}\n"
        "remind: [1 day before due, {at: due, to: [boss, starter]}, every day after due at 10:00]\n"
        "escalate: [{at: 1 day after due, to: up}, {at: 2 days after due, to: [boss, up]}]\nto: {approve: done}"
    ),
    "one reminder": a_review(
        "task: {who: boss, due: day}\nremind: 1 day before due\nescalate: {at: 1 day after due, to: up}\nto: {approve: done}"
    ),
    "extensions": a_review(
        "task: {who: boss, due: day}\nextend: {by: 3 days, times: 2, agreed_by: starter}\npause: 10 days\nclock: goes_on\nto: {approve: done}"
    ),
    "an end with effects": HEAD
    + PEOPLE
    + "states:\n  draft: {task: {who: boss}, to: {submit: done}}\n  done: {end: {zh: 办结, en: Done}, tell: boss, do: [{document: {template: a, name: b}}]}\n",
    "tasks of every form": a_review(
        "tasks:\n  a: {who: boss, when: days > 3, due: 1 day, answers: {fine: approve, doubt: reject}}\n"
        "  b: {each: boss, per: organisation, after: a, automatic: {vacant: approve, decided_before: approve}}\n"
        "decide: {approve: approve * 3 >= asked * 2 && a.approve == 1 && b.answered > 0, reject: answered == asked, expired: expired > times}\n"
        "to: {approve: done, reject: draft, expired: draft}"
    ),
    "a ballot with everything": a_review(
        "ballot:\n  who: boss\n  secret: true\n  choices: {good: {zh: 好, en: Good}, bad: {zh: 差, en: Bad}}\n"
        "  items: {chair: {zh: 主席, en: Chair}}\n  quorum: cast * 3 >= electorate * 2\n  pass: good > bad && chair.good > 0\n"
        "  due: 3 days\n  closed_by: [starter, boss]\n  changeable: true\n  hide_groups_under: 5\n"
        "to: {pass: [{to: done, when: good > 3 && review.good > 3 && times == 1}, draft], fail: draft, invalid: draft}"
    ),
    "a score with everything": a_review(
        "score: {who: boss, criteria: {a: 60, b: {points: 40, label: {zh: 乙, en: B}}}, drop: lowest, at_least: 3, due: 3 days, edit: [days]}\n"
        "to: {scored: [{to: done, when: score >= 60 && a > 30 && review.spread < 40}, draft]}"
    ),
    "a notice with everything": a_review(
        "notice:\n  length: 5 working days\n  where: [public, unit, newspaper]\n  show: [days, unit]\n"
        "  objections: {who: boss, sign: 2, due: 10 working days, extend: 5 working days, clock: again, anonymous: true, correct: [days], late: complaint}\n"
        "to: {clear: done, upheld: draft, corrected: draft}"
    ),
    "a wait for either": a_review(
        "wait: {until: last working day of the month at 17:00, for: finish}\nto: {finish: done, expired: draft}"
    ),
    "calls": a_review(
        "call: [{definition: visit, with: {limit: days * 2}}, {definition: home, unit: township, each: boss}]\n"
        "to: {done: [{to: done, when: review.named > 0 && failed == 0}, draft]}"
    ),
    "anytime with everything": HEAD
    + PEOPLE
    + FIELDS
    + STATES
    + "anytime:\n  withdraw: {by: starter, in: review, to: done, when: days > 3, say: {zh: 不行, en: No}, edit: [days], opinion: true}\n"
    + "  reopen: {by: [boss], in: [done], to: [{to: draft, when: days > 1}, review]}\n  reject: {by: public, except: [draft], to: {to: any, then: resume}}\n",
    "operations": HEAD
    + PEOPLE
    + FIELDS
    + STATES
    + "operations: {delegate: never, add_signer: [before], urge: 2 working days, correct: {by: [boss], edit: [days]}, cancel: boss}\n",
    "recusal": HEAD
    + PEOPLE
    + STATES
    + "recuse: {starter: boss, concerned: all, same_unit: [boss], same_branch: [boss], declared: [boss], twice: [draft, review]}\n",
    "start by several": HEAD.replace("{role: clerk, at: township}", "[starters, {members: unit}]")
    + "people: {boss: {role: boss, at: township}, starters: {role: clerk, at: enterprise, vacant: up}}\n"
    + STATES,
    "start by anyone": HEAD.replace("{role: clerk, at: township}", "public") + PEOPLE + STATES,
    "started by others only": "key: small\ntitle: {zh: 小, en: Small}\n" + PEOPLE + STATES,
    "sources": HEAD
    + PEOPLE
    + "fields:\n"
    + "  a: {type: integer, label: {zh: 甲, en: A}, from: {register: unit.members}, override: true}\n"
    + "  b: {type: text, label: {zh: 乙, en: B}, from: {previous: e}}\n"
    + "  c: {type: integer, label: {zh: 丙, en: C}, from: {cases: small, in: [done], within: 1 year, of: concerned, same: [a]}}\n"
    + "  d: {type: yes_no, label: {zh: 丁, en: D}, from: {honours: all}}\n"
    + "  e: {type: text, label: {zh: 戊, en: E}}\n"
    + "  f: {type: number, label: {zh: 己, en: F}, from: {indicator: rate, take: latest}}\n"
    + "  g: {type: money, label: {zh: 庚, en: G}, from: {cases: aid, passed: paid, take: sum, value: amount}}\n"
    + "  h: {type: integer, label: {zh: 辛, en: H}, from: {cases: report, overdue: draft}}\n"
    + STATES,
    "fields of every kind": HEAD
    + PEOPLE
    + "fields:\n"
    + "  a: {type: date, label: {zh: 甲, en: A}, min: 1950-01-01, max: 2026-12-31, default: 2026-05-01, heading: {zh: 基本, en: Basics}, help: {zh: 填, en: Fill}}\n"
    + "  b: {type: moment, label: {zh: 乙, en: B}, min: 2026-01-01 09:00, term: 3 working days at 14:00}\n"
    + "  c: {type: files, label: {zh: 丙, en: C}, accept: [pdf, jpg], max_size: 20MB, max: 5}\n"
    + "  d: {type: choices, label: {zh: 丁, en: D}, options: {x: {zh: 一, en: X}, y: {zh: 二, en: Y}}, default: [x]}\n"
    + "  e: {type: number_each, of: d, label: {zh: 戊, en: E}}\n"
    + "  f: {type: number, label: {zh: 己, en: F}, value: 60}\n"
    + "  g: {type: yes_no, label: {zh: 庚, en: G}, value: f > 50}\n"
    + "  h: {type: integer, label: {zh: 辛, en: H}, required: g == true, plausible: not below previous}\n"
    + "  i: {type: integer, label: {zh: 壬, en: I}, plausible: [within 50 % of h, not above 1000, not below -3]}\n"
    + "  j: {type: text, label: {zh: 癸, en: J}, personal: true, sensitive: true, see: boss}\n"
    + "  k: {type: choice, label: {zh: 子, en: K}, options: {x: {zh: 一, en: X}}, value: x}\n"
    + "  l: {type: date, label: {zh: 丑, en: L}, term: [{term: 1 day, when: f > 3}, {term: 2 days}]}\n"
    + "  m: {type: date, label: {zh: 寅, en: M}, value: 2026-06-30}\n"
    + "checks: [{that: a <= today}, {that: 'e[\"x\"] > 0', say: {zh: 要, en: Must}, else: warn}]\n"
    + STATES,
    "block style, comments, quotes": """\
# a comment
key: small   # another
title:
  zh: "小"
  en: 'Small'
start:
  role: clerk
  at: township
states:
  draft:
    task:
      who:
        - starter
    to:
      submit: done
  done:
    end:
      zh: >-
        办结
      en: |-
        Done
""",
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND.keys())
def test_what_the_language_allows_is_taken(text: str) -> None:
    assert [problem.say("en") for problem in load_definition(text).errors] == []


OPTIONAL = (
    "fields: {a: {type: number, label: {zh: 甲, en: A}}, b: {type: number, label: {zh: 乙, en: B}, required: true}}\n"
)


@pytest.mark.parametrize(
    ("inner", "warned"),
    [
        ("task: {who: boss}\nto: {approve: [{to: done, when: a > 3}, draft]}", True),
        ("task: {who: boss}\nto: {approve: [{to: done, when: b > 3}, draft]}", False),
        ("task: {who: boss}\nto: {approve: [{to: done, when: a != null && a > 3}, draft]}", False),
        ("task: {who: boss}\nto: {approve: [{to: done, when: a == 3}, draft]}", False),
        ('task: {who: boss}\nto: {approve: [{to: done, when: "a in [1, 2]"}, draft]}', False),
        ("task: {who: boss, due: [{due: 1 day, when: a > 3}, {due: 2 days}]}\nto: {approve: done}", True),
        ("task: {who: [{role: boss, at: township, when: a > 3}]}\nto: {approve: done}", True),
        ("tasks: {t: {who: boss, when: a > 3}}\nto: {approve: done}", True),
        ("tasks: {t: {who: boss}}\ndecide: {approve: approve > a}\nto: {approve: done}", True),
        ("ballot: {who: boss, quorum: cast > a}\nto: {pass: done, fail: done}", True),
        ("ballot: {who: boss, pass: yes > a}\nto: {pass: done, fail: done}", True),
        ("task: {who: boss}\ntell: [{who: boss, when: a > 3}]\nto: {approve: done}", True),
        ("task: {who: boss}\ndo: [{set: {b: a * 2}}]\nto: {approve: done}", True),
        ("call: {definition: visit, with: {limit: a * 2}}\nto: {done: done}", False),
    ],
)
def test_what_may_be_empty_is_warned_of_where_it_would_refuse(inner: str, warned: bool) -> None:
    lines = "".join(f"    {line}\n" for line in inner.split("\n"))
    problems = load_definition(HEAD + PEOPLE + OPTIONAL + REVIEW + lines + DONE).problems

    assert (["may_fail"] if warned else []) == [problem.code for problem in problems]
    assert all(problem.warning for problem in problems)


def test_what_may_be_empty_is_not_warned_of_where_nothing_is_refused() -> None:
    text = HEAD + PEOPLE + OPTIONAL.replace("required: true}}", "value: a * 2}}") + "checks: [{that: a > 3}]\n" + STATES

    assert load_definition(text).problems == ()
