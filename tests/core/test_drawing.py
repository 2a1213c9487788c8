"""The line: which states stand on it in which order, where everything has its place, what a case shows, the SVG."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from unicodedata import east_asian_width
from xml.etree import ElementTree as ET

import pytest

import definitions
import workflow
from workflow.definition.drawing import (
    Journey,
    Picture,
    Returned,
    Standing,
    alone,
    in_words,
    layout,
    sheet,
    svg,
)
from workflow.definition.drawing.order import Line, line_of
from workflow.definition.drawing.picture import Arc, Words
from workflow.definition.drawing.rows import grid
from workflow.definition.drawing.wrapping import wrapped
from workflow.definition.loading import load_definition
from workflow.definition.model import Definition
from workflow.text import LANGUAGES, Language

FOLDER = Path(definitions.__file__).parent
EXAMPLES = Path(__file__).with_name("examples")
FILES = {
    **{file.parent.name: file for file in sorted(FOLDER.glob("*/definition.yaml"))},
    "branching": EXAMPLES / "branching.yaml",
    "everything": EXAMPLES / "everything.yaml",
}
WIDTHS = (1122, 900, 720, 390)
RULES = (Path(workflow.__file__).parent / "web" / "static" / "line.css").read_text("utf-8")

Area = tuple[float, float, float, float]  #: left, top, right, bottom

each_definition = pytest.mark.parametrize("key", FILES)
each_width = pytest.mark.parametrize("width", WIDTHS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def a_definition(key: str) -> Definition:
    return load_definition(FILES[key].read_text("utf-8")).sound()


@cache
def a_line(key: str) -> Line:
    return line_of(a_definition(key))


def counted(key: str) -> dict[str, Standing]:
    return {name: Standing(place % 13, f"/cases?state={name}") for place, name in enumerate(a_definition(key).states)}


@cache
def a_picture(key: str, width: float = 1122, language: Language = "zh") -> Picture:
    return layout(sheet(a_definition(key), language, standing=counted(key)), width)


# --- the order


def test_what_a_condition_skips_stands_on_the_line_in_its_place() -> None:
    line = a_line("leave_request")

    assert line.stations == ("draft", "township_review", "district_review", "granted")
    assert [(jump.begin, jump.to) for jump in line.jumps if not jump.back] == [("township_review", "granted")]


def test_detour_of_several_states_is_inserted() -> None:
    line = a_line("problem")

    assert line.stations == ("noted", "found", "assigned", "in_hand", "solved", "closed")
    assert [(side.state, side.under, side.to) for side in line.sides] == [("handed_up", "found", "assigned")]


def test_state_that_several_stations_lead_to_is_a_side_box_under_the_first() -> None:
    sides = {side.state: (side.under, side.to) for side in a_line("model_worker").sides}

    assert sides == {
        "acceptance": ("consent", "consultation"),
        "reserve": ("selection", "district_second_review"),
    }


def test_end_is_passed_over_where_most_states_would_be_left_out() -> None:
    stations = a_line("benefit_year").stations

    assert (stations[0], stations[-1], len(stations)) == ("standing", "done", 6)


def test_of_ends_alone_the_line_takes_the_one_where_no_condition_holds() -> None:
    assert a_line("model_worker_review").stations[-1] == "kept"


@each_definition
def test_line_begins_at_the_first_state_and_ends_at_an_end_where_there_is_a_way_to_one(key: str) -> None:
    definition, stations = a_definition(key), a_line(key).stations

    assert stations[0] == definition.first_state
    assert [name for name in stations[:-1] if definition.states[name].is_end] == []
    assert definition.states[stations[-1]].is_end or key == "workers_home"


@each_definition
@each_width
def test_every_state_that_is_no_end_stands_exactly_once(key: str, width: float) -> None:
    picture = a_picture(key, width)

    drawn = [station.state for station in picture.stations if not station.is_end]
    drawn += [box.state for box in picture.boxes if box.kind == "side"]

    assert sorted(drawn) == sorted(state.name for state in a_definition(key).states.values() if not state.is_end)


# --- rows and labels


@pytest.mark.parametrize(
    ("stations", "width", "found"),
    [
        (13, 1122, (8, 13, 1106 / 13)),
        (14, 1122, (24, 7, 1074 / 7)),
        (20, 1122, (24, 10, 107.4)),
        (14, 1200, (8, 14, 1184 / 14)),
        (15, 2000, (24, 8, 244)),
        (9, 720, (24, 5, 672 / 5)),
    ],
)
def test_stations_are_spread_over_rows_evenly(stations: int, width: float, found: tuple[float, int, float]) -> None:
    cells = grid(stations, width)

    assert (cells.gutter, cells.columns, cells.step) == pytest.approx(found)
    assert cells.step >= 84


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("1 申报", ("1 申报",)),
        ("2 对照百分表自评", ("2 对照百分表", "自评")),
        ("3 职工代表大会审议", ("3 职工代表", "大会审议")),
        ("5 乡镇街道园区总工会初审", ("5 乡镇街道园", "区总工会初审")),
        ("10 经费审查委员会审计", ("10 经费审查", "委员会审计")),
        ("15 主席办公会复审", ("15 主席", "办公会复审")),
        ("工资、社保和工时核对", ("工资、社保和", "工时核对")),
        ("答复期限20个工作日", ("答复期限", "20个工作日")),
        ("Waiting for the receipt", ("Waiting for", "the receipt")),
    ],
)
def test_labels_break_where_an_office_would_break_them(label: str, lines: tuple[str, ...]) -> None:
    assert wrapped(label, 14, 98, 4) == lines


def test_label_that_needs_more_lines_is_cut_and_keeps_its_text_as_title() -> None:
    lines = wrapped("非常非常长的一个环节名称" * 5, 14, 98, 4)

    assert len(lines) == 4
    assert lines[-1].endswith("…")
    assert wrapped("Internationalisation", 14, 74, 4) == ("Interna…",)


def test_numbers_stand_before_the_labels_with_several_rows_and_in_the_discs_where_no_case_is_counted() -> None:
    assert [station.label.lines[0] for station in a_picture("branching").stations][:2] == ["1 申报", "2 对照百分表"]
    assert [station.label.lines[0] for station in a_picture("problem").stations][:2] == ["登记", "待交办"]
    plain = layout(sheet(a_definition("branching"), "zh"), 1122)
    assert (plain.stations[0].disc, plain.stations[0].label.lines[0]) == ("1", "申报")


# --- nothing is in the way of anything


@each_definition
@each_width
@each_language
def test_no_two_texts_overlap(key: str, width: float, language: Language) -> None:
    areas = list(texts(a_picture(key, width, language)))

    assert [(one, other) for one, other in combinations(areas, 2) if meet(one[1], other[1])] == []


@each_definition
@each_width
@each_language
def test_everything_is_within_the_picture(key: str, width: float, language: Language) -> None:
    picture = a_picture(key, width, language)

    outside = [
        area
        for area in [*texts(picture), *lines(picture)]
        if area[1][0] < 0 or area[1][1] < 0 or area[1][2] > picture.width or area[1][3] > picture.height
    ]

    assert outside == []


@each_definition
@each_width
def test_arcs_never_meet(key: str, width: float) -> None:
    arcs = a_picture(key, width).arcs

    for one, other in combinations(arcs, 2):
        (axis, place), (begin, end) = level_of(one)
        (other_axis, other_place), (other_begin, other_end) = level_of(other)
        same = (axis, place) == (other_axis, other_place)
        assert not same or end < other_begin or other_end < begin, (one, other)


@each_definition
@each_width
def test_feet_of_a_station_stand_apart(key: str, width: float) -> None:
    picture = a_picture(key, width)
    feet = [point for arc in picture.arcs for point in (arc.points[0], arc.points[-1])]
    feet += [flag.foot[0] for flag in picture.flags]

    assert [
        pair for pair in combinations(feet, 2) if max(abs(pair[0][0] - pair[1][0]), abs(pair[0][1] - pair[1][1])) < 8
    ] == []


@each_definition
def test_no_two_arcs_of_a_station_cross(key: str) -> None:
    for width in WIDTHS[:3]:
        for one, other in combinations(a_picture(key, width).arcs, 2):
            if {one.begin, one.to} & {other.begin, other.to}:
                assert not crosses(one, other), (one, other)
                assert not crosses(other, one), (one, other)


@each_definition
def test_jumps_within_a_row_are_arcs_and_others_flags(key: str) -> None:
    picture = a_picture(key, 900)
    rows = {station.number: station.row for station in picture.stations}

    assert [arc for arc in picture.arcs if rows[arc.begin] != rows[arc.to]] == []
    assert [flag for flag in picture.flags if flag.to is not None and rows[flag.begin] == rows[flag.to]] == []
    assert len(picture.arcs) + len(picture.flags) == len(a_line(key).jumps)


@each_definition
def test_the_same_input_gives_the_same_picture(key: str) -> None:
    again = load_definition(FILES[key].read_text("utf-8")).sound()

    for width in WIDTHS:
        picture = layout(sheet(again, "zh", standing=counted(key)), width)
        assert picture == a_picture(key, width)
        assert svg(picture) == svg(a_picture(key, width))


def test_narrow_line_stands_upright_and_says_what_its_arcs_mean() -> None:
    picture = a_picture("model_worker", 390)

    assert picture.upright
    assert [station.y for station in picture.stations] == sorted(station.y for station in picture.stations)
    assert "退回修改 → 1" in [found.text.lines[0] for found in picture.exits if found.kind == "back"]
    assert len(picture.arcs) == 3


# --- the branching example


def test_branches_stand_under_their_station() -> None:
    picture = a_picture("branching")

    kinds = {
        station.number: [box.kind for box in picture.boxes if box.state == station.state]
        for station in picture.stations
    }

    assert (kinds[6], kinds[7], kinds[9], kinds[19]) == (["task"] * 3, ["task"] * 3, ["call"], ["call"] * 2)
    assert kinds[11] == ["task", "task", "task", "more"]
    assert [station.number for station in picture.stations if station.interchange] == [9, 19]
    assert [box.text.lines for box in picture.boxes if box.kind == "side"] == [("候补 → 15",)]


def test_what_waits_for_another_stands_further_right() -> None:
    first, second, report = (box for box in a_picture("branching").boxes if box.state == "inspection")

    assert (second.x - first.x, report.x - second.x) == (0, 14)


def test_return_into_another_row_is_a_flag_that_links_to_the_station() -> None:
    picture = a_picture("branching")

    assert [(flag.begin, flag.to, flag.text.lines) for flag in picture.flags if flag.to] == [(12, 5, ("退回修改 → 5",))]
    assert '<a href="#line-5">' in svg(picture)
    assert 'id="line-5"' in svg(picture)


def test_refusals_drop_to_the_rail_of_their_row() -> None:
    picture = a_picture("branching")

    assert [rail.text.lines for rail in picture.rails] == [("未通过",), ("未通过",)]
    assert [found.begin for found in picture.exits] == [3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17]
    last = next(found for found in picture.exits if found.begin == 10)
    assert last.points[-1][1] == picture.rails[0].y - 15


def test_refusal_that_leads_elsewhere_names_the_end() -> None:
    said = {found.begin: found.text for found in a_picture("model_worker").exits}

    assert said[2].lines == ("已撤回",)
    assert said[8].full == "不予推荐 → 未通过；弄虚作假，取消资格 → 取消评选资格"


# --- a case

PASSED = {
    "draft": "2月24日",
    "consent": "2月25日",
    "workers_meeting": "90/120",
    "unit_notice": "5 天",
    "township_review": "3月12日",
    "consultation": "3月31日",
    "district_first_review": "4月3日",
    "scoring": "86.4 分",
    "selection": "第 2 名",
    "district_second_review": "4月13日",
}
BACK = Returned("township_review", "draft", "退回 1 次")


def a_case(current: str = "public_notice", *, everything: bool = False, width: float = 1122) -> Picture:
    names = list(PASSED)
    passed = {name: PASSED[name] for name in (names[: names.index(current)] if current in PASSED else names)}
    journey = Journey(passed=passed, current=current, note="第 3 天", to_come={"award": "5月8日前"}, returns=(BACK,))
    return layout(sheet(a_definition("model_worker"), "zh", journey=journey, everything=everything), width)


def test_case_shows_what_was_passed_where_it_is_and_what_is_to_come() -> None:
    found = [(station.state, station.mark, station.second and station.second.lines) for station in a_case().stations]

    assert found[:2] == [("draft", "done", ("2月24日",)), ("consent", "done", ("2月25日",))]
    assert found[-3:] == [
        ("public_notice", "now", ("第 3 天",)),
        ("award", "to_come", ("5月8日前",)),
        ("awarded", "to_come", None),
    ]
    assert "site_lot" not in [state for state, *_ in found]


def test_route_shows_returns_taken_and_refusals_that_can_still_happen() -> None:
    picture = a_case()

    assert [(arc.begin, arc.to, arc.taken, arc.text and arc.text.lines) for arc in picture.arcs] == [
        (5, 1, True, ("退回 1 次",))
    ]
    assert [(found.begin, found.now) for found in picture.exits] == [(12, True), (13, False)]


def test_all_ways_off_the_line_are_shown_where_asked_for() -> None:
    picture = a_case(everything=True)

    assert [station.mark for station in picture.stations if station.state == "site_lot"] == ["passed_by"]
    assert {arc.taken for arc in picture.arcs} == {True, False}
    assert [found.begin for found in picture.exits if found.now] == [12]
    assert len(picture.exits) > 8


def test_refusal_that_cannot_be_fired_now_is_not_red() -> None:
    journey = Journey(passed=PASSED, current="public_notice", possible=frozenset({"clear"}))

    picture = layout(sheet(a_definition("model_worker"), "zh", journey=journey, everything=False), 1122)

    assert [(found.begin, found.now) for found in picture.exits] == [(13, False)]


def test_case_that_ended_otherwise_ends_on_the_rail() -> None:
    picture = a_case("rejected")

    assert [station.mark for station in picture.stations] == ["done"] * len(PASSED)
    assert [(found.begin, found.taken) for found in picture.exits] == [(11, True)]
    assert [(rail.taken, rail.text.lines) for rail in picture.rails] == [(True, ("未通过",))]


def test_case_that_was_given_up_at_once_still_has_a_picture() -> None:
    journey = Journey(passed={}, current="cancelled")

    picture = layout(sheet(a_definition("model_worker"), "zh", journey=journey, everything=False), 1122)

    assert [(station.state, station.mark) for station in picture.stations] == [("draft", "done")]
    assert [rail.text.lines for rail in picture.rails] == [("已取消",)]


def test_last_station_that_is_no_end_has_the_sun() -> None:
    picture = layout(sheet(a_definition("workers_home"), "zh", journey=Journey(passed={}, current="kept")), 1122)

    assert picture.stations[-1].mark == "now"


def test_case_in_a_state_beside_the_line_is_marked_there() -> None:
    boxes = a_case("reserve").boxes

    assert [(box.state, box.now) for box in boxes if box.kind == "side"] == [("reserve", True)]


def test_case_that_is_over_has_no_sun() -> None:
    journey = Journey(passed=PASSED, current="awarded")

    picture = layout(sheet(a_definition("model_worker"), "zh", journey=journey, everything=False), 1122)

    assert {station.mark for station in picture.stations} == {"done"}
    assert "line-sun" not in svg(picture)


def test_upright_case_has_the_newest_on_top() -> None:
    stations = a_case(width=390).stations

    assert [station.y for station in stations] == sorted((station.y for station in stations), reverse=True)


@each_width
@pytest.mark.parametrize("everything", [True, False])
@pytest.mark.parametrize("current", ["draft", "consent", "public_notice", "reserve", "rejected", "closed", "awarded"])
def test_texts_of_a_case_do_not_overlap(current: str, width: float, *, everything: bool) -> None:
    areas = list(texts(a_case(current, everything=everything, width=width)))

    assert [(one, other) for one, other in combinations(areas, 2) if meet(one[1], other[1])] == []


# --- in words


def test_line_in_words_is_its_own_ordered_list() -> None:
    steps = in_words(sheet(a_definition("branching"), "zh"))

    assert [step.number for step in steps] == list(range(1, 21))
    assert (steps[5].label, steps[5].second) == ("十有六规范逐条核对", "10个工作日")
    assert steps[5].lines == ("同时：组织、制度、阵地、经费、档案、成效",)
    assert steps[8].lines == ("另开：会员评家", "子流程办结 → 未通过")
    assert steps[13].lines == ("候补 → 15", "未通过")


@each_definition
def test_words_say_every_way_off_the_line(key: str) -> None:
    said = "\n".join(line for step in in_words(sheet(a_definition(key), "en")) for line in step.lines)

    for jump in a_line(key).jumps:
        assert a_definition(key).triggers[jump.triggers[0]].label.en in said
    for refusal in a_line(key).refusals:
        assert a_definition(key).states[refusal.to].label.en in said


# --- the SVG


@each_definition
@each_language
def test_svg_is_well_formed_and_has_no_style_of_its_own(key: str, language: Language) -> None:
    for width in WIDTHS:
        picture = a_picture(key, width, language)
        root = ET.fromstring(svg(picture))
        assert (root.get("aria-label"), root.findtext("title")) == (picture.title, picture.title)
        assert [element.tag for element in root.iter() if "style" in (element.tag, *element.attrib)] == []
        assert [element.tag for element in root.iter() if {"fill", "stroke", "onclick"} & set(element.attrib)] == []


def test_image_has_no_links_within_and_a_link_has_a_name() -> None:
    linked = ET.fromstring(svg(a_picture("union_assessment")))

    assert linked.get("role") == "group"
    assert [link.get("aria-label") for link in linked.iter("a")][:2] == ["1 自评 0", "2 镇街代填 1"]
    assert all(link.get("aria-label") or "".join(link.itertext()) for link in linked.iter("a"))
    assert ET.fromstring(svg(a_case())).get("role") == "img"


def test_title_is_a_sentence() -> None:
    assert a_picture("problem").title == "问题清单：共6个环节，从“登记”到“已销号”"
    assert a_case().title == "劳动模范推荐评选：现在在“区级公示”，第12个环节，全程共13个环节"


def test_discs_carry_the_cases_that_stand_there_and_lead_to_them() -> None:
    text = svg(a_picture("leave_request"))

    assert '<a href="/cases?state=township_review" aria-label="镇街审批 1">' in text
    assert '<text class="line-count line-busy"' in text


def test_labels_cannot_break_the_svg() -> None:
    text = FILES["leave_request"].read_text("utf-8")
    hostile = text.replace("{zh: 准假, en: Granted}", "{zh: '</svg><script>&\"', en: Granted}")

    drawn = svg(layout(sheet(load_definition(hostile).sound(), "zh"), 1122))

    assert "<script>" not in drawn
    assert '</svg><script>&"' in "".join(ET.fromstring(drawn).itertext())


def test_file_that_stands_alone_has_every_colour_in_it() -> None:
    text = alone(a_picture("branching"), RULES)

    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= set(re.findall(r"(--[\w-]+):", text))


def test_rules_name_no_colour_and_no_class_that_is_not_drawn() -> None:
    pictures = [a_picture(key, width) for key in FILES for width in WIDTHS]
    cases = [
        a_case(current, everything=everything)
        for current in ("public_notice", "reserve", "rejected", "awarded")
        for everything in (True, False)
    ]
    drawn = {
        name
        for one in (*pictures, *cases)
        for names in re.findall(r'class="([^"]+)"', svg(one))
        for name in names.split()
    }

    assert re.findall(r"#[0-9a-fA-F]{3,6}", RULES) == []
    assert set(re.findall(r"\.(line[\w-]*)", RULES)) - drawn == set()


# --- how places are measured


def em(text: str) -> float:
    return sum(1 if east_asian_width(sign) in "WFA" else 0.54 for sign in text)


def area_of(words: Words) -> Area:
    width = max(em(line) for line in words.lines) * words.size
    left = words.x - width / 2 if words.anchor == "middle" else words.x
    bottom = words.y + words.leading * (len(words.lines) - 1) + 0.2 * words.size
    return left, words.y - 0.8 * words.size, left + width, bottom


def texts(picture: Picture) -> Iterator[tuple[str, Area]]:
    """Texts, those of boxes and pills with what is drawn around them."""
    for station in picture.stations:
        yield f"station {station.number}", area_of(station.label)
        if station.second is not None:
            yield f"second {station.number}", area_of(station.second)
        yield f"disc {station.number}", (station.x - 10, station.y - 10, station.x + 10, station.y + 10)
    for box in picture.boxes:
        yield f"box {box.text.lines}", (box.x, box.y, box.x + box.width, box.y + box.height)
        left, _, right, _ = area_of(box.text)
        assert box.x < left <= right < box.x + box.width, box
    for flag in picture.flags:
        yield f"flag {flag.text.lines}", (flag.left, flag.top, flag.left + flag.width, flag.top + 22)
    for rail in picture.rails:
        yield f"rail {rail.row}", (rail.pill, rail.y - 15, rail.pill + 80, rail.y + 15)
    yield from ((f"arc {arc.begin} {arc.to}", area_of(arc.text)) for arc in picture.arcs if arc.text is not None)
    yield from ((f"exit {found.begin} {found.text.lines}", area_of(found.text)) for found in picture.exits)


def lines(picture: Picture) -> Iterator[tuple[str, Area]]:
    drawn = [track.points for track in picture.tracks] + [arc.points for arc in picture.arcs]
    drawn += [found.points for found in picture.exits if found.points]
    drawn += [bracket.points for bracket in picture.brackets]
    for points in drawn:
        across, down = [x for x, _ in points], [y for _, y in points]
        yield "line", (min(across), min(down), max(across), max(down))


def meet(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def level_of(arc: Arc) -> tuple[tuple[str, float], tuple[float, float]]:
    """On which line it runs, and from where to where."""
    (x, y), (other_x, other_y) = arc.points[1:3]
    if y == other_y:
        return ("across", y), (min(x, other_x), max(x, other_x))
    return ("down", x), (min(y, other_y), max(y, other_y))


def crosses(one: Arc, other: Arc) -> bool:
    """Whether a foot of the one runs through the level of the other, in a row."""
    (_, height), (begin, end) = level_of(other)
    return any(
        begin < foot[0] < end and min(foot[1], top[1]) < height < max(foot[1], top[1])
        for foot, top in (one.points[:2], one.points[:1:-1])
    )
