"""A small district for tests: ten townships with their chairs and reviewers, and a round of nominations that is open."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from workflow.calendar import chinese_calendar
from workflow.cases.office import Office, Secrets
from workflow.cases.starting import open_round
from workflow.cases.versions import Texts, publish
from workflow.engine.context import Actor
from workflow.engine.directory import Principal
from workflow.people.changing import changing
from workflow.people.organisations import add_organisations
from workflow.people.persons import add_persons
from workflow.people.posts import Appointment, appoint_many
from workflow.store import Database

HERE = Path(__file__).parent
TOWNSHIPS = (
    *("旧城镇", "齐家务镇", "滕庄子镇", "南排河镇", "吕桥镇", "常郭镇", "羊二庄镇", "官庄乡"),
    *("骅东街道", "骅西街道"),
)
SERVICE = Actor(service="import")


@dataclass(frozen=True, kw_only=True)
class District:
    office: Office
    top: Principal
    townships: dict[str, Principal]
    chairs: dict[str, Principal]  #: by township
    officer: Principal
    round_id: UUID


def a_district(database: Database, folder: Path) -> District:
    office = Office(database, Secrets(b"x" * 32), folder=folder)
    with changing(database) as change:
        (top,) = add_organisations(change, [{"name": "示范区总工会", "level": "district"}])
        ids = add_organisations(change, [{"name": name, "level": "township", "parent": top} for name in TOWNSHIPS])
        chairs = add_persons(
            change, [{"name": f"{name[:2]}主席", "login": f"chair{n}"} for n, name in enumerate(TOWNSHIPS)]
        )
        (officer,) = add_persons(change, [{"name": "王建国", "login": "officer"}])
        held = [Appointment(person=officer, role="officer", organisation=top)]
        for chair, township in zip(chairs, ids, strict=True):
            held += [
                Appointment(person=chair, role=role, organisation=township) for role in ("union_chair", "reviewer")
            ]
        appoint_many(change, held)
    publish_model_worker(office)
    opened = a_round(office, top)
    return District(
        office=office,
        top=top,
        townships=dict(zip(TOWNSHIPS, ids, strict=True)),
        chairs=dict(zip(TOWNSHIPS, chairs, strict=True)),
        officer=officer,
        round_id=opened,
    )


def publish_model_worker(office: Office, columns: str | None = None) -> None:
    text = (HERE / "definition.yaml").read_text("utf-8")
    columns = columns if columns is not None else (HERE / "columns.yaml").read_text("utf-8")
    texts = Texts(definition=text, texts={"columns.yaml": columns} if columns else {})
    publish(office.database, office.versions, texts, calendar=chinese_calendar())


def a_round(office: Office, unit: Principal, closes_on: str = "2099-12-31", nominal: str | None = None) -> UUID:
    """A second one is of another date."""
    opened = open_round(
        office, "model_worker", actor=Actor(service="test"), unit=unit, data={"closes_on": closes_on}, nominal=nominal
    )
    return UUID(opened.round.id)
