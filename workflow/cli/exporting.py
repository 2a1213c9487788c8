"""`export`: what the service knows, as workbooks that offices go on with."""

from pathlib import Path
from uuid import UUID

import click

from workflow.cli.house import Call
from workflow.cli.options import acting, as_option, database_option, said_option
from workflow.errors import CannotRun
from workflow.text import Language, sentence


@click.group(name="export")
def export_group() -> None:
    pass


@export_group.command(name="rounds")
@click.argument("round_id", metavar="ID", type=click.UUID)
@click.option("--to", "target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), required=True)
@database_option
@as_option
@said_option
@click.pass_obj
def rounds(
    call: Call, round_id: UUID, target: Path, database: str | None, login: str | None, language: Language | None
) -> None:
    from workflow.records.exporting import write_sheet  # noqa: PLC0415 -- slow import
    from workflow.records.sheets import readable_sheet  # noqa: PLC0415

    if target.suffix.lower() != ".xlsx":
        raise CannotRun(sentence("{path}: the name of a workbook ends with .xlsx.", path=str(target)))
    if not target.absolute().parent.is_dir():
        raise CannotRun(sentence("There is no folder {path}.", path=str(target.absolute().parent)))
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
