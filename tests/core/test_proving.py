"""Claims: what holds, what is refuted and by which path, and how long it may take."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from workflow.calendar import chinese_calendar
from workflow.definition.loading import load_definition
from workflow.definition.loading.document import plain, read_document
from workflow.definition.model import Definition
from workflow.definition.proving import Verdict, prove
from workflow.definition.proving.moves import Moves, Situation
from workflow.definition.proving.spans import Measure
from workflow.definition.term.reading import parse_span
from workflow.engine.stories import tell_book
from workflow.engine.stories.book import read_book

#: The tour of the language.
LEAVE = """\
key: leave
title: {zh: 请假, en: Leave}
number: LV-{year}-{seq:04}
subject: "{reason}"
start: {role: union_chair, at: enterprise}
people:
  chair: {role: union_chair, at: township}
recuse: {starter: [chair]}                     # nobody approves his own leave
fields:
  reason: {type: text, label: {zh: 事由, en: Reason}, required: true, max: 40}
  days:   {type: number, label: {zh: 天数, en: Days}, required: true, min: 0.5}
states:
  draft:
    task: {who: starter, edit: [reason, days]}
    to: {submit: review}
  review:
    task: {who: chair, due: 3 working days}
    remind: [1 working day before due, every working day after due]
    to:
      approve: [{to: granted, when: days <= 3}, {to: refused}]
      return: draft
  granted: {end: {zh: 准假, en: Granted}, tell: [starter]}
  refused: {end: {zh: 不准, en: Refused}, tell: [starter]}
prove: [granted only after review.approve, every path ends]
"""
#: The example of the design.
MODEL_WORKER = """\
key: model_worker
title: {zh: 劳动模范推荐评选, en: Model-worker selection}
number: LM-{year}-{seq:04}
subject: "{name}({unit})"
start: unit
concerns: candidate
once: [round, id_number]

round:                       # 评选通知: one call for nominations; its cases are judged together
  title: {zh: "{year}年度评选", en: "Selection {year}"}
  at: district
  opens: by office
  closes: closes_on
  fields:
    closes_on:  {type: date, label: {zh: 推荐截止, en: Nominations close}, required: true}
    meeting_on: {type: date, label: {zh: 评选会, en: Selection meeting}, required: true}
    seats:      {type: number_each, of: industry, label: {zh: 分行业名额, en: Seats by industry}, required: true}
  figures:
    listed:     {label: {zh: 入围, en: Listed}, count: true, in: [second_review, public_notice]}
    heads:      {label: {zh: 企业负责人, en: Heads}, count: category == "head", in: [second_review, public_notice]}

people:                      # the names that states use; resolved along the organisation tree when a task opens
  unit:        {role: union_chair, at: enterprise}
  candidate:   {person: name, link: mobile}
  office:      {role: model_worker_officer, at: district}
  township:    {role: reviewer, at: township}
  departments:
    - {role: officer, at: public_security}
    - {role: officer, at: tax, when: category == "head"}
  panel:       {role: expert, at: district, draw: 5}
  meeting:     {role: representative, at: district}
  examiners:   {role: examiner, at: district, draw: 2}
  leaders:     {role: leader, at: district}
recuse: {concerned: all, same_unit: [panel, meeting, examiners], twice: [township_review, second_review]}

fields:
  name:       {type: text, label: {zh: 姓名, en: Name}, required: true, max: 20}
  id_number:  {type: id_number, label: {zh: 身份证号, en: ID number}, required: true, personal: true}
  mobile:     {type: mobile, label: {zh: 手机号, en: Mobile}, required: true, personal: true}
  industry:   {type: choice, label: {zh: 行业, en: Industry}, required: true, options: {manufacturing: {zh: 制造业, en: Manufacturing}}}
  category:   {type: choice, label: {zh: 人员类别, en: Category}, required: true, options: {worker: {zh: 一线职工, en: Worker}, head: {zh: 企业负责人, en: Head}}}
  deeds:      {type: long_text, label: {zh: 主要事迹, en: Deeds}, required: true, min: 200, max: 2000}
  minutes:    {type: files, label: {zh: 会议纪要, en: Minutes}, required: true, accept: [pdf, jpg], max_size: 20MB}

states:
  draft:
    task: {who: starter, edit: [name, id_number, mobile, industry, category, deeds], due: round.closes_on}
    remind: [3 days before due]
    to: {submit: workers_meeting, withdraw: withdrawn}

  workers_meeting:           # held in a hall; its tally is recorded, with the minutes attached
    ballot: {recorded_by: unit, edit: [minutes], quorum: present * 3 >= electorate * 2, pass: yes * 2 > electorate}
    to: {pass: township_review, fail: rejected}

  township_review:
    task: {who: township, due: 3 working days}
    remind: [1 working day before due, every working day after due]
    escalate: {at: 2 working days after due, to: up}
    to: {approve: consultation, return: {to: draft, then: choice}, reject: rejected}

  consultation:              # each must answer; silence is not consent
    tasks:
      opinion_of: {each: departments, per: organisation, due: 10 working days, answers: {no_record: approve}}
    decide: all
    to: {approve: scoring, object: rejected}

  scoring:
    score: {who: panel, criteria: {deeds_shown: 40, innovation: 30, integrity: 30}, drop: [highest, lowest], at_least: 5}
    to: {scored: [{to: selection, when: score >= 60}, rejected]}

  selection:                 # 公开评选会: all candidates at once, ranked within the industry, seats by quota
    together: {until: all, latest: round.meeting_on at 09:00, rank: {by: [yes], within: industry, seats: "round.seats[industry]", tie: [ballot]}}
    ballot: {who: meeting, secret: true, quorum: cast * 3 >= electorate * 2, pass: yes * 2 > cast}
    to: {pass: [{to: second_review, when: seated}, rejected], fail: rejected, invalid: selection}

  second_review:             # the whole list
    together: {until: all}
    task: {who: leaders, due: 5 working days}
    to:
      approve: {to: public_notice, when: round.heads * 10 <= round.listed, say: {zh: 企业负责人超过一成, en: More than a tenth are heads}}
      reject: rejected

  public_notice:
    notice: {length: 5 working days, where: [public], show: [name, unit, category], objections: {who: examiners, sign: 2, due: 10 working days, clock: hold}}
    to: {clear: awarded, upheld: rejected}

  awarded:
    end: {zh: 已命名, en: Awarded}
    tell: [candidate, unit]
    do: [{grant: {honour: model_worker, to: candidate}}, {document: {template: certificate}}]
  rejected:  {end: {zh: 未通过, en: Not awarded}, tell: [unit]}
  withdrawn: {end: {zh: 已撤回, en: Withdrawn}}

anytime:
  withdraw: {by: [starter, candidate], except: [draft], to: withdrawn}

prove:                       # held by exhaustive exploration whenever the file is checked
  - awarded only after public_notice.clear and workers_meeting.pass
  - awarded only after consultation.approve since draft
  - nobody decides township_review and second_review
  - every path ends
"""
HEAD = """
key: some_work
title: {zh: 某事, en: Some work}
start: {role: clerk, at: enterprise}
people:
  office: {role: officer, at: township}
  leaders: {role: leader, at: district}
  board: [office, leaders]
  workers: {members: unit}
  holder: {person: name}
  drafter: {decided: draft}
  tax: {role: officer, at: tax, when: amount > 3}
