"""Lists page by page: complete, stable while others write, and a cursor holds for its own list only."""

import base64
import json
from urllib.parse import quote

from tests.api.caller import places
from tests.api.hearing import at_notice
from tests.api.house import House
from tests.api.rounds import a_round, nominated, publish_selection

LISTS = (
    "cases",
    "cases?definition=leave_request",
    "tasks",
    "tasks?mine=true&definition=leave_request",
    "rounds",
    "organisations",
    "people",
    "posts",
    "delegations",
    "messages",
    "incidents",
    "notices",
    "definitions",
)


def test_every_list_is_whole_whatever_the_size_of_its_pages(stored_house: House) -> None:
    house = publish_selection(stored_house)
    for _ in range(5):
        house.leave()
    at_notice(house)
    round_ = a_round(house)
    for number in range(3):
        nominated(house, round_, f"候选{number}", number)
    begins, ends = "2026-03-09T00:00:00+08:00", "2026-04-01T00:00:00+08:00"
    for absent, stands_in in (("王芳", "刘洋"), ("李强", "郑书记"), ("Ann", "李强")):
        body = {"from": house.people[absent], "to": house.people[stands_in], "begins": begins, "ends": ends}
        house.by(absent).do("/api/v1/delegations", body, status=201)
    house.tick()
    paths = [*(f"/api/v1/{one}" for one in LISTS), f"/api/v1/rounds/{round_['id']}/cases"]
    readers = {"管理员": paths, "李强": paths[:4]}
    for reader, lists in readers.items():
        caller = house.by(reader)
        for path in lists:
            at_once = caller.read(
                f"{path}{'&' if '?' in path else '?'}limit=200" if path[8:] != "definitions" else path
            )
            assert at_once["next"] is None, path
            if path[8:] != "definitions":
                assert list(caller.each(path, limit=1)) == at_once["items"], path
                assert list(caller.each(path, limit=2)) == at_once["items"], path


def test_pages_neither_lose_nor_repeat_while_others_write(stored_house: House) -> None:
    house = stored_house
    before = [house.leave()["id"] for _ in range(6)]
    wang = house.by("王芳")
    seen: list[str] = []
    after = ""
    while after is not None:
        page = wang.read(f"/api/v1/cases?limit=2&after={after}")
        seen += [case["id"] for case in page["items"]]
        after = page["next"]
        house.leave()

    assert seen == before[::-1]


def test_parameters_without_a_value_are_as_if_they_were_not_there(house: House) -> None:
    house.leave()
    wang = house.by("王芳")
    everything = wang.read("/api/v1/cases")
    assert wang.read("/api/v1/cases?definition=&state=&unit=&round=&q=&limit=&after=") == everything
    assert wang.read("/api/v1/tasks?mine=&definition=") == wang.read("/api/v1/tasks")
    assert wang.get("/api/v1/cases?colour=").status_code == 422


def test_last_page_that_is_full_is_the_last(house: House) -> None:
    for _ in range(4):
        house.leave()
    page = house.by("王芳").read("/api/v1/cases?limit=2")
    page = house.by("王芳").read(f"/api/v1/cases?limit=2&after={page['next']}")
    assert (len(page["items"]), page["next"]) == (2, None)


def test_cursor_of_another_list_filter_or_reader_s_making_is_refused(stored_house: House) -> None:
    house = stored_house
    for _ in range(3):
        house.leave()
    wang = house.by("王芳")
    own = wang.read("/api/v1/cases?limit=1")["next"]
    mark, place = json.loads(base64.urlsafe_b64decode(own + "=" * (-len(own) % 4)))
    forged = [
        own[:-3],
        own + "A",
        "nonsense",
        "====",
        "ü",
        encode([mark, []]),
        encode([mark, [*place, 1]]),
        encode([mark, ["yesterday", place[1]]]),
        encode([mark, ["2026-03-09T10:00:00", place[1]]]),
        encode([mark, [place[0], "no id"]]),
        encode([mark, [place[0], None]]),
        encode([mark, place[::-1]]),
        encode(["0" * 12, place]),
        encode({"mark": mark}),
        encode([mark, "x" * 1000]),
    ]
    for path, cursors in (
        ("/api/v1/cases", forged),
        ("/api/v1/cases?definition=leave_request", [own]),
        ("/api/v1/cases?state=draft", [own]),
        ("/api/v1/tasks", [own, encode([mark, [place[0], place[1], 2**70]])]),
        ("/api/v1/rounds", [own]),
        ("/api/v1/people", [own, encode([mark, ["1"]])]),
        ("/api/v1/notices", [own]),
    ):
        for cursor in cursors:
            refused = wang.get(f"{path}{'&' if '?' in path else '?'}after={quote(cursor)}")
            assert (refused.status_code, places(refused)) == (422, ["/after"]), (path, cursor)


def encode(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
