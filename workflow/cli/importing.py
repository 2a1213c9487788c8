"""`import`: registers and nominations from the workbooks that offices have; undoing a wrong import."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from workflow.cli.house import Call, House
from workflow.cli.options import acting, as_option, database_option
from workflow.cli.progress import bar
from workflow.text import Sentence, sentence

if TYPE_CHECKING:  # `--help` loads none of it
    from collections.abc import Iterable

    from workflow.records.importing import RefusedRow
    from workflow.records.nominations import Imported
    from workflow.records.registers import Registered

file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
report_option = click.option(
    "--report", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False), default=None
)


@click.group(name="import")
def import_group() -> None:
    pass


@import_group.command(name="organisations")
@file_argument
@database_option
@as_option
@report_option
@click.pass_obj
def organisations(call: Call, file: Path, database: str | None, login: str | None, report: Path | None) -> None:
    from workflow.records.registers import import_organisations  # noqa: PLC0415 -- slow import

    house = call.open_house(database, create=True)
    actor = acting(house.office, login)
    done = import_organisations(house.office, file, actor=actor, folder=report, language=call.language)
    _register_done(call, done)


@import_group.command(name="people")
@file_argument
@database_option
@as_option
@report_option
@click.option("--invite/--no-invite", default=True)
@click.pass_obj
def people(
    call: Call, file: Path, database: str | None, login: str | None, report: Path | None, *, invite: bool
) -> None:
    from workflow.records.registers import import_people  # noqa: PLC0415 -- slow import

    house = call.open_house(database, create=True)
    actor = acting(house.office, login)
    done = import_people(house.office, file, actor=actor, folder=report, language=call.language)
    if invite:
        _say(call, sentence("{count} people are invited by e-mail or mobile.", count=_invite(house, done)))
    _register_done(call, done)


@import_group.command(name="nominations")
@file_argument
@database_option
@as_option
@report_option
@click.option("--definition", metavar="KEY", default="model_worker", show_default=True)
@click.option("--round", "round_id", metavar="ID", type=click.UUID, default=None)
@click.pass_obj
def nominations(
    call: Call,
    file: Path,
    database: str | None,
    login: str | None,
    report: Path | None,
    definition: str,
    round_id: UUID | None,
) -> None:
    from workflow.records.nominations import import_nominations  # noqa: PLC0415 -- slow import

    house = call.open_house(database, create=True)
    actor = acting(house.office, login)
    with bar(sentence("Importing").say(call.language)) as far:
        done = import_nominations(
            house.office,
            file,
            actor=actor,
            definition=definition,
            round_id=round_id,
            folder=report,
            language=call.language,
            progress=lambda rows, whole: far(rows / max(whole, 1)),
        )
    _nominations_done(call, done)


@import_group.command(name="undo")
@click.argument("number", metavar="NUMBER", type=click.IntRange(min=1))
@database_option
@as_option
@click.option("--reason", metavar="TEXT", default="")
@click.pass_obj
def undo(call: Call, number: int, database: str | None, login: str | None, reason: str) -> None:
    from workflow.records.undoing import undo_import  # noqa: PLC0415 -- slow import

    house = call.open_house(database)
    done = undo_import(house.office, number, actor=acting(house.office, login), reason=reason)
    text = sentence(
        "Import {number} is undone: {cancelled} drafts cancelled, {ended} proposed units ended.",
        number=done.number,
        cancelled=done.cancelled,
        ended=done.ended,
    )
    _say(call, text)


def _invite(house: House, done: "Registered") -> int:
    """To each newcomer who can be reached, a code with which he gives himself a password."""
    from workflow.messages.enqueuing import enqueue_invitation  # noqa: PLC0415 -- slow import
    from workflow.people.credentials import issue_reset  # noqa: PLC0415

    database = house.office.database
    with database.read() as connection:
        known = house.office.directory(connection).persons
    reached = [one.person for one in done.newcomers if known[one.person].email or known[one.person].mobile]
    for person in reached:
        code = issue_reset(database, person)
        with database.write() as connection:
            enqueue_invitation(connection, person, code, house.mails.base_url, now=database.now(connection))
    return len(reached)


def _register_done(call: Call, done: "Registered") -> None:
    text = sentence(
        "Import {number}: of {rows} rows {made} made, {changed} changed, {same} the same, {refused} refused.",
        number=done.number,
        rows=done.rows,
        made=done.made,
        changed=done.changed,
        same=done.same,
        refused=len(done.refused),
    )
    _finish(call, done.refused, text, done.report)


def _nominations_done(call: Call, done: "Imported") -> None:
    for unit in done.proposed:
        _say(call, sentence("Proposed: {unit}", unit=unit))
    text = sentence(
        "Import {number}: of {rows} rows {started} drafts, {already} there already, {refused} refused, {cleaned} cells cleaned.",
        number=done.number,
        rows=done.rows,
        started=len(done.started),
        already=len(done.already),
        refused=len(done.refused),
        cleaned=len(done.cleaned),
    )
    _finish(call, done.refused, text, done.report)


def _finish(call: Call, refused: "Iterable[RefusedRow]", summary: Sentence, report: Path) -> None:
    """One line a refused row, the counts, the report; exit 1 where a row was refused."""
    lines = [row.say(call.language) for row in refused]
    for line in lines:
        click.echo(line)
    _say(call, summary)
    _say(call, sentence("Report: {path}", path=str(report)))
    sys.exit(1 if lines else 0)


def _say(call: Call, text: Sentence) -> None:
    click.echo(text.say(call.language))