fields:
  name: {type: text, label: {zh: 名, en: Name}, required: true}
  amount: {type: number, label: {zh: 数, en: Amount}, required: true}
  on: {type: date, label: {zh: 日, en: On}}
  rows: {type: table, label: {zh: 表, en: Rows}, columns: {item: {type: text, label: {zh: 项, en: Item}}}}
"""
ENDS = """
  granted: {end: {zh: 准, en: Granted}}
  refused: {end: {zh: 不准, en: Refused}}
"""
TWO_STEPS = """
  draft:
    task: {who: starter, edit: [name, amount]}
    to: {submit: review}
  review:
    task: {who: office}
    to: {approve: approval, return: draft, reject: refused}
  approval:
    task: {who: leaders}
    to: {approve: granted, return: draft, reject: refused}
"""


def a_definition(states: str, more: str = "") -> Definition:
    """Some states, with the ends `granted` and `refused` beside them."""
    return load_definition(f"{HEAD}{more}\nstates:{states.rstrip()}{ENDS}").sound()


def a_draft_and(states: str, more: str = "") -> Definition:
    """A draft from which the first of these states, and each end, can be reached."""
    first = states.strip().partition(":")[0]
    draft = "task: {who: starter, edit: [name, amount]}"
    to = f"to: {{submit: {first}, reject: refused, approve: granted}}"
    return a_definition(f"\n  draft:\n    {draft}\n    {to}{states}", more)


def example(text: str) -> Definition:
    return load_definition(text).sound()


def verdict(definition: Definition, claim: str) -> Verdict:
    (found,) = prove(replace(definition, claims=(claim,)))
    return found


def holds(definition: Definition, claim: str) -> bool:
    found = verdict(definition, claim)
    assert found.holds is not None, reason(found)
    return found.holds


def way(found: Verdict) -> str:
    """A refuting path in short: `draft.submit review.approve`."""
    assert found.holds is False, found
    return " ".join(f"{state}.{trigger}" for state, trigger in found.path)


def reason(found: Verdict) -> str:
    assert found.problem is not None
    return found.problem.say("en")


def steps(found: Verdict) -> list[str]:
    """The steps of its story as written."""
    return [line.removeprefix("      - ") for line in found.story.splitlines() if line.startswith("      - ")]


# --- the two examples of the language --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [LEAVE, MODEL_WORKER])
def test_claims_of_the_examples_hold(text: str) -> None:
    definition = example(text)

    assert prove(definition) == tuple(Verdict(claim, holds=True) for claim in definition.claims)


def test_shortcut_refutes_the_claim_of_the_leave() -> None:
    shortcut = LEAVE.replace("{submit: review}", "{submit: review, finish: granted}")

    found = prove(example(shortcut), {"prove[0]": 31})[0]

    assert (found.holds, way(found)) == (False, "draft.finish")
    assert found.problem is not None
    assert (found.problem.at, found.problem.code, found.problem.line) == ("prove[0]", "claim_refuted", 31)
    assert reason(found) == ("“granted only after review.approve” does not hold on this way: draft.finish, granted.")


def test_missing_else_refutes_that_every_leave_ends() -> None:
    without = LEAVE.replace(", {to: refused}]", "]").replace("return: draft", "reject: {to: refused, when: days > 3}")

    found = prove(example(without))[1]

    assert way(found) == "draft.submit"
    assert reason(found) == (
        "“every path ends” does not hold: in “review” it may be that no target of “approve”, “reject” holds; "
        "a last one without `when` would always. The way there: draft.submit, review."
    )


def test_resume_from_a_late_state_refutes_the_claim_of_the_model_worker() -> None:
    late = MODEL_WORKER.replace(
        "reject: rejected\n\n  public_notice",
        "reject: rejected\n      return: {to: draft, then: resume}\n\n  public_notice",
    )

    found = prove(example(late))[1]

    assert way(found) == (
        "draft.submit workers_meeting.pass township_review.approve consultation.approve scoring.scored selection.pass "
        "second_review.return draft.submit second_review.approve public_notice.clear"
    )


def test_return_to_the_start_keeps_the_claim_of_the_model_worker() -> None:
    late = MODEL_WORKER.replace(
        "reject: rejected\n\n  public_notice", "reject: rejected\n      return: draft\n\n  public_notice"
    )

    assert [found.holds for found in prove(example(late))] == [True, True, True, True]


def test_list_that_cannot_be_refused_refutes_that_every_path_ends() -> None:
    guarded = MODEL_WORKER.replace("      reject: rejected\n\n  public_notice", "\n  public_notice")

    found = prove(example(guarded))[3]

    assert found.path[-1] == ("selection", "pass")
    assert "in “second_review” it may be that no target of “approve” holds" in reason(found)


def test_without_twice_one_person_may_decide_in_both() -> None:
    without = MODEL_WORKER.replace(", twice: [township_review, second_review]", "")

    found = prove(example(without))[2]

    assert found.path[-1] == ("second_review", "approve")
    assert "赵敏: {reviewer: 城东镇, leader: 示范区}" in found.story


# --- the order of events ---------------------------------------------------------------------------------------------


def test_claim_refuted_gives_the_shortest_path() -> None:
    definition = a_definition(TWO_STEPS)

    assert way(verdict(definition, "granted only after review.return")) == (
        "draft.submit review.approve approval.approve"
    )
    assert way(verdict(definition, "never approval.return after review.return")) == (
        "draft.submit review.return draft.submit review.approve approval.return"
    )


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("granted only after review.approve and approval.approve", True),
        ("granted only after approval.approve since review", True),
        ("granted only after review.approve since approval", False),
        ("granted only after review.approve since draft", True),
        ("granted or refused only after review", True),
        ("granted or refused only after review.approve", False),
        ("refused only after review.reject or approval.reject", True),
        ("refused only after review.reject", False),
        ("draft only after review", False),
        ("never granted and refused", True),
        ("never review and review.return", False),
        ("never draft after granted", True),
        ("never draft after draft", False),
        ("never granted after approval.approve", False),
        ("never approval.approve after granted", True),
        ("granted at most 1 times", True),
        ("draft at most 1 time", False),
        ("granted at most 0 times", False),
        ("never cancelled after draft", True),
    ],
)
def test_order_of_events(claim: str, expected: bool) -> None:
    assert holds(a_definition(TWO_STEPS), claim) is expected


def test_first_state_is_entered_at_the_start() -> None:
    found = verdict(a_definition(TWO_STEPS), "draft only after review")

    assert (found.holds, found.path) == (False, ())
    assert reason(found) == "“draft only after review” does not hold: every case begins in “draft”."
    assert steps(found) == ["{by: 王芳, start: {}}"]


def test_all_short_paths_say_the_same() -> None:
    """Claims are looked up on every path of up to seven moves: none that refutes is shorter than the one given."""
    definition = a_definition(TWO_STEPS.replace("return: draft", "return: {to: draft, then: choice}"))
    paths = sorted(all_paths(Moves(definition), 7), key=len)

    for claim, holds_on in all_claims(["draft", "review", "granted", "review.return", "approval.return"]):
        against = next((path for path in paths if not holds_on(path)), None)
        found = verdict(definition, claim)

        assert found.holds is (against is None), claim
        assert against is None or len(found.path) == len(against) // 2, claim


def all_paths(moves: Moves, most: int) -> Iterator[tuple[str, ...]]:
    """The events of every path, the longer ones last."""
    todo: list[tuple[Situation, tuple[str, ...]]] = [(moves.first, (moves.first.state,))]
    for situation, path in todo:
        yield path
        if len(path) < 2 * most:
            todo += [(move.to, (*path, move.event, move.to.state)) for move in moves.of(situation)]


def all_claims(events: Sequence[str]) -> Iterator[tuple[str, Callable[[Sequence[str]], bool]]]:
    for one in events:
        yield f"{one} at most 2 times", partial(at_most_twice, one=one)
        for other in events:
            yield f"{one} only after {other}", partial(only_after, one=one, other=other)
            yield f"never {one} after {other}", partial(never_after, later=one, earlier=other)


def at_most_twice(path: Sequence[str], one: str) -> bool:
    return path.count(one) <= 2


def only_after(path: Sequence[str], one: str, other: str) -> bool:
    return all(other in path[:at] for at, event in enumerate(path) if event == one)


def never_after(path: Sequence[str], later: str, earlier: str) -> bool:
    return all(earlier not in path[:at] for at, event in enumerate(path) if event == later)


# --- conditions ------------------------------------------------------------------------------------------------------


def test_times_are_counted_up_to_the_constant() -> None:
    definition = a_draft_and("""
  review:
    task: {who: office}
    to: {approve: granted, return: [{to: draft, when: review.times < 3}, refused]}
