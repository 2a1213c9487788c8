"""`export`: what the service knows, as workbooks that offices go on with."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click

from workflow.cli.house import Call
from workflow.cli.options import acting, as_option, database_option, said_option
from workflow.errors import CannotRun
from workflow.text import Language, sentence

if TYPE_CHECKING:
    from workflow.engine.directory import Directory, Principal

_WORKBOOK: Final = (".xlsx",)
_LISTS: Final = (".xlsx", ".csv")

target_option = click.option(
    "--to", "target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), required=True
)
unit_option = click.option("--unit", metavar="UNIT", default=None)


class _Month(click.ParamType[date]):
    """A month by its first day."""

    name = "month"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(f"{value}-01")
        except ValueError:
            self.fail(sentence("“{value}” is no month; write 2026-03.", value=value).say(_language(ctx)), param, ctx)


@click.group(name="export")
def export_group() -> None:
    pass


@export_group.command(name="rounds")
@click.argument("round_id", metavar="ID", type=click.UUID)
@target_option
@database_option
@as_option
@said_option
@click.pass_obj
def rounds(
    call: Call, round_id: UUID, target: Path, database: str | None, login: str | None, language: Language | None
) -> None:
    from workflow.records.exporting import write_sheet  # noqa: PLC0415 -- slow import
    from workflow.records.sheets import readable_sheet  # noqa: PLC0415

    _require_writable(target, _WORKBOOK)
    house = call.open_house(database)
    actor = acting(house.office, login)
    with house.office.database.read() as connection:
        sheet = readable_sheet(house.office, connection, round_id, actor)
        directory = house.office.directory(connection)
    write_sheet(target, sheet, directory, language or call.language)
    done = sentence(
        "{title}: {count} cases are in {path}.", title=sheet.title, count=len(sheet.lines), path=str(target)
    )
    click.echo(done.say(call.language))


@export_group.command(name="cases")
@target_option
@click.option("--definition", metavar="KEY", default=None)
@click.option("--state", metavar="STATE", default=None)
@unit_option
@click.option("--round", "round_id", metavar="ID", type=click.UUID, default=None)
@database_option
@as_option
@said_option
@click.pass_obj
def cases(
    call: Call,
    /,
    target: Path,
    unit: str | None,
    database: str | None,
    login: str | None,
    language: Language | None,
    **narrowing: Any,
) -> None:
    from workflow.reports.cases import Wanted, case_list  # noqa: PLC0415 -- slow import
    from workflow.reports.writing import write_list  # noqa: PLC0415

    _require_writable(target, _LISTS)
    office = call.open_house(database).office
    actor = acting(office, login)
    with office.database.read() as connection:
        units = _units(office.directory(connection), unit)
        wanted = Wanted(**narrowing, units=units)
        count = write_list(target, case_list(office, connection, wanted, actor, language or call.language))
    click.echo(sentence("{count} cases are in {path}.", count=count, path=str(target)).say(call.language))


@export_group.command(name="indicators")
@target_option
@click.option("--month", metavar="MONTH", type=_Month(), default=None)
@click.option("--from", "first", metavar="MONTH", type=_Month(), default=None)
@click.option("--until", "last", metavar="MONTH", type=_Month(), default=None)
@unit_option
@database_option
@as_option
@said_option
@click.pass_obj
def indicators(
    call: Call,
    /,
    target: Path,
    unit: str | None,
    database: str | None,
    login: str | None,
    language: Language | None,
    **months: date | None,
) -> None:
    from workflow.reports.months import Wanted, indicator_list  # noqa: PLC0415 -- slow import
    from workflow.reports.writing import write_list  # noqa: PLC0415

    _require_writable(target, _LISTS)
    month, first, last = (months[name] for name in ("month", "first", "last"))
    if month is not None and (first is not None or last is not None):
        raise CannotRun(sentence("Either --month, or --from and --until."))
    office = call.open_house(database).office
    actor = acting(office, login)
    with office.database.read() as connection:
        units = _units(office.directory(connection), unit)
        wanted = Wanted(first=month or first, last=month or last, units=units)
        count = write_list(target, indicator_list(office, connection, wanted, actor, language or call.language))
    click.echo(sentence("{count} rows of indicators are in {path}.", count=count, path=str(target)).say(call.language))


def _require_writable(target: Path, endings: tuple[str, ...]) -> None:
    if target.suffix.lower() not in endings:
        if endings == _WORKBOOK:
            raise CannotRun(sentence("{path}: the name of a workbook ends with .xlsx.", path=str(target)))
        raise CannotRun(sentence("{path}: the name of a list ends with .xlsx or .csv.", path=str(target)))
    if not target.absolute().parent.is_dir():
        raise CannotRun(sentence("There is no folder {path}.", path=str(target.absolute().parent)))


def _units(directory: "Directory", name: str | None) -> "list[Principal] | None":
    """A unit, by its name or number, with all that is below it."""
    if name is None:
        return None
    found = [one.id for one in directory.organisations.values() if name in (one.name, str(one.id))]
    if not found:
        raise CannotRun(sentence("There is no unit “{unit}”.", unit=name))
    if len(found) > 1:
        raise CannotRun(sentence("Several units are called “{unit}”; by number: {ids}.", unit=name, ids=found))
    return [one.id for one in directory.branch(found[0])]


def _language(ctx: click.Context | None) -> Language:
    call = ctx.find_object(Call) if ctx is not None else None
    return call.language if call is not None else "en"
