"""One season of model workers over HTTP alone: nominated, returned, voted, ranked with a tie, objected to, honoured."""

from collections import Counter

from tests.journeys.office import CANDIDATES, MOBILES, Season, form
from workflow.cases.verifying import verify

FIRST = ("张秀英", "李国强", "王铁", "赵海", "孙婷")


def test_season_of_model_workers(season: Season) -> None:
    opened(season)
    nominated(season)
    looked_at_by_the_unit_and_the_township(season)
    looked_at_by_the_district(season)
    ranked_with_a_tie_at_the_last_seat(season)
    published_and_objected_to(season)
    honoured(season)
    whole(season)


def opened(season: Season) -> None:
    dates = {"closes_on": "2026-03-20", "meeting_on": "2026-04-10"}
    body = {"definition": "model_worker", "data": {**dates, "seats": {"manufacturing": 3}, "bonus": 3000}}
    round_ = season.by("办公室").do("/api/v1/rounds", body, status=201)
    season.round_id = round_["id"]
    assert round_["data"]["first_review_on"] == "2026-03-24"
    assert round_["data"]["award_on"] == "2026-04-28"
    later = {"data": {"closes_on": "2026-03-13"}, "reason": "按上级要求提前"}
    moved = season.by("办公室").do(f"/api/v1/rounds/{round_['id']}/correct", later)
    assert moved["closes_at"] == "2026-03-13T16:00:00.000000Z"


def nominated(season: Season) -> None:
    for name in CANDIDATES:
        season.nominate("刘洋" if name == "孙婷" else "王芳", name)
    again = {"definition": "model_worker", "round": season.round_id, "data": form("王铁")}
    assert season.by("刘洋").refused("/api/v1/cases", again) == (409, "twice")
    for name in CANDIDATES:
        if name == "周平":
            season.consent(name, "decline", opinion="把机会留给更年轻的同志")
        else:
            season.consent(name)
    assert season.states()["周平"] == "withdrawn"
    assert season.round()["figures"]["nominated"] == len(CANDIDATES) - 1


def looked_at_by_the_unit_and_the_township(season: Season) -> None:
    for name in FIRST:
        season.meeting("刘洋" if name == "孙婷" else "王芳", name, yes=36 if name == "孙婷" else 110)
    season.meeting("王芳", "钱多", yes=20)
    assert season.states()["钱多"] == "rejected"
    season.until("2026-03-03T09:00:00+08:00")
    assert {season.states()[name] for name in FIRST} == {"township_review"}

    returned = {"opinion": "缺高级技师证书复印件", "then": "resume"}
    assert season.decide("李强", "王铁", "return", **returned)["state"] == "draft"
    again = season.decide("王芳", "王铁", "submit", data={"skill_grade": "technician"})
    assert (again["state"], again["changed"]) == (
        "township_review",
        [{"field": "skill_grade", "before": None, "now": "technician"}],
    )
    season.until("2026-03-04T09:00:00+08:00")
    for name in FIRST:
        season.decide("周涛" if name == "孙婷" else "李强", name, "approve", opinion="情况属实")


def looked_at_by_the_district(season: Season) -> None:
    for name in FIRST:
        season.departments(name)
    assert {season.states()[name] for name in FIRST} == {"site_lot"}
    season.by("办公室").do(f"/api/v1/rounds/{season.round_id}/sittings/site_lot", {})
    drawn = [name for name in FIRST if season.case(name)["figures"]["site_lot"]["drawn"]]
    assert len(drawn) == 1
    for name in FIRST:
        season.first_review(name)
        season.mark(name, 36)
    assert {season.states()[name] for name in FIRST} == {"selection"}
    assert season.case("王铁")["figures"]["scoring"]["score"] == 86


def ranked_with_a_tie_at_the_last_seat(season: Season) -> None:
    """Three seats: two are sure of one, two have the same votes for the third, one fails."""
    season.until("2026-03-16T09:00:00+08:00")
    (sitting,) = season.round()["sittings"]
    assert (sitting["state"], len(sitting["cases"])) == ("selection", 5)

    receipts = season.vote({"张秀英": 9, "李国强": 8, "王铁": 6, "赵海": 6, "孙婷": 3})

    assert len(set(receipts)) == len(receipts)
    (second,) = season.round()["sittings"]
    assert sorted(second["second_ballot"]) == sorted(season.candidates[name] for name in ("王铁", "赵海"))
    season.vote({"王铁": 4, "赵海": 6})
    states = season.states()
    assert {name: states[name] for name in FIRST} == {
        "张秀英": "district_second_review",
        "李国强": "district_second_review",
        "赵海": "district_second_review",
        "王铁": "reserve",
        "孙婷": "rejected",
    }
    places = {name: season.case(name)["figures"]["selection"]["place"] for name in ("张秀英", "李国强", "赵海", "王铁")}
    assert places == {"张秀英": 1, "李国强": 2, "赵海": 3, "王铁": 4}