""")

    assert holds(definition, "review at most 3 times")
    assert holds(definition, "review.return at most 3 times")
    assert way(verdict(definition, "review at most 2 times")) == (
        "draft.submit review.return draft.submit review.return draft.submit"
    )


@pytest.mark.parametrize(
    "when",
    ['draft.trigger == "submit"', 'draft.trigger != "apply"', 'draft.trigger in ["submit"]', 'trigger == "submit"'],
)
def test_trigger_is_known(when: str) -> None:
    definition = a_definition(
        f"""
  draft:
    task: {{who: starter, edit: [name]}}
    to: {{submit: review, apply: review}}
  review:
    task: {{who: office}}
    to: {{approve: [{{to: granted, when: '{when}'}}, refused]}}
""",
        "triggers: {apply: {label: {zh: 申请, en: Apply}}}",
    )

    assert holds(definition, "granted only after draft.submit")
    assert holds(definition, "refused only after draft.apply")
    assert way(verdict(definition, "granted only after draft.apply")) == "draft.submit review.approve"


def test_own_trigger_is_the_one_that_fires() -> None:
    definition = a_definition(
        """
  draft:
    task: {who: starter, edit: [name]}
    to:
      submit: [{to: granted, when: draft.trigger == "submit"}, refused]
      apply: [{to: granted, when: draft.trigger == "submit"}, refused]
""",
        "triggers: {apply: {label: {zh: 申请, en: Apply}}}",
    )

    assert holds(definition, "granted only after draft.submit")
    assert holds(definition, "refused only after draft.apply")


@pytest.mark.parametrize(
    ("when", "reached"),
    [
        ("true", "granted"),
        ("false", "refused"),
        ("1 < 2", "granted"),
        ("amount > 3", "granted refused"),
        ("amount > 3 && false", "refused"),
        ("amount > 3 || true", "granted"),
        ("(amount > 3 && draft.times == 1) || draft.times > 1", "granted refused"),
        ("draft.times >= 2", "refused"),
        ("(draft.times >= 2) == false", "granted"),
        ("!(draft.times == 1)", "refused"),
        ("1 == draft.times", "granted"),
        ("draft.times in [1, 3]", "granted"),
        ("amount > 3 ? draft.times == 1 : true", "granted"),
        ("amount > 3 ? draft.times == 1 : false", "granted refused"),
        ("draft.times + 1 == 2", "granted refused"),
        ("refused.times == 0", "granted"),
        ("check.trigger == null", "refused"),
        ("came_from == 'draft'", "granted refused"),
    ],
)
def test_conditions_in_three_values(when: str, reached: str) -> None:
    definition = a_definition(f"""
  draft:
    task: {{who: starter, edit: [name, amount]}}
    to: {{submit: check}}
  check:
    task: {{who: office}}
    to: {{approve: [{{to: granted, when: "{when}"}}, refused]}}
""")

    found = [end for end in ("granted", "refused") if not holds(definition, f"{end} at most 0 times")]

    assert " ".join(found) == reached


def test_first_match_order_counts() -> None:
    definition = a_definition("""
  draft:
    task: {who: starter, edit: [name, amount]}
    to: {submit: [{to: granted, when: amount > 3}, {to: refused, when: draft.times == 1}, draft]}
""")

    assert holds(definition, "draft at most 1 times")
    assert not holds(definition, "refused at most 0 times")


def test_figure_of_the_state_hides_a_state_of_its_name() -> None:
    definition = a_draft_and("""
  review:
    tasks: {check: {who: office}}
    decide: all
    to: {approve: [{to: check, when: check.approve > 0}, refused]}
  check:
    task: {who: office}
    to: {approve: granted}
""")

    assert not holds(definition, "never check and granted")


# --- returns, previous, any, anytime ---------------------------------------------------------------------------------


def test_resume_leads_straight_back() -> None:
    again = a_definition(TWO_STEPS)
    resume = a_definition(TWO_STEPS.replace("granted, return: draft", "granted, return: {to: draft, then: resume}"))
    claim = "granted only after review.approve since draft"

    assert holds(again, claim)
    assert way(verdict(resume, claim)) == "draft.submit review.approve approval.return draft.submit approval.approve"


def test_choice_is_both_and_stands_in_the_story() -> None:
    choice = a_definition(TWO_STEPS.replace("granted, return: draft", "granted, return: {to: draft, then: choice}"))

    found = verdict(choice, "granted only after review.approve since draft")

    assert steps(found) == [
        "{by: 王芳, start: {}}",
        "{by: 王芳, do: submit}",
        "{by: 李强, do: approve}",
        "{by: 赵敏, do: return, then: resume, opinion: 请补充材料}",
        "{by: 王芳, do: submit}",
        "{by: 赵敏, do: approve}",
    ]
    assert not holds(choice, "never review after approval.return")


RESUMED = """
  draft:
    task: {who: starter, edit: [name, amount], due: 3 days}
    to: {submit: review, reject: draft, expired: review}
  review:
    task: {who: office}
    to: {approve: approval}
  approval:
    task: {who: leaders}
    to: {approve: granted, return: {to: draft, then: resume}, reject: refused}
