"""Nominated, sent back, approved, published, objected to, awarded: each by its own person at a browser, by the words on the pages."""

import pytest
from playwright.sync_api import Browser

from tests.api.house import House
from tests.web.browsing import Visitor, visitor
from tests.web.pioneer import PIONEER

pytestmark = pytest.mark.browser

DEEDS = "扎根焊装一线十七年，带徒十一名，一次合格率由百分之八十二提高到百分之九十六。"
RARE = "𠮷𠀀𡃁𣎴𤭢𥻘"


@pytest.fixture
def published(passwords: House) -> House:
    text = {"definition": PIONEER}
    passwords.by("管理员").do("/api/v1/definitions/pioneer", text, method="PUT", status=201)
    return passwords


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_nomination_from_the_first_word_to_the_award(
    chromium: Browser, published: House, address: str, *, scripts: bool
) -> None:
    house = published
    wang, qiang, zheng, citizen = (visitor(chromium, address, scripts=scripts) for _ in range(4))

    nominated(wang.sign_in("王芳"))
    sent_back(qiang.sign_in("李强"))
    mended(wang)
    approved(qiang)
    receipt = objected(citizen)
    dismissed(zheng.sign_in("郑书记"))
    assert "不成立" in followed(citizen, receipt)
    house.at("2026-03-25T10:00:00+08:00")
    house.tick()
    case = house.by("王芳").read("/api/v1/cases")["items"][0]
    assert (case["state"], case["subject"]) == ("awarded", f"陈立新{RARE}（金彭车业）")
    wang.sign_in("王芳").open(f"/cases/{case['id']}")  # two weeks on the session has ended
    assert wang.page.get_by_text("已命名").first.is_visible()
    wang.picture("journey-awarded")
    assert [line for one in (wang, qiang, zheng, citizen) for line in one.said] == []


def nominated(wang: Visitor) -> None:
    wang.open("/start")
    wang.page.get_by_role("link", name="工人先锋推荐").first.click()
    wang.page.get_by_role("button", name="开始").click()
    wang.page.get_by_label("姓名").fill(f"陈立新{RARE}")
    wang.page.get_by_label("焊工").check()
    wang.page.get_by_label("主要事迹").fill(DEEDS)
    wang.picture("journey-form")
    wang.page.get_by_role("button", name="检查并提交").click()
    wang.page.get_by_role("button", name="提交", exact=True).click()
    wang.page.wait_for_url("**/cases/**")


def sent_back(qiang: Visitor) -> None:
    qiang.open("/inbox")
    qiang.page.get_by_role("link", name="陈立新").first.click()
    qiang.page.wait_for_url("**/t/**")
    qiang.page.get_by_label("意见").fill("事迹写得太简单，请补充数字的来源。")
    qiang.page.get_by_role("button", name="退回修改").click()
    qiang.page.wait_for_url("**/inbox**")


def mended(wang: Visitor) -> None:
    wang.open("/inbox")
    wang.page.get_by_role("link", name="陈立新").first.click()
    wang.page.wait_for_url("**/t/**")
    assert wang.page.get_by_text("请补充数字的来源").first.is_visible()
    wang.page.get_by_label("主要事迹").fill(DEEDS + "数字见质检台账。")
    wang.page.get_by_role("button", name="提交", exact=True).click()

    wang.page.wait_for_url("**/inbox**")


def approved(qiang: Visitor) -> None:
    qiang.open("/inbox")
    qiang.page.get_by_role("link", name="陈立新").first.click()
    qiang.page.wait_for_url("**/t/**")
    qiang.page.get_by_role("button", name="同意推荐").click()
    qiang.page.wait_for_url("**/inbox**")


def objected(citizen: Visitor) -> str:
    citizen.open("/notices")
    citizen.picture("journey-notices")
    citizen.page.get_by_role("link", name="陈立新").first.click()
    citizen.picture("journey-notice")
    citizen.page.get_by_role("link", name="提出异议").first.click()
    citizen.page.locator("textarea[name=text]").fill("合格率的数字与车间公布的不一致。")
    citizen.page.get_by_role("button", name="提交").click()
    citizen.picture("journey-receipt")
    return citizen.page.locator(".receipt .code").first.inner_text()


def dismissed(zheng: Visitor) -> None:
    zheng.open("/inbox")
    zheng.page.get_by_role("link", name="陈立新").first.click()
    zheng.page.wait_for_url("**/t/**")
    zheng.page.get_by_label("意见").fill("查质检台账，数字属实。")
    zheng.page.get_by_role("button", name="不成立", exact=True).click()
    zheng.page.wait_for_url("**/inbox**")


def followed(citizen: Visitor, receipt: str) -> str:
    citizen.open("/objections")
    citizen.page.locator("#receipt").fill(receipt)
    citizen.page.get_by_role("button", name="去查询").click()
    return citizen.page.locator("main").inner_text()
