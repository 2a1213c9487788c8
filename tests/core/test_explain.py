"""The guide: what a clerk who has never seen the file would look for in it."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from workflow import text as catalogues
from workflow.definition.explaining import Vocabulary, condition, explain
from workflow.definition.explaining.moments import deadline, lengths, often, regularly, when
from workflow.definition.expression import Expression
from workflow.definition.loading import load_definition
from workflow.definition.model import Alternative, Ballot, Definition
from workflow.definition.term.reading import AnchorNames, parse_repeat, parse_term
from workflow.definition.term.values import Repeat, Term
from workflow.errors import said
from workflow.text import LANGUAGES, Language

EXAMPLES = Path(__file__).with_name("examples")
LEAVE = (EXAMPLES / "leave.yaml").read_text()
MODEL_WORKER = (EXAMPLES / "model_worker.yaml").read_text()
EVERYTHING = (EXAMPLES / "everything.yaml").read_text()
#: Numbers that the guide says otherwise: the 4 digits of {seq:04}, and 80% for 0.8.
SAID_OTHERWISE = {"04", "0.8"}
#: A definition with something of everything that guards may read.
WIDE = """
key: wide
title: {zh: 评估, en: Assessment}
start: {role: union_chair, at: enterprise}
round:
  at: district
  opens: by office
  fields:
    seats: {type: number_each, of: industry, label: {zh: 名额, en: Seats}}
    meeting_on: {type: date, label: {zh: 评选会, en: Meeting}}
  figures:
    heads: {label: {zh: 负责人, en: Heads}, count: category == "head"}
    listed: {label: {zh: 入围, en: Listed}, count: true}
people: {office: {role: officer, at: district}}
fields:
  days: {type: number, label: {zh: 天数, en: Days}}
  pay: {type: money, label: {zh: 金额, en: Amount}}
  rate: {type: percent, label: {zh: 比率, en: Rate}}
  reason: {type: text, label: {zh: 事由, en: Reason}}
  born_on: {type: date, label: {zh: 出生日期, en: Date of birth}}
  agreed: {type: yes_no, label: {zh: 同意公开, en: Open}}
  files: {type: files, label: {zh: 附件, en: Attachments}}
  approver: {type: person, label: {zh: 审批人, en: Approver}}
  kinds: {type: choices, label: {zh: 种类, en: Kinds}, options: {a: {zh: 甲, en: A}}}
  industry: {type: choice, label: {zh: 行业, en: Industry}, options: {mining: {zh: 采矿, en: Mining}}}
  category:
    type: choice
    label: {zh: 人员类别, en: Category}
    options: {worker: {zh: 一线职工, en: Worker}, head: {zh: 企业负责人, en: Head}}
  awards:
    type: table
    label: {zh: 获奖, en: Awards}
    columns: {year: {type: integer, label: {zh: 年份, en: Year}}, sum: {type: money, label: {zh: 奖金, en: Prize}}}
states:
  draft:
    task: {who: starter, edit: [days]}
    to: {submit: vote}
  vote:
    label: {zh: 表决, en: Vote}
    together: {until: all, rank: {by: ["yes"], seats: "5"}}
    ballot: {who: office, quorum: 'GUARD', due: round.meeting_on}
    to: {pass: done, fail: done}
  done: {end: {zh: 办结, en: Done}}