"""


def test_only_the_next_forward_trigger_resumes() -> None:
    definition = a_definition(RESUMED)

    assert way(verdict(definition, "approval only after review since draft")) == (
        "draft.submit review.approve approval.return draft.submit"
    )
    assert way(verdict(definition, "never review after approval.return")) == (
        "draft.submit review.approve approval.return draft.expired"
    )
    assert holds(definition, "approval only after review or draft.submit since draft")


def test_resume_goes_whatever_its_conditions() -> None:
    definition = a_definition(
        RESUMED.replace("submit: review", "submit: [{to: review, when: draft.times == 1}, refused]")
    )

    assert way(verdict(definition, "draft.submit at most 1 times")) == (
        "draft.submit review.approve approval.return draft.submit"
    )
    assert way(verdict(definition, "approval at most 1 times")) == (
        "draft.submit review.approve approval.return draft.submit"
    )
    assert way(verdict(definition, "refused at most 0 times")) == "draft.reject draft.submit"


def test_then_is_meant_for_returns_only() -> None:
    definition = a_definition(TWO_STEPS.replace("reject: refused}\n  app", "reject: {to: draft, then: resume}}\n  app"))

    assert way(verdict(definition, "never review.reject and granted")) == (
        "draft.submit review.reject draft.submit review.approve approval.approve"
    )
    assert holds(definition, "granted only after review.approve since draft")


def test_previous_is_the_state_before() -> None:
    definition = a_definition("""
  draft:
    task: {who: starter, edit: [name]}
    to: {submit: review}
  review:
    task: {who: office}
    to: {approve: approval, return: previous}
  approval:
    task: {who: leaders}
    to: {approve: granted, return: previous, reject: refused}
""")

    assert holds(definition, "never draft after approval")
    assert way(verdict(definition, "never review after review.return")) == "draft.submit review.return draft.submit"
    assert way(verdict(definition, "never approval after review.return")) == (
        "draft.submit review.approve approval.return review.return"
    )
    assert way(verdict(definition, "never review.return after approval")) == (
        "draft.submit review.approve approval.return review.return"
    )


def test_any_is_each_other_state_passed() -> None:
    definition = a_definition(
        """
  draft:
    task: {who: starter, edit: [name]}
    to: {submit: review, apply: approval}
  review:
    task: {who: office}
    to: {approve: approval}
  approval:
    task: {who: leaders}
    to: {approve: granted, return: any, reject: refused}
""",
        "triggers: {apply: {label: {zh: 申请, en: Apply}}}",
    )

    found = verdict(definition, "never review after approval.return")

    assert way(found) == "draft.submit review.approve approval.return"
    assert steps(found)[-1] == "{by: 赵敏, do: return, to: review, opinion: 请补充材料}"
    assert holds(definition, "review only after draft.submit or approval.return")


def test_anytime_is_a_move() -> None:
    definition = a_definition(TWO_STEPS, "anytime: {withdraw: {by: starter, in: [review], to: refused}}")

    found = verdict(definition, "refused only after review.reject or approval.reject")

    assert way(found) == "draft.submit review.withdraw"
    assert steps(found)[-1] == "{by: 王芳, do: withdraw}"
    assert holds(definition, "never review.withdraw and granted")


def test_anytime_ends_a_resume() -> None:
    states = TWO_STEPS.replace("granted, return: draft", "granted, return: {to: draft, then: resume}")
    definition = a_definition(states, "anytime: {withdraw: {by: starter, in: [draft], to: draft}}")

    assert way(verdict(definition, "never review after approval.return")) == (
        "draft.submit review.approve approval.return draft.withdraw draft.submit"
    )


def test_end_may_be_reopened() -> None:
    definition = a_definition(TWO_STEPS, "anytime: {reopen: {by: office, in: [refused], to: previous}}")

    assert way(verdict(definition, "never review after refused")) == "draft.submit review.reject refused.reopen"
    assert way(verdict(definition, "never draft after refused")) == (
        "draft.submit review.reject refused.reopen review.return"
    )


# --- every path ends -------------------------------------------------------------------------------------------------


def test_every_path_ends_in_these() -> None:
    definition = a_definition(TWO_STEPS)

    assert holds(definition, "every path ends in granted or refused")
    assert holds(definition, "every path ends in approval.approve or refused")
    found = verdict(definition, "every path ends in granted")
    assert way(found) == "draft.submit review.reject"
    assert "it ends in “refused”" in reason(found)


def test_end_that_only_anytime_reaches_is_none() -> None:
    definition = a_definition(
        """
  draft:
    task: {who: starter, edit: [name]}
    to: {submit: draft}
""",
        "anytime: {withdraw: {by: starter, to: granted}, reject: {by: office, to: refused}}",
    )

    found = verdict(definition, "every path ends")

    assert (found.holds, found.path) == (False, ())
    assert "from “draft” no end can be reached without `anytime`" in reason(found)


@pytest.mark.parametrize(
    ("activity", "to", "expected"),
    [
        ("task: {who: office}", "{approve: {to: granted, when: amount > 3}, reject: refused}", True),
        ("task: {who: office}", "{approve: {to: granted, when: amount > 3}}", False),
        ("task: {who: office}", "{approve: [{to: granted, when: amount > 3}, refused]}", True),
        ("task: {who: office}", "{approve: [{to: granted, when: draft.times > 0}, refused]}", True),
        ("ballot: {who: office}", "{pass: {to: granted, when: amount > 3}, fail: refused}", False),
        ("ballot: {who: office}", "{pass: [{to: granted, when: amount > 3}, refused], fail: refused}", True),
        ("notice: {length: 5 days}", "{clear: {to: granted, when: amount > 3}}", False),
        ("wait: {for: [paid]}", "{paid: granted}", True),
        ("wait: {for: [paid], until: 5 days}", "{paid: granted, expired: {to: refused, when: amount > 3}}", True),
        ("call: {definition: other}", "{done: {to: granted, when: draft.times > 0}}", True),
        ("call: {definition: other}", "{done: {to: granted, when: check.good > 0}}", False),
    ],
)
def test_something_can_always_fire(activity: str, to: str, expected: bool) -> None:
    definition = a_draft_and(f"""
  check:
    {activity}
    to: {to}
""")

    assert holds(definition, "every path ends") is expected


@pytest.mark.parametrize(
    ("decide", "expected"),
    [
        ("all", True),
        ("most", True),
        ("{approve: approve * 2 > asked, object: object * 2 >= asked}", True),
        ("{approve: approve * 3 >= asked * 2, object: object * 2 > asked}", False),
        ("{approve: approve * 3 >= asked * 2, object: answered == asked}", True),
        ("{approve: opinions.approve >= 2, object: opinions.object >= 1}", False),
        ("{approve: opinions.approve >= 2, object: true}", True),
    ],
)
def test_answers_come_to_something(decide: str, expected: bool) -> None:
    definition = a_draft_and(f"""
  asking:
    tasks: {{opinions: {{each: office}}}}
    decide: {decide}
    to: {{approve: granted, object: refused}}
""")

    assert holds(definition, "every path ends") is expected


@pytest.mark.parametrize(
    ("decide", "expected"),
    [
        ("{object: head.object >= 1, approve: panel.approve * 2 >= panel.asked}", False),
        ("{object: head.object >= 1, approve: head.approve >= 1}", True),
        ("{object: object >= 1, approve: panel.answered == panel.asked && head.approve == 1}", True),
        ("{object: panel.object >= 1, approve: panel.approve == panel.asked}", True),
        ("{object: panel.object >= 1, approve: head.approve >= 1}", False),
        ("{approve: panel.approve * 2 > panel.asked, object: head.object >= 1}", False),
    ],
)
def test_answers_of_each_entry_come_to_something(decide: str, expected: bool) -> None:
    definition = a_draft_and(f"""
  asking:
    tasks: {{head: {{who: office}}, panel: {{each: leaders}}, third: {{who: holder, when: amount > 3}}}}
    decide: {decide}
    to: {{approve: granted, object: refused}}