def published_and_objected_to(season: Season) -> None:
    season.until("2026-04-15T09:00:00+08:00")
    assert season.round()["figures"]["listed"] == 3
    (task,) = [task for task in season.tasks("郑书记") if task["state"] == "district_second_review"]
    season.by("郑书记").do(f"/api/v1/tasks/{task['id']}/decision", {"trigger": "approve", "opinion": "符合规定比例"})
    listed = season.by(None).read(f"/api/v1/notices?round={season.round_id}")["items"]
    assert sorted(one["shown"][0]["value"] for one in listed) == sorted(["张秀英", "李国强", "赵海"])

    notice = next(one for one in listed if one["shown"][0]["value"] == "赵海")
    objection = {"text": "主要创新成果由他人完成", "contact": "13911112222"}
    receipt = season.by(None).do(f"/api/v1/notices/{notice['id']}/objections", objection, status=201)["receipt"]
    assert season.by(None).read(f"/api/v1/notices/{notice['id']}")["held_since"] is not None
    season.until("2026-04-23T09:00:00+08:00")
    states = season.states()
    assert (states["张秀英"], states["李国强"], states["赵海"]) == ("award", "award", "public_notice")
    for who in ("赵敏", "钱进"):
        season.decide(who, "赵海", "upheld", opinion="经核查，异议成立")
    assert season.states()["赵海"] == "rejected"
    assert season.by(None).read(f"/api/v1/objections/{receipt}")["state"] == "upheld"


def honoured(season: Season) -> None:
    """The seat that fell free is the reserve's, who goes through the notice as the others did."""
    task = next(task for task in season.tasks("办公室") if task["state"] == "reserve")
    season.by("办公室").do(f"/api/v1/tasks/{task['id']}/decision", {"trigger": "call"})
    season.until("2026-04-23T10:00:00+08:00")
    (task,) = [task for task in season.tasks("郑书记") if task["state"] == "district_second_review"]
    season.by("郑书记").do(f"/api/v1/tasks/{task['id']}/decision", {"trigger": "approve"})
    season.until("2026-04-28T09:00:00+08:00")
    (task,) = [task for task in season.tasks("区长") if task["state"] == "award"]
    body = {"trigger": "confer", "data": {"round.decision_number": "示政发〔2026〕31号"}}
    season.by("区长").do(f"/api/v1/tasks/{task['id']}/decision", body)
    season.until("2026-05-08T09:00:00+08:00")
    (task,) = [task for task in season.tasks("区长") if task["state"] == "award"]
    season.by("区长").do(f"/api/v1/tasks/{task['id']}/decision", {"trigger": "confer"})
    season.until("2026-05-08T09:30:00+08:00")


def whole(season: Season) -> None:
    """What everybody was told, and that every chain and fold holds."""
    states = season.states()
    assert states == {
        "张秀英": "awarded",
        "李国强": "awarded",
        "王铁": "awarded",
        "赵海": "rejected",
        "孙婷": "rejected",
        "钱多": "rejected",
        "周平": "withdrawn",
    }
    assert season.case("王铁")["data"]["decision_number"] == "示政发〔2026〕31号"
    assert season.round()["state"] == "over"
    assert season.by("管理员").read("/api/v1/incidents")["items"] == []
    messages = list(season.by("管理员").each("/api/v1/messages", limit=200))
    kinds = Counter(one["kind"] for one in messages)
    assert {one["state"] for one in messages} <= {"delivered", "dropped"}
    assert {"task", "reminder", "returned", "ended", "state", "round", "objection"} <= set(kinds)
    texts = [file.read_text("utf-8") for file in season.house.mails.folder.glob("*.txt")]
    assert {text.partition("\n")[0] for text in texts} == {*MOBILES.values(), "13911112222"}
    assert verify(season.house.office).broken == ()