"""


def a_definition(text: str = LEAVE) -> Definition:
    return load_definition(text).sound()


def wide(guard: str = "true") -> Definition:
    return a_definition(WIDE.replace("GUARD", guard.replace("'", "''")))


def guard_in_words(guard: str, language: Language) -> str:
    """The guard as the voting state sees it."""
    definition = wide(guard)
    words = Vocabulary(definition=definition).inside(definition.states["vote"])
    return said(condition(quorum(definition), words), language)


def quorum(definition: Definition) -> Expression:
    ballot = definition.states["vote"].activity
    assert isinstance(ballot, Ballot)
    assert ballot.quorum is not None
    return ballot.quorum


def section(guide: str, heading: str) -> str:
    """The lines below a heading, up to the next of the same or a higher level."""
    found = re.search(rf"^(#+) {re.escape(heading)}$\n(.*?)(?=^#{{1,2}} |\Z)", guide, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading!r} in\n{guide}"
    level = len(found[1])
    return re.split(rf"^#{{1,{level}}} ", found[2], flags=re.MULTILINE)[0]


# --- the two examples


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "zh",
            [
                "由企业的工会主席发起。",
                "**事由**：文本；必填；最多40字。",
                "**天数**：数字；必填；不小于0.5。",
                "由乡镇（街道、园区）的工会主席办理，时限：3个工作日内。",
                "提醒：期限前1个工作日、逾期后每个工作日。",
                "**同意**：天数不超过3的，办结，结果为“准假”；否则办结，结果为“不准”。",
                "**退回修改**（须写明意见）：退回第1步“草稿”（改好后重走各环节）。",
                "下列人员不得办理自己发起的事项：乡镇（街道、园区）的工会主席。",
                "编号格式：LV-（年份）-（4位序号）。",
            ],
        ),
        (
            "en",
            [
                "A case is started by the enterprise union chair.",
                "**Reason**: short text; required; at most 40 characters.",
                "**Days**: decimal number; required; not less than 0.5.",
                "Handled by the township union chair, within 3 working days.",
                "Reminders: 1 working day before the deadline, every working day after the deadline.",
                "**Approve**: if Days is at most 3, ends as “Granted”; otherwise ends as “Refused”.",
                "**Send back** (with an opinion): back to step 1 “Draft” (then through everything again).",
                "Nobody acts in a case that they started themselves, as one of these: the township union chair.",
                "Its number reads “LV-(year)-(serial number, 4 digits)”.",
            ],
        ),
    ],
)
def test_guide_of_a_leave(language: Language, expected: list[str]) -> None:
    lines = [line.lstrip(" -") for line in explain(a_definition(), language).splitlines()]

    assert [line for line in expected if line not in lines] == []


@pytest.mark.parametrize("text", [LEAVE, MODEL_WORKER])
@pytest.mark.parametrize("language", LANGUAGES)
def test_guide_names_each_field_state_trigger_and_target(text: str, language: Language) -> None:
    definition = a_definition(text)
    guide = explain(definition, language)

    for field in definition.fields.values():
        assert f"**{field.label.say(language)}**" in guide
    steps = [state for state in definition.states.values() if not state.is_end]
    headings = {"zh": "第{number}步：{label}", "en": "Step {number}: {label}"}
    for number, state in enumerate(steps, 1):
        step = section(guide, headings[language].format(number=number, label=state.label.say(language)))
        for trigger, targets in state.to.items():
            line = next(
                line for line in step.splitlines() if f"**{definition.triggers[trigger].label.say(language)}**" in line
            )
            assert all(_is_named(definition, state.name, target.to, line, language) for target in targets), line


def _is_named(definition: Definition, state: str, to: str, line: str, language: Language) -> bool:
    again = {"zh": "本环节重新办理", "en": "this step once more"}[language]
    return again in line if to == state else f"“{definition.states[to].label.say(language)}”" in line


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "zh",
            {
                "发起": ["“姓名”一栏所填的人", "批次、身份证号"],
                "批次": [
                    "本区的劳模工作经办人",
                    "“推荐截止”过后",
                    "分行业名额",
                    "**入围**",
                    "人员类别为企业负责人的事项数",
                ],
                "填写内容": ["最多20字", "200至2000字", "格式限pdf、jpg", "每个附件不超过20MB", "个人信息"],
                "第1步：草稿": ["不晚于“推荐截止”当日", "期限前3天"],
                "第2步：workers_meeting": [
                    "由企业的工会主席登记应到人数、到会人数和各项票数",
                    "到会人数达到应到人数的三分之二，表决方为有效",
                    "赞成票超过应到人数的一半，即为通过",
                ],
                "第3步：township_review": [
                    "由乡镇（街道、园区）的审核人办理",
                    "3个工作日内",
                    "逾期2个工作日",
                    "上一级同岗位的人",
                    "由退回人选择",
                ],
                "第4步：征求意见": [
                    "公安部门的经办人、税务部门的经办人（限人员类别为企业负责人的）",
                    "10个工作日内",
                    "可以答复“无记录”，视同“同意”",
                    "没有答复不算同意",
                ],
                "第5步：评分": [
                    "本区的专家中抽签选出的5人",
                    "满分100分",
                    "最多40分",
                    "最多30分",
                    "去掉一个最高分和一个最低分",
                    "至少要有5张评分表",
                    "得分达到60的，转到第6步“评选”",
                ],
                "第6步：评选": [
                    "最迟不晚于“评选会”当日09:00",
                    "在同一“行业”内，按赞成票从高到低排名",
                    "本行业的“分行业名额”",
                    "再投一次票",
                    "由本区的代表无记名投票，每人一票",
                    "投票人数达到应到人数的三分之二",
                    "赞成票超过投票人数的一半",
                    "入选（名额内）的，转到第7步",
                ],
                "第7步：second_review": [
                    "由本区的领导对全部名单一次办理",
                    "5个工作日内",
                    "“企业负责人”不超过“入围”的10%的",
                    "否则不能办理，并提示“企业负责人超过一成”",
                ],
                "第8步：公示": [
                    "公示期：5个工作日",
                    "公示内容：姓名、单位、人员类别",
                    "本区的异议审查人中抽签选出的2人",
                    "10个工作日内",
                    "须有2人答复一致",
                    "公示停止计时",
                ],
                "办理结果": ["授予当事人“劳动模范”荣誉", "生成“证书”文书", "告知：当事人、企业的工会主席"],
                "随时可办": ["**撤回**（由发起人、当事人提出，办结前随时可提，第1步“草稿”除外）：办结，结果为“已撤回”"],
                "回避": [
                    "涉及本人的事项",
                    "本区的专家、本区的代表、本区的异议审查人",
                    "第3步“township_review”、第7步“second_review”",
                ],
                "办理人员": ["一次性验证码", "“手机号”", "不足5人的，全部参加"],
            },
        ),
        (
            "en",
            {
                "How it starts": ["the person named in “Name”", "the round, ID number"],
                "The round": [
                    "the officer for model workers of the district",
                    "After “Nominations close”",
                    "**Listed**",
                ],
                "What is filled in": [
                    "at most 20 characters",
                    "200 to 2000 characters",
                    "only pdf, jpg",
                    "at most 20MB",
                ],
                "Step 1: Draft": ["by the end of “Nominations close”", "3 days before the deadline"],
                "Step 2: workers_meeting": [
                    "recorded by the enterprise union chair",
                    "the number present is at least two thirds of the number entitled to vote",
                    "the number of “Yes” votes is more than half of the number entitled to vote",
                ],
                "Step 3: township_review": ["Handled by the township reviewer, within 3 working days", "one level up"],
                "Step 4: Consultation": [
                    "the public security officer, the tax officer (if Category is Head)",
                    "within 10 working days",
                    "“no record”",
                    "Silence is not consent",
                ],
                "Step 5: Scoring": [
                    "5 drawn by lot",
                    "100 points",
                    "40 points",
                    "30 points",
                    "At least 5 cards",
                    "at least 60",
                ],
                "Step 6: Selection": [
                    "no later than “Selection meeting” at 09:00",
                    "within the same “Industry”",
                    "“Seats by industry” for its Industry",
                    "second ballot",
                    "A secret ballot",
                    "within the seats, on to step 7",
                ],
                "Step 7: second_review": [
                    "the leader of the district",
                    "within 5 working days",
                    "“Heads” is at most 10% of “Listed”",
                    "“More than a tenth are heads”",
                ],
                "Step 8: Public notice": [
                    "5 working days",
                    "2 drawn by lot",
                    "within 10 working days",
                    "2 of them must answer",
                ],
                "How it ends": ["“model worker” is granted to the person concerned", "“certificate”"],
                "At any time": ["**Withdraw**, by the starter, the person concerned"],
                "Who may not act": ["about themselves", "the expert of the district", "step 7 “second_review”"],
                "About those who act": ["one-time code is sent to “Mobile”", "fewer than 5"],
            },
        ),
    ],
)
def test_guide_of_a_selection(language: Language, expected: dict[str, list[str]]) -> None:
    guide = explain(a_definition(MODEL_WORKER), language)

    for heading, sayings in expected.items():
        found = section(guide, heading)
        assert [saying for saying in sayings if saying not in found] == [], heading


@pytest.mark.parametrize("text", [LEAVE, MODEL_WORKER, EVERYTHING])
@pytest.mark.parametrize("language", LANGUAGES)
def test_guide_says_each_number_of_the_definition(text: str, language: Language) -> None:
    written = set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", re.sub(r"#.*", "", text)))
    guide = explain(a_definition(text), language)

    assert written - SAID_OTHERWISE - set(re.findall(r"\d+(?:\.\d+)?", guide)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_guide_of_everything_leaves_no_place_unfilled(language: Language) -> None:
    guide = explain(a_definition(EVERYTHING), language)

    assert not re.search(r"[{}]|None|““|。。|\(\)|Label|Sentence", guide)


@pytest.mark.parametrize(
    ("heading", "lines"),
    [
        (
            "批次",
            [
                "自动开启：每年12月第一个工作日09:00。",
                "遇休息日，提前到上一个工作日。",
                "批次开启前3个工作日通知有关人员。",
                "批次开启时，为每个企业各建一件事项，限单位的会员数达到25的。",
                "**截止**：日期；自动定为12月20日。",
                "**经费**：金额（元）；必填；不大于500000元。",
                "**人数**：会员数之和，按乡镇（街道、园区）分列。",
                "**上报率**：本批次的事项数÷83×100。",
            ],
        ),
        ("本流程设定的数值", ["**限制年数**：5", "**及格线**：60"]),
        (
            "第1步：自评",
            [
                "由企业的工会主席办理，时限：类别为负责人的，10个工作日内；其他的，5个工作日内。",
                "提醒：进入本环节后每2天、逾期后每周一。",
                "另行告知：本区的经办人（期限前1个工作日的16:00）。",
                "对办理人隐去：病情。",
                "**退回修改**：退回上一环节（改好后直接回到本环节）。",
            ],
        ),
        (
            "第2步：审核",
            [
                "由其他乡镇（街道、园区）的审核人中抽签选出的1人办理，时限：3个工作日内。",
                "仅限金额超过10000元的。",
                "答复“同意”的人数达到应答复人数的三分之二的，按“同意”处理",
                "**退回修改**（须写明意见）：退回办理人选定的、已经过的环节。",
            ],
        ),
        ("第3步：面谈", ["等待下列外部信号之一（至当月最后一个工作日的17:00）：报告到。"]),
        (
            "第4步：表决",
            [
                "由单位全体会员无记名投票，每人一票。",
                "投票人数达到应到人数的80%，表决方为有效。",
                "满意票＋基本满意票达到投票人数的85%，即为通过。",
                "全部投完即截止，时限：7天内。",
                "不足5票的分会，与相邻分会合并显示。",
            ],
        ),
        (
            "第5步：打分",
            ["由最近一次办理“自评”环节的人评分，每人一张评分表，时限：不晚于次月5日。", "技能：最多60分"],
        ),
        ("第6步：走访", ["为“获奖”的每一行另开一件“节日慰问”事项，并带入：limit为奖金×2。"]),
        (
            "第7步：排名",
            [
                "按总分从高到低、迟报次数从低到高排名。",
                "等次按名次依次确定：“较差”：总分不足60的；“优秀”：最多20%；“合格”：同意公开为“是”的，最多40%；“良好”：其余的。",
                "从这些事项中抽签选出20%（不足一件的按一件计）。",
                "“基础部分”：占60%，按下列数值的比例分配：会员数。",
            ],
        ),
        (
            "第8步：公示",
            [
                "公示期：被抽中的，7个工作日；其他的，5个工作日；发布于：单位、报纸。",
                "每次答复异议后，公示重新开始计时。",
                "部分成立的，更正：金额。",
            ],
        ),
        ("第9步：批准", ["以超过半数的答复为准；都不能过半的，按“不予通过”处理。", "金额超过1000元的，告知：当事人。"]),
        (
            "随时可办",
            [
                "**重新办理**（由本区的经办人提出，限“未通过”、“已命名”）：转到第1步“自评”。",
                "**取消**（由本区的经办人提出，随时可提，须说明理由）：办结，结果为“已取消”。",
            ],
        ),
        ("受限制的操作", ["不得委托。", "加签仅限：前加签、后加签。", "催办：每2个工作日最多一次。"]),
    ],
)
def test_guide_of_everything(heading: str, lines: list[str]) -> None:
    found = [line.lstrip(" -") for line in section(explain(a_definition(EVERYTHING), "zh"), heading).splitlines()]

    assert [line for line in lines if line not in found] == []


@pytest.mark.parametrize("text", [LEAVE, MODEL_WORKER])
def test_chinese_guide_has_no_blank_beside_chinese_and_no_english_sentence(text: str) -> None:
    lines = explain(a_definition(text), "zh").replace("- ", "").splitlines()

    for line in lines:
        inner = line.lstrip("# ")
        assert not re.search(r"[\u4e00-\u9fff“”；：，。] +\S|\S +[\u4e00-\u9fff“”；：，。]", inner), line
        assert not re.search(r"[a-z]+ [a-z]+", inner), line


def test_guide_is_the_same_each_time() -> None:
    assert explain(a_definition(MODEL_WORKER), "zh") == explain(a_definition(MODEL_WORKER), "zh")


# --- guards


@pytest.mark.parametrize(
    ("guard", "zh", "en"),
    [
        ("days <= 3", "天数不超过3", "Days is at most 3"),
        ("days < 3", "天数不足3", "Days is below 3"),
        ("3 < days", "天数超过3", "Days is above 3"),
        ("days >= 0.5", "天数达到0.5", "Days is at least 0.5"),
        ("pay > 10000", "金额超过10000元", "Amount is above 10000 yuan"),
        ("rate == 80", "比率为80%", "Rate is 80%"),
        ('category == "head"', "人员类别为企业负责人", "Category is Head"),
        ('category != "head"', "人员类别不为企业负责人", "Category is not Head"),
        ('category in ["head", "worker"]', "人员类别属于（企业负责人、一线职工）", "Category is one of (Head, Worker)"),
        ('!(category in ["head"])', "人员类别不属于（企业负责人）", "Category is none of (Head)"),
        ('"a" in kinds', "种类包括甲", "Kinds includes A"),
        ("days == null", "天数未填", "Days is empty"),
        ("days != null", "天数已填", "Days is filled in"),
        ("count(files) > 0", "附件已填", "Attachments is filled in"),
        ("count(files) >= 2", "附件的份数达到2", "the number of files of Attachments is at least 2"),
        ("previous == null", "没有上一次的事项", "there is no case before"),
        ("previous.days < days", "上一次事项的天数少于天数", "Days of the case before is less than Days"),
        ("agreed", "同意公开为“是”", "Open is “yes”"),
        ("!agreed", "同意公开为“否”", "Open is “no”"),
        ("agreed == false", "同意公开为“否”", "Open is “no”"),
        ("seated", "入选（名额内）", "the case is within the seats"),
        ("!seated", "未入选（名额外）", "the case is not within the seats"),
        ("!(days <= 3)", "天数超过3", "Days is above 3"),
        ("days > 3 && agreed", "天数超过3，且同意公开为“是”", "Days is above 3 and Open is “yes”"),
        (
            "days > 3 && (agreed || pay > 5)",
            "天数超过3，且（同意公开为“是”，或者金额超过5元）",
            "Days is above 3 and (Open is “yes” or Amount is above 5 yuan)",
        ),
        (
            "yes * 2 > electorate",
            "赞成票超过应到人数的一半",
            "the number of “Yes” votes is more than half of the number entitled to vote",
        ),
        (
            "cast * 3 >= electorate * 2",
            "投票人数达到应到人数的三分之二",
            "the number of votes cast is at least two thirds of the number entitled to vote",
        ),
        (
            "cast / electorate >= 0.85",
            "投票人数达到应到人数的85%",
            "the number of votes cast is at least 85% of the number entitled to vote",
        ),
        (
            "yes * 100 / cast >= 85",
            "赞成票达到投票人数的85%",
            "the number of “Yes” votes is at least 85% of the number of votes cast",
        ),
        (
            "yes > no * 2",
            "赞成票超过反对票的2倍",
            "the number of “Yes” votes is more than 2 times the value of the number of “No” votes",
        ),
        ("round.heads * 10 <= round.listed", "“负责人”不超过“入围”的10%", "“Heads” is at most 10% of “Listed”"),
        ("round.heads * 7 <= round.listed", "“负责人”不超过“入围”的1/7", "“Heads” is at most 1/7 of “Listed”"),
        ("days * 2 <= 7", "天数×2不超过7", "Days × 2 is at most 7"),
        ("vote.times < 3", "进入“表决”不足3次", "“Vote” was entered fewer than 3 times"),
        ('draft.trigger == "submit"', "“草稿”环节的结果为“提交”", "the outcome of “Draft” is “Submit”"),
        ('came_from == "draft"', "上一环节为“草稿”", "the step before is “Draft”"),
        ("born_on < today", "出生日期早于今天", "Date of birth is before today"),
        (
            "years(born_on, today) >= 18",
            "从出生日期到今天满18年",
            "at least 18 full years lie between Date of birth and today",
        ),
        ("unit.members >= 25", "单位的会员数达到25", "the number of members of the unit is at least 25"),
        ('unit.level == "enterprise"', "单位的层级为企业", "the level of the unit is enterprise"),
        (
            "starter.retired == false || starter.age < 70",
            "发起人未退休，或者发起人的年龄不足70",
            "the starter is not retired or the age of the starter is below 70",
        ),
        ("starter.name == reason", "发起人的姓名与事由相同", "the full name of the starter is the same as Reason"),
        (
            'agreed == false && (category == "head" ? days <= 3 : pay > 5)',
            "同意公开为“否”，且（人员类别为企业负责人的，天数不超过3；否则金额超过5元）",
            "Open is “no” and (Days is at most 3 if Category is Head, else Amount is above 5 yuan)",
        ),
        ("starter.id != approver.id", "发起人与审批人不同", "the starter is not the same as Approver"),
        ('reason.contains("病")', "事由含有“病”", "Reason contains “病”"),
        (
            "awards.exists(r, r.year > 2020)",
            "“获奖”中有一行满足：年份超过2020",
            "in “Awards” there is a row where Year is above 2020",
        ),
        (
            "sum(awards.map(r, r.sum)) > 500",
            "“获奖”各行奖金之和超过500",
            "the sum of Prize over “Awards” is above 500",
        ),
        (
            'round.seats[industry] > round.seats["mining"]',
            "本行业的“名额”超过采矿的“名额”",
            "“Seats” for its Industry is more than “Seats” for Mining",
        ),
    ],
)
def test_guard_in_words(guard: str, zh: str, en: str) -> None:
    assert (guard_in_words(guard, "zh"), guard_in_words(guard, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("known", "lines"),
    [
        (
            True,
            [
                "**上次天数**：数字；自动取自最近一件“请假”事项的“天数”（限本单位、处于准假环节），不能修改。",
                "另行发起一件“请假”事项，并带入：事由为“探亲”、天数为上次天数。",
            ],
        ),
        (
            False,
            [
                "**上次天数**：数字；自动取自最近一件“leave”事项的“days”（限本单位、处于granted环节），不能修改。",
                "另行发起一件“leave”事项，并带入：reason为“探亲”、days为上次天数。",
            ],
        ),
    ],
)
def test_other_definition_is_called_as_it_calls_itself_where_it_is_known(known: bool, lines: list[str]) -> None:
    text = """