""")

    assert holds(definition, "every path ends") is expected


def test_map_of_decide_fires_what_it_names() -> None:
    definition = a_draft_and("""
  asking:
    tasks: {opinions: {each: office}}
    decide: {approve: approve * 2 > asked, object: answered == asked}
    to: {approve: granted, object: refused, return: draft}
""")

    assert holds(definition, "draft at most 1 times")


def test_first_forward_trigger_fires_where_nobody_is_asked() -> None:
    states = """
  asking:
    tasks: {opinion: {who: office, when: amount > 3}}
    decide: {reject: answered == asked}
    to: {approve: granted, reject: refused}
"""

    assert not holds(a_draft_and(states), "never asking and granted")
    assert holds(a_draft_and(states.replace(", when: amount > 3", "")), "never asking and granted")


AUTOMATIC = """
  review:
    task: {who: office, automatic: {vacant: approve}}
    to: {approve: approval, reject: refused}
  approval:
    task: {who: leaders, automatic: {decided_before: return}}
    to: {approve: granted, return: review}
"""


def test_circle_without_person_or_clock_is_no_end() -> None:
    found = verdict(a_draft_and(AUTOMATIC), "every path ends")

    assert way(found) == "draft.submit review.approve approval.return"
    assert "review.approve, approval.return goes round in a circle without a person or the clock" in reason(found)
    assert holds(a_draft_and(AUTOMATIC.replace(", automatic: {decided_before: return}", "")), "every path ends")


@pytest.mark.parametrize(
    ("task", "decide", "expected"),
    [
        ("who: office", "all", True),
        ("who: office, when: amount > 3", "all", False),
        ("who: office, automatic: {vacant: approve}", "all", False),
        ("who: office, automatic: {vacant: reject}", "any", True),
        ("who: office, due: 3 days", "all", True),
        ("who: office, due: on", "all", False),
    ],
)
def test_tasks_that_answer_themselves_go_round(task: str, decide: str, expected: bool) -> None:
    expired = ", expired: asking" if "due" in task else ""
    definition = a_draft_and(f"""
  asking:
    tasks: {{opinion: {{{task}}}}}
    decide: {decide}
    to: {{approve: [{{to: granted, when: amount > 3}}, asking], reject: refused{expired}}}
""")

    assert holds(definition, "every path ends") is expected


ROUND = "round: {title: {zh: 批次, en: Round}, at: district, opens: by office, fields: {FIELD}}".replace(
    "{FIELD}", "{meeting_on: {type: date, label: {zh: 会, en: Meeting}, required: true}}"
)


@pytest.mark.parametrize(
    ("together", "expected"),
    [
        ("{until: all}", False),
        ("{until: {called_by: office}}", True),
        ("{until: {called_by: office}, latest: round.meeting_on}", False),
    ],
)
def test_sitting_by_figures_goes_round(together: str, expected: bool) -> None:
    definition = a_draft_and(
        f"""
  gathering:
    together: {together}
    to: {{gathered: [{{to: granted, when: amount > 3}}, gathering]}}
""",
        ROUND,
    )

    assert holds(definition, "every path ends") is expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("wait: {until: 5 days}", True),
        ("wait: {until: 0 days}", False),
        ("wait: {until: on}", False),
        ("wait: {until: day 25 of the month}", False),
        ("wait: {until: day 25 of the next month}", True),
        ("wait: {until: 5 days}\n    clock: goes_on", False),
    ],
)
def test_circle_of_the_clock_takes_time(state: str, expected: bool) -> None:
    definition = a_draft_and(f"""
  waiting:
    {state}
    to: {{expired: [{{to: granted, when: amount > 3}}, waiting]}}
""")

    assert holds(definition, "every path ends") is expected


def test_counted_circle_is_left() -> None:
    definition = a_draft_and("""
  calling:
    call: {definition: other, each: rows}
    to: {done: [{to: calling, when: calling.times < 3}, granted]}
""")

    assert holds(definition, "every path ends")
    assert holds(definition, "calling at most 3 times")


# --- time ------------------------------------------------------------------------------------------------------------


def timed(beside: str = "", due: str = "3 working days") -> Definition:
    return a_draft_and(f"""
  review:
    task: {{who: office, due: {due}}}
    {beside}
    to: {{approve: approval, expired: approval}}
  approval:
    task: {{who: leaders, due: 5 working days}}
    to: {{approve: granted, expired: refused}}
""")


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("granted or refused within 8 working days of draft.submit", True),
        ("granted or refused within 7 working days of draft.submit", False),
        ("approval within 3 working days of review", True),
        ("approval within 2 working days of review", False),
        ("review.approve within 3 working days of review", True),
        ("granted within 0 days of approval.approve", True),
        ("granted within 23 days of draft.submit", False),
        ("granted within 40 days of draft.submit", True),
        ("granted within 2 months of draft.submit", True),
        ("granted within 3 weeks of draft.submit", False),
        ("review within 1 days of granted", True),
        ("granted within 400 days of draft", False),
    ],
)
def test_deadlines_are_added_up(claim: str, expected: bool) -> None:
    assert holds(timed(), claim) is expected


def test_too_long_way_says_how_long() -> None:
    found = verdict(timed(), "granted or refused within 7 working days of draft.submit")

    assert way(found) == "draft.submit review.expired approval.expired"
    assert reason(found).startswith(
        "“granted or refused within 7 working days of draft.submit” does not hold: it may take 8 working days."
    )
    assert found.problem is not None
    assert "最长可能要8个工作日" in found.problem.say("zh")
    assert steps(found)[2:] == ["{pass: 3 working days}", "{pass: 5 working days}"]


def test_deadline_without_expired_is_unbounded_unless_it_is_kept() -> None:
    definition = a_draft_and("""
  review:
    task: {who: office, due: 3 days}
    to: {approve: granted}
""")

    found = verdict(definition, "granted within 3 days of review")

    assert way(found) == "draft.submit review.approve"
    assert "the time is unbounded: nothing fires when the deadline of “review” passes" in reason(found)
    assert steps(found)[2:] == ["{pass: 4 days}", "{by: 李强, do: approve}"]
    assert holds(definition, "granted within 3 days of review if nobody is late")
    assert not holds(definition, "granted within 2 days of review if nobody is late")


def test_time_goes_on_through_a_return() -> None:
    found = verdict(example(LEAVE), "granted or refused within 3 working days of draft.submit if nobody is late")

    assert way(found) == "draft.submit review.return draft.submit review.approve"
    assert "the time is unbounded: “draft” has no deadline" in reason(found)


def test_fixed_date_is_unbounded() -> None:
    found = verdict(timed(due="on"), "approval within 3 years of review if nobody is late")

    assert "the time is unbounded: “review” lasts until “on”, a fixed date" in reason(found)


def test_expired_that_may_be_refused_is_unbounded() -> None:
    definition = a_draft_and("""
  review:
    task: {who: office, due: 3 days}
    to: {approve: granted, expired: {to: refused, when: amount > 3}}
