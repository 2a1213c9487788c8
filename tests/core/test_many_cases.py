"""What a sitting of many cases costs, counted in calls: each case is reckoned once, whatever the others do."""

import cProfile
import pstats

from workflow.calendar import Calendar, chinese_calendar
from workflow.definition.loading import load_definition
from workflow.engine.stories import tell_book
from workflow.engine.stories.book import read_book

QUOTA = """
key: quota
title: {zh: 名额, en: Quota}
round:
  title: {zh: "{year}", en: "{year}"}
  at: district
  opens: by office
  cases: {each: {unit: enterprise}}
  figures:
    heads:  {count: kind == "head", in: [meeting, done]}
    listed: {count: "true", in: [meeting, done]}
    total:  {sum: amount, by: township}
people: {office: {role: officer, at: district}}
fields:
  kind:   {type: choice, label: {zh: 类, en: Kind}, default: worker, options: {worker: {zh: 职工, en: Worker}, head: {zh: 负责人, en: Head}}}
  amount: {type: money, label: {zh: 金额, en: Amount}, default: 10}
states:
  meeting:
    together: {until: {called_by: office}}
    task: {who: office}
    to: {approve: {to: done, when: 'round.heads * 2 <= round.listed && round.total["城东镇"] > 0'}, return: back}
  back: {task: {who: office}, to: {submit: meeting}}
  done: {end: {zh: 办结, en: Done}}
"""


def calls_of_a_sitting(cases: int, calendar: Calendar) -> int:
    units = "".join(f"  厂{number}: {{level: enterprise, in: 城东镇}}\n" for number in range(cases))
    stories = (
        "units:\n  示范区: {level: district}\n  城东镇: {level: township, in: 示范区}\n"
        + units
        + "cast: {李强: {officer: 示范区}}\n"
        + "stories:\n  - story: all at once\n    steps:\n"
        + "      - {by: 李强, open: {}}\n      - {by: 李强, call_together: meeting}\n      - {by: 李强, do: approve}\n"
        + f"    expect: {{state: done, round: {{cases: {cases}, total: {{城东镇: {cases * 10}}}}}}}\n"
    )
    book, problems = read_book(stories)
    assert book is not None, problems
    definition = load_definition(QUOTA).sound()
    profile = cProfile.Profile(builtins=False)
    profile.enable()
    (told,), _ = tell_book(definition, book, calendar)
    profile.disable()
    assert not told.failed, str(told)
    return sum(row[0] for row in pstats.Stats(profile).stats.values())  # type: ignore[attr-defined]  # not in its types


def test_figures_of_a_sitting_are_reckoned_once_for_each_case() -> None:
    calendar = chinese_calendar()
    calls_of_a_sitting(2, calendar)  # what is read and compiled once

    few, many = calls_of_a_sitting(40, calendar), calls_of_a_sitting(160, calendar)

    assert many < 8 * few  # sixteen times, were each figure reckoned anew for each case