key: visit
title: {zh: 探亲, en: Visit}
start: {role: union_chair, at: enterprise}
fields:
  last:
    type: number
    label: {zh: 上次天数, en: Days last time}
    from: {cases: leave, take: latest, value: days, in: [granted]}
states:
  draft: {task: {who: starter, edit: []}, to: {submit: done}}
  done:
    end: {zh: 办结, en: Done}
    do: [{start: {definition: leave, with: {reason: '"探亲"', days: last}}}]
"""
    others = {"leave": a_definition(LEAVE)} if known else {}

    guide = explain(a_definition(text), "zh", others.get)

    assert [line for line in lines if line not in guide] == []


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        ('reason.matches("^[a-z]+$")', '`reason.matches("^[a-z]+$")`'),
        ('reason.matches("`x`")', '`` reason.matches("`x`") ``'),
    ],
)
def test_guard_without_words_stands_as_code(guard: str, expected: str) -> None:
    assert guard_in_words(guard, "zh") == expected


def test_check_that_has_no_words_is_told_by_what_it_says() -> None:
    checks = (
        """checks: [{that: 'reason.matches("^[a-z]+$")', say: {zh: 只用小写字母, en: Small letters only}}]\nstates:\n"""
    )
    guide = explain(a_definition(WIDE.replace("GUARD", "true").replace("states:\n", checks)), "en")

    assert "- Looked at by the service, and refused if need be: “Small letters only”." in guide
    assert "matches" not in guide


def test_whom_the_file_names_may_start_beside_the_public() -> None:
    start = "start: [{role: union_chair, at: enterprise}, public]"
    guide = explain(a_definition(LEAVE.replace("start: {role: union_chair, at: enterprise}", start)), "en")

    assert "- A case is started by the enterprise union chair.\n- Anyone may start a case, by a link" in guide


def test_of_two_things_with_one_name_the_nearest_is_meant() -> None:
    text = WIDE.replace("GUARD", "cast > 3").replace(
        "  days:", "  cast: {type: integer, label: {zh: 演员, en: Actors}}\n  days:"
    )
    definition = a_definition(text)
    words = Vocabulary(definition=definition)
    voting = words.inside(definition.states["vote"])

    assert said(condition(quorum(definition), voting), "en") == "the number of votes cast is above 3"
    assert said(condition(quorum(definition), words), "en") == "Actors is above 3"


# --- time terms

ANCHORS = AnchorNames(
    states=frozenset({"vote"}), fields=frozenset({"born_on"}), round_fields=frozenset({"meeting_on"}), due=True
)


def in_state() -> Vocabulary:
    definition = wide()
    return Vocabulary(definition=definition).inside(definition.states["vote"])


def term(source: str) -> Term | Repeat:
    return parse_repeat(source, ANCHORS) if source.startswith("every") else parse_term(source, ANCHORS)


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("3 working days", "3个工作日内", "within 3 working days"),
        ("1 day", "1天内", "within 1 day"),
        ("2 hours", "2小时内", "within 2 hours"),
        (
            "3 working days at 17:00",
            "3个工作日内（最后一天17:00前）",
            "within 3 working days, at 17:00 of the last day",
        ),
        ("round.meeting_on", "不晚于“评选会”当日", "by the end of “Meeting”"),
        ("round.meeting_on at 09:00", "不晚于“评选会”当日09:00", "no later than “Meeting” at 09:00"),
        ("born_on", "不晚于“出生日期”当日", "by the end of “Date of birth”"),
        (
            "last working day of the month",
            "不晚于当月最后一个工作日",
            "no later than the last working day of the month",
        ),
        (
            "3rd working day of the next month at 12:00",
            "不晚于次月第三个工作日的12:00",
            "no later than the third working day of the next month, at 12:00",
        ),
        ("5 days before round.meeting_on", "不晚于“评选会”前5天", "no later than 5 days before “Meeting”"),
    ],
)
def test_deadline_in_words(source: str, zh: str, en: str) -> None:
    found = deadline(parse_term(source, ANCHORS), in_state())

    assert (said(found, "zh"), said(found, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("1 working day before due", "期限前1个工作日", "1 working day before the deadline"),
        ("2 working days after due", "逾期2个工作日", "2 working days after the deadline"),
        ("every working day after due", "逾期后每个工作日", "every working day after the deadline"),
        ("every 2 weeks", "每2周", "every 2 weeks"),
        ("every Monday at 09:00", "每周一09:00", "every Monday, at 09:00"),
        ("every day 25 of the month", "每月25日", "day 25 of each month"),
        ("10 days", "进入本环节后10天", "10 days after this step begins"),
        ("3 days after vote", "进入“表决”环节后3天", "3 days after “Vote” begins"),
        ("20 December", "12月20日", "20 December"),
        ("Monday of the next week", "下周一", "Monday of the next week"),
        ("last working day of the quarter", "本季度最后一个工作日", "the last working day of the quarter"),
        ("first working day of November", "11月第一个工作日", "the first working day of November"),
    ],
)
def test_moment_in_words(source: str, zh: str, en: str) -> None:
    found = when(term(source), in_state())

    assert (said(found, "zh"), said(found, "en")) == (zh, en)


def test_round_that_opens_at_a_calendar_point_opens_each_time() -> None:
    words = in_state()

    assert said(regularly(term("day 25 of the month"), words), "zh") == "每月25日"
    assert said(regularly(term("first working day of November"), words), "zh") == "每年11月第一个工作日"
    assert said(often(parse_repeat("every Monday at 09:00", ANCHORS), words), "zh") == "每周一09:00"


def test_length_of_a_notice_may_depend() -> None:
    terms = (
        Alternative(parse_term("7 working days", ANCHORS), quorum(wide("days > 3"))),
        Alternative(parse_term("5 working days", ANCHORS)),
    )

    assert said(lengths(terms, in_state()), "zh") == "天数超过3的，7个工作日；其他的，5个工作日"
    assert said(lengths(terms, in_state()), "en") == "7 working days if Days is above 3; otherwise 5 working days"


# --- parts of a definition


def guide_of(replaced: str, by: str, language: Language = "zh") -> str:
    assert replaced in LEAVE
    return explain(a_definition(LEAVE.replace(replaced, by)), language)


def test_preamble_stands_in_paragraphs_that_show_its_signs() -> None:
    guide = guide_of("number:", 'about: {zh: "依据*章程*\\n\\n第二段", en: Rules}\nnumber:')

    assert guide.startswith("# 请假\n\n依据\\*章程\\*\n\n第二段\n\n## 发起\n")


def test_label_cannot_break_the_guide() -> None:
    guide = guide_of("{zh: 事由, en: Reason}", '{zh: "# a\\n- *b* [c](d) <i>", en: x}')

    assert "- **\\# a - \\*b\\* \\[c\\](d) \\<i\\>**：文本" in guide


def test_parameters_are_listed_with_their_numbers() -> None:
    guide = guide_of("states:", "  limit: {type: money, label: {zh: 上限, en: Limit}, value: 5000}\nstates:")

    assert section(guide, "本流程设定的数值") == "\n- **上限**：5000元\n\n"
    assert "上限" not in section(guide, "填写内容")


def test_computed_choice_is_told_by_its_labels() -> None:
    field = (
        "  grade: {type: choice, label: {zh: 等次, en: Grade}, options: {good: {zh: 优, en: Good}, "
        'bad: {zh: 差, en: Bad}}, value: \'days >= 5 ? "good" : "bad"\'}\nstates:'
    )

    assert "自动计算：天数达到5的为优，否则为差。" in guide_of("states:", field)


def test_headings_group_the_form() -> None:
    guide = guide_of("label: {zh: 天数", "heading: {zh: 时间, en: Time}, label: {zh: 天数")

    assert "### 时间\n\n- **天数**：数字" in guide


def test_rules_of_a_form_are_told() -> None:
    guide = guide_of(
        "required: true, min: 0.5}",
        "required: 'reason != null', min: 0.5, max: 30, default: 1, plausible: [not above 10]}\n"
        "checks: [{that: days <= 20, say: {zh: 太长, en: Too long}, else: ask}]",
    )

    assert "**天数**：数字；事由已填的必填；0.5至30；默认为1。\n  - 高于10的，须附说明。" in guide
    assert "不满足以下条件的，提示“太长”，须附说明：天数不超过20。" in guide


def test_clock_and_operations_of_a_state_are_told() -> None:
    guide = guide_of(
        "    remind:",
        "    extend: {by: 5 working days, times: 2, agreed_by: chair}\n    pause: 60 days\n    clock: goes_on\n"
        "    operations: {transfer: never, add_signer: [before], urge: 2 working days}\n    remind:",
    )

    step = section(guide, "第2步：审核")
    assert "每次5个工作日，最多2次，须说明理由，并经乡镇（街道、园区）的工会主席同意" in step
    assert "累计不超过60天" in step
    assert "接着计算剩余时间" in step
    assert "不得转办。" in step
    assert "加签仅限：前加签。" in step
    assert "催办：每2个工作日最多一次。" in step


def test_effects_are_told_with_amounts_and_dates() -> None:
    guide = guide_of(
        "tell: [starter]}\n  refused",
        "tell: [starter], do: [{benefit: {kind: study_tour, to: starter, amount: 800, until: 20 December}, "
        "when: days > 2}]}\n  refused",
    )

    assert "天数超过2的，给予发起人“疗休养”待遇，金额为800元，有效期至12月20日。" in guide


def test_unusual_words_of_offices_say_themselves() -> None:
    guide = guide_of("{role: union_chair, at: township}", "{role: gardener, at: moon_base, draw: 3, vacant: up}", "en")

    assert "Handled by 3 drawn by lot from those with the post of moon base gardener" in guide
    assert "where there are fewer than 3, all of them act" in guide
    assert "the same post one level up acts" in guide


# --- the catalogue


def test_each_sentence_has_its_chinese() -> None:
    room = Path(catalogues.__file__).parent
    with (room / "translations/zh/LC_MESSAGES/workflow.po").open("rb") as file:
        chinese = {str(message.id): str(message.string) for message in read_po(file, locale="zh")}
    methods = [("explaining/**.py", "python"), ("drawing/*.py", "python")]
    templates = [
        str(message)
        for _, _, message, _, _ in extract_from_dir(room / "definition", methods, keywords={"sentence": None})
    ]

    assert len(templates) > 600
    assert [template for template in templates if not chinese.get(template)] == []
    assert [template for template in templates if places(template) != places(chinese[template])] == []


def places(template: str) -> set[str]:
    return set(re.findall(r"{\w+}", template))