""")

    found = verdict(definition, "granted or refused within 3 days of review")

    assert "the time is unbounded: in “review” it may be that no target of “expired” holds" in reason(found)
    assert holds(definition, "granted or refused within 3 days of review if nobody is late")


def test_extensions_and_pauses_are_added() -> None:
    definition = timed("extend: {by: 2 working days, times: 2}\n    pause: 10 days")

    found = verdict(definition, "approval within 16 working days of review")

    assert "it may take 17 working days" in reason(found)
    assert steps(found).count("{by: 李强, extend: 情况特殊}") == 2
    assert holds(definition, "approval within 17 working days of review")


RETURNED = """
  review:
    task: {who: office, due: 3 days}
    to: {approve: approval, expired: refused}
  approval:
    task: {who: office, due: 4 days}
    to: {approve: granted, return: RETURN, expired: refused}
"""


def test_circle_between_the_events_is_unbounded() -> None:
    definition = a_draft_and(RETURNED.replace("RETURN", "review"))

    found = verdict(definition, "granted within 100 days of review")

    assert way(found) == "draft.submit review.approve approval.return review.approve approval.approve"
    assert "the time is unbounded: review.approve, approval.return can go round again and again" in reason(found)


def test_counted_circle_is_bounded() -> None:
    definition = a_draft_and(RETURNED.replace("RETURN", "[{to: review, when: approval.times < 3}, refused]"))

    assert holds(definition, "granted within 21 days of review")
    assert not holds(definition, "granted within 20 days of review")


NOTICE = "notice: {length: 5 days, objections: {who: office, due: 2 days, clock: run, correct: [name]}}"


@pytest.mark.parametrize(
    ("activity", "to", "claim", "expected"),
    [
        ("ballot: {who: office, due: 5 days}", "{pass: granted, fail: refused}", "within 5 days", True),
        ("ballot: {recorded_by: office, due: 5 days}", "{pass: granted, fail: refused}", "within 5 days", False),
        ("ballot: {who: office, due: 5 days}", "{pass: {to: granted, when: amount > 3}, fail: refused}", "within 5 days", False),
        ("ballot: {who: office}", "{pass: granted, fail: refused}", "within 5 days if nobody is late", False),
        ("notice: {length: 5 days}", "{clear: granted}", "within 5 days", True),
        (NOTICE.replace(" clock: run,", ""), "{clear: granted, upheld: refused, corrected: refused}", "within 9 years if nobody is late", False),
        (NOTICE, "{clear: granted, upheld: refused}", "within 9 years if nobody is late", False),
        (NOTICE, "{clear: granted, upheld: refused, corrected: refused}", "within 7 days if nobody is late", True),
        (NOTICE, "{clear: granted, upheld: refused, corrected: refused}", "within 6 days if nobody is late", False),
        (NOTICE, "{clear: granted, upheld: refused, corrected: refused}", "within 7 days", False),
        ("score: {who: office, criteria: {worth: 10}, due: 5 days}", "{scored: granted}", "within 5 days", False),
        ("score: {who: office, criteria: {worth: 10}, due: 5 days}", "{scored: granted}", "within 5 days if nobody is late", True),
        ("wait: {until: 5 days}", "{expired: granted}", "within 5 days", True),
        ("wait: {until: 10 days after draft}", "{expired: granted}", "within 10 days", True),
        ("wait: {until: 2 days before 10 days}", "{expired: granted}", "within 10 days", True),
        ("wait: {until: 20 December}", "{expired: granted}", "within 2 years", False),
        ("wait: {for: [paid]}", "{paid: granted}", "within 5 days if nobody is late", False),
        ("call: {definition: other}", "{done: granted}", "within 5 days if nobody is late", False),
        ("task: {who: office, due: [{term: 5 days, when: amount > 3}, 3 days]}", "{approve: granted, expired: refused}", "within 5 days", True),
        ("task: {who: office, due: [{term: 5 days, when: amount > 3}]}", "{approve: granted, expired: refused}", "within 5 days", False),
        ("task: {who: office, due: 36 hours}", "{approve: granted, expired: refused}", "within 36 hours", True),
        ("task: {who: office, due: 36 hours}", "{approve: granted, expired: refused}", "within 2 days", True),
        ("task: {who: office, due: 36 hours}", "{approve: granted, expired: refused}", "within 1 days", False),
        ("task: {who: office, due: 1 year}", "{approve: granted, expired: refused}", "within 12 months", True),
        ("task: {who: office, due: 2 weeks}", "{approve: granted, expired: refused}", "within 14 days", True),
    ],
)  # fmt: skip
def test_stay_in_each_activity(activity: str, to: str, claim: str, expected: bool) -> None:
    definition = a_draft_and(f"""
  check:
    {activity}
    to: {to}
""")
    span, _, suffix = claim.partition(" if")

    assert holds(definition, f"granted {span} of check{suffix and ' if' + suffix}") is expected


@pytest.mark.parametrize(
    ("decide", "after", "longest"),
    [("all", ", after: three", 9), ("all", "", 5), ("in_turn", "", 12), ("any", ", after: three", 3), ("most", "", 5)],
)
def test_stay_in_tasks(decide: str, after: str, longest: int) -> None:
    definition = a_draft_and(f"""
  asking:
    tasks:
      one: {{who: office, due: 3 days}}
      two: {{who: leaders, due: 4 days{after}}}
      three: {{who: holder, due: 5 days}}
    decide: {decide}
    to: {{approve: granted, reject: refused, expired: refused}}
""")

    assert holds(definition, f"granted or refused within {longest} days of asking")
    assert not holds(definition, f"granted or refused within {longest - 1} days of asking")


def test_silence_that_a_rule_counts_is_bounded() -> None:
    states = """
  asking:
    tasks: {opinions: {each: office, due: 3 days}}
    decide: {approve: RULE, object: answered == asked}
    to: {approve: granted, object: refused}
"""
    claim = "granted or refused within 3 days of asking"

    assert holds(a_draft_and(states.replace("RULE", "approve + expired == asked")), claim)
    assert not holds(a_draft_and(states.replace("RULE", "approve == asked")), claim)


def test_time_of_a_sitting_is_unbounded() -> None:
    found = verdict(example(MODEL_WORKER), "second_review within 30 days of selection")

    assert "“selection” waits for the other cases of its round" in reason(found)


@pytest.mark.parametrize(
    ("stay", "claim", "most"),
    [
        (["3 working days", "2 working days"], "1 working day", 5),
        (["3 days", "2 weeks"], "1 day", 17),
        (["3 days", "2 weeks"], "1 working day", 17),
        (["30 hours"], "1 working day", 2),
        (["5 working days"], "1 day", 5 + 2 + 12),
        (["1 month", "1 year"], "1 month", 13 * 28),
        (["1 month", "3 days"], "1 month", 28 + 3),
        (["90 minutes", "1 hour"], "1 hour", 150),
        (["1 day"], "1 hour", (1 + 12 + 1) * 24 * 60),
    ],
)
def test_spans_are_weighed_in_the_unit_of_the_claim(stay: list[str], claim: str, most: int) -> None:
    assert Measure(parse_span(claim).unit).most(map(parse_span, stay)) == most


def test_working_days_take_no_more_calendar_days_than_is_said() -> None:
    calendar = chinese_calendar()
    days = [date(2014, 1, 1) + timedelta(days=number) for number in range(46 * 365)]
    worked = [number for number, day in enumerate(days) if calendar.is_working(day)]

    for count in (1, 2, 3, 5, 10, 20, 60, 120, 250, 500):
        longest = max(last - first for first, last in zip(worked, worked[count:], strict=False))
        assert longest <= Measure("days").most([parse_span(f"{count} working days")])


# --- who never decides -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recuse", "claim", "expected"),
    [
        ("{twice: [review, approval]}", "nobody decides review and approval", True),
        ("{twice: [draft, review]}", "nobody decides review and approval", False),
        ("{starter: [office], concerned: all}", "nobody decides draft and review", False),
        ("{starter: [office]}", "starter never decides review", True),
        ("{starter: [leaders]}", "starter never decides review", False),
        ("{starter: [office, leaders]}", "starter never decides draft", False),
        ("{concerned: all}", "starter never decides review", True),
        ("{concerned: [office]}", "concerned never decides review", True),
        ("{concerned: [leaders]}", "concerned never decides review", False),
        ("{same_unit: [office]}", "workers never decides review", True),
        ("{same_unit: [office]}", "workers never decides approval", False),
        ("{same_unit: [office]}", "leaders never decides review", False),
        ("{twice: [draft, approval]}", "drafter never decides approval", True),
        ("{twice: [draft, approval]}", "drafter never decides review", False),
        ("{}", "leaders never decides review", False),
        ("{}", "review only by office", True),
        ("{}", "review only by board", True),
        ("{}", "review only by leaders", False),
        ("{}", "draft only by starter", True),
        ("{}", "nobody decides review and granted", True),
        ("{}", "starter never decides granted", True),
    ],
)
def test_recusal(recuse: str, claim: str, expected: bool) -> None:
    assert holds(a_definition(TWO_STEPS, f"recuse: {recuse}"), claim) is expected


def test_names_within_a_name_are_recused_one_by_one() -> None:
    states = TWO_STEPS.replace("who: office", "who: board")

    assert holds(a_definition(states, "recuse: {starter: [board]}"), "starter never decides review")
    assert holds(a_definition(states, "recuse: {starter: [office, leaders]}"), "starter never decides review")
    assert not holds(a_definition(states, "recuse: {starter: [office]}"), "starter never decides review")


def test_person_concerned_has_a_name() -> None:
    definition = a_definition(TWO_STEPS, "concerns: holder\nrecuse: {concerned: all}")

    assert holds(definition, "holder never decides review")
    assert holds(definition, "concerned never decides review")
    assert not holds(definition, "starter never decides review")
    given = a_definition(TWO_STEPS.replace("who: office", "who: holder"), "concerns: holder\nrecuse: {concerned: all}")
    assert "“review” is given to “holder” as such" in reason(verdict(given, "holder never decides review"))


def test_role_alone_proves_nothing() -> None:
    found = verdict(a_definition(TWO_STEPS), "leaders never decides review")

    assert way(found) == "draft.submit review.approve"
    assert "nothing in `recuse` keeps “leaders” out of “office”, and a role alone proves nothing" in reason(found)
    assert "李强: {officer: 城东镇, leader: 示范区}" in found.story


def test_states_on_different_paths_have_no_common_decider() -> None:
    definition = a_definition("""
  draft:
    task: {who: starter, edit: [name]}
    to: {submit: review, finish: approval}
  review:
    task: {who: office}
    to: {approve: granted}
  approval:
    task: {who: office}
    to: {reject: refused}
""")

    assert holds(definition, "nobody decides review and approval")


def test_one_who_stands_in_may_decide_in_both() -> None:
    found = verdict(example(LEAVE), "nobody decides draft and review")

    assert "“chair” who stands in for “starter” may decide in both" in reason(found)
    assert "李强: {union_chair: 城东镇, stands_in: {for: 王芳}}" in found.story
    assert steps(found) == ["{by: 王芳, start: {}}", "{by: 李强, do: submit}", "{by: 李强, do: approve}"]


def test_those_to_whom_it_is_escalated_share_the_task() -> None:
    definition = example(MODEL_WORKER)

    found = verdict(definition, "township_review only by township")

    assert "“up” may decide there too" in reason(found)
    assert steps(found)[-4:] == [
        "{pass: 3 working days}",
        "{pass: 2 working days}",
        "{pass: 1 working day}",
        "{by: 赵敏, do: approve}",
    ]
    assert holds(definition, "consultation only by departments")
    assert holds(definition, "workers_meeting only by unit")
    assert holds(definition, "candidate never decides township_review")


def test_hall_is_not_reached_by_recusal() -> None:
    twice = MODEL_WORKER.replace("twice: [township_review, ", "twice: [township_review, workers_meeting, ")

    found = verdict(example(twice), "nobody decides workers_meeting and township_review")

    assert "who voted at “workers_meeting” is not known" in reason(found)


def test_tasks_votes_and_objections_are_decisions() -> None:
    definition = example(MODEL_WORKER)

    for state in ("consultation", "scoring", "selection", "public_notice"):
        assert holds(definition, f"candidate never decides {state}"), state
        assert not holds(definition, f"office never decides {state}"), state


# --- sentences that cannot be read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("grantd only after review", "There is no state “grantd”. Did you mean “granted”?"),
        ("granted only after revew.approve", "There is no state “revew”. Did you mean “review.approve”?"),
        ("granted only after review.aprove", "“review” is never left by “aprove”. Did you mean “approve”?"),
        ("granted only after review since daft", "There is no state “daft”. Did you mean “draft”?"),
        ("ofice never decides review", "There are no people “ofice”. Did you mean “office”?"),
        ("review only by leader", "There are no people “leader”. Did you mean “leaders”?"),
        ("nobody decides review and aproval", "There is no state “aproval”. Did you mean “approval”?"),
        ("granted within 3 moons of review", "“3 moons” is no span such as “10 working days”."),
    ],
)
def test_unknown_name_is_told_with_a_likely_one(claim: str, said: str) -> None:
    found = verdict(a_definition(TWO_STEPS), claim)

    assert found.problem is not None
    assert (found.holds, found.problem.at, found.problem.code) == (None, "prove[0]", "bad_claim")
    assert reason(found) == f"“{claim}”: {said}"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("", "“” breaks off."),
        ("granted", "“granted” breaks off."),
        ("granted only afte review", "“afte” is not expected here."),
        ("granted only after review and", "breaks off."),
        ("never granted", "breaks off."),
        ("granted at most often times", "“often” is not expected here."),
        ("granted or refused at most 3 times", "“at” is not expected here."),
        ("granted within of review", "“of” is not expected here."),
        ("granted within 3 days of review if nobody", "breaks off."),
        ("every path ends soon", "“soon” is not expected here."),
        ("every road ends", "“road” is not expected here."),
        ("nobody decides review and review", "two different states are wanted."),
        ("granted only after Review", "“Review” is not expected here."),
    ],
)
def test_sentence_of_another_form_is_no_claim(claim: str, said: str) -> None:
    found = verdict(a_definition(TWO_STEPS), claim)

    assert found.problem is not None
    assert (found.holds, found.problem.code) == (None, "bad_claim")
    assert said in reason(found)


def test_misspelt_word_is_told_with_the_right_one() -> None:
    assert reason(verdict(a_definition(TWO_STEPS), "granted only aftr review")).endswith("Did you mean “after”?")


# --- the whole -------------------------------------------------------------------------------------------------------


def test_too_many_situations_are_undecided() -> None:
    definition = replace(a_definition(TWO_STEPS), claims=("never granted and refused", "granted at most 2 times"))

    found = prove(definition, {"prove[1]": 7}, most=3)

    assert [one.holds for one in found] == [None, None]
    assert found[1].problem is not None
    assert (found[1].problem.code, found[1].problem.at, found[1].problem.line) == ("undecided", "prove[1]", 7)
    assert reason(found[1]) == "“granted at most 2 times” is not decided: there are more than 3 situations."


def test_long_definition_needs_few_situations() -> None:
    """Twenty states that return with a choice of resuming, one counted: what each claim remembers is little."""
    states = "".join(
        f"""
  step{number}:
    task: {{who: office, due: 3 working days}}
    to:
      approve: {"granted" if number == 19 else f"step{number + 1}"}
      return: {{to: step{max(number - 3, 0)}, then: choice}}
      reject: [{{to: draft, when: step5.times < 3}}, refused]
      expired: refused
"""
        for number in range(20)
    )
    claims = (
        "granted only after step3.approve and step9.approve or step8.return since step2",
        "never granted and refused",
        "never step0 after granted",
        "granted at most 1 times",
        "granted within 100 working days of step19",
        "every path ends in granted or refused",
        "nobody decides step3 and step17",
        "starter never decides step19",
    )
    definition = replace(a_draft_and(states, "recuse: {twice: [step3, step17], concerned: all}"), claims=claims)

    found = prove(definition, most=5_000)

    assert [one.holds for one in found] == [False, True, True, True, False, True, True, True]


@pytest.mark.parametrize(
    ("definition", "claim"),
    [
        (example(MODEL_WORKER), "never public_notice and awarded"),
        (example(MODEL_WORKER), "never public_notice.upheld and rejected"),
        (example(MODEL_WORKER), "never selection.invalid and workers_meeting"),
        (example(MODEL_WORKER), "awarded within 30 days of second_review"),
        (example(LEAVE), "every path ends in granted"),
        (a_definition(TWO_STEPS, "anytime: {withdraw: {by: holder, to: refused}}"), "never draft.withdraw and draft"),
    ],
)
def test_story_can_be_read(definition: Definition, claim: str) -> None:
    found = verdict(definition, claim)

    book = plain(read_document(found.story))

    assert isinstance(book, dict)
    assert [*book] == [key for key in ("units", "cast", "round", "data", "stories") if key in book]
    assert [*book["stories"][0]] == ["story", "on", "steps", "expect"]
    for step in book["stories"][0]["steps"]:
        names = step.get("by", [])
        assert {names} if isinstance(names, str) else set(names) <= {*book["cast"], "public"}


def test_story_of_the_leave_tells_who_does_what() -> None:
    found = verdict(example(LEAVE), "never draft after review")

    assert (
        found.story
        == """\
units: {城东镇: {level: township}, 金彭车业: {level: enterprise, in: 城东镇}}
cast: {王芳: {union_chair: 金彭车业}, 李强: {union_chair: 城东镇}}
data: {reason: 示例, days: 0.5}
stories:
  - story: against never draft after review
    on: 2026-07-06 09:00
    steps:
      - {by: 王芳, start: {}}
      - {by: 王芳, do: submit}
      - {by: 李强, do: return, opinion: 请补充材料}
    expect: {state: draft}
"""
    )


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (LEAVE, "review at most 2 times"),
        (LEAVE, "nobody decides draft and review"),
        (LEAVE, "granted within 3 working days of review"),
        (MODEL_WORKER, "never public_notice and awarded"),
        (MODEL_WORKER, "never public_notice.upheld and rejected"),
        (MODEL_WORKER, "scoring.scored at most 0 times"),
        (MODEL_WORKER, "draft at most 2 times"),
        (MODEL_WORKER, "awarded within 30 days of public_notice"),
        (MODEL_WORKER, "office never decides consultation"),
        (MODEL_WORKER, "township_review only by township"),
    ],
)
def test_story_comes_out_as_told(text: str, claim: str) -> None:
    """The engine goes the refuting path: what the proof says can happen does."""
    definition = example(text)
    book, problems = read_book(verdict(definition, claim).story)
    assert problems == []
    assert book is not None

    told, _ = tell_book(definition, book, chinese_calendar())

    assert [str(story) for story in told if story.failed] == []


def test_story_without_a_start_is_given() -> None:
    text = LEAVE.replace("start: {role: union_chair, at: enterprise}\n", "")

    found = verdict(example(text), "never draft after review")

    assert "    given: {一号: {unit: 金彭车业, state: draft}}\n" in found.story


@pytest.mark.parametrize(
    ("state", "to", "trigger", "told"),
    [
        (
            "ballot: {recorded_by: office, quorum: cast > 20}",
            "{pass: granted, fail: refused, invalid: refused}",
            "invalid",
            ["{by: 李强, record: {electorate: 100, present: 10, yes: 10}}"],
        ),
        (
            "ballot: {who: office, quorum: cast > 20, closed_by: leaders}",
            "{pass: granted, fail: refused, invalid: refused}",
            "invalid",
            ["{by: 李强, vote: no}", "{by: 孙丽, close: check}"],
        ),
        ("ballot: {who: office}", "{pass: granted, fail: refused}", "fail", ["{by: [李强, 赵敏, 钱进], vote: no}"]),
        ("wait: {for: [paid]}", "{paid: granted}", "paid", ["{signal: paid}"]),
        ("wait: {until: 5 days}", "{expired: granted}", "expired", ["{pass: 5 days}"]),
        ("wait: {until: on}", "{expired: granted}", "expired", ["{pass: 1 year}"]),
        ("call: {definition: other}", "{done: granted}", "done", ["{ended: {ended: 1}}"]),
        (
            "notice: {length: 5 days, objections: {who: office, sign: 2}}",
            "{clear: granted, upheld: refused}",
            "upheld",
            ["{by: public, object: 与事实不符}", "{by: [李强, 赵敏], answer: upheld, opinion: 已核实}"],
        ),
        (
            "tasks: {one: {who: office}, two: {who: leaders}}",
            "{approve: granted, reject: refused}",
            "approve",
            ["{by: [李强, 赵敏], do: approve}"],
        ),
        (
            "tasks: {one: {who: office}, two: {who: leaders}}",
            "{approve: granted, reject: refused}",
            "reject",
            ["{by: 李强, do: reject, opinion: 不符合条件}"],
        ),
        (
            "together: {until: {called_by: leaders}}\n    task: {who: office}",
            "{approve: granted, reject: refused}",
            "approve",
            ["{by: 李强, call_together: check}", "{by: 赵敏, do: approve}"],
        ),
    ],
)
def test_story_tells_each_activity(state: str, to: str, trigger: str, told: list[str]) -> None:
    definition = a_draft_and(f"\n  check:\n    {state}\n    to: {to}\n", ROUND)

    assert steps(verdict(definition, f"check.{trigger} at most 0 times"))[2:] == told


def test_text_is_said_in_both_languages() -> None:
    found = verdict(example(LEAVE), "granted only after review.return")

    assert found.problem is not None
    assert "granted only after review.return" in found.problem.say("zh")
