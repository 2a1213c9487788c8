"""What each command, option and argument is for, as `--help` says it. Light: the list of commands is made of it alone."""

from dataclasses import dataclass
from typing import Final

import click

from workflow.text import Language, Sentence, sentence


@dataclass(frozen=True, slots=True)
class Told:
    title: Sentence
    about: Sentence


#: By the words that call it.
COMMANDS: Final = {
    "run": Told(
        sentence("Web and scheduler in one process."),
        sentence(
            "Serves the API and its pages, fires what is due and sends mails, until Ctrl-C or SIGTERM. A database that is missing is made, with a person “admin” whose token `token admin` prints."
        ),
    ),
    "web": Told(
        sentence("Web processes, for several machines."),
        sentence("Serves the API and its pages only; at least one `scheduler` has to run beside it."),
    ),
    "scheduler": Told(
        sentence("A scheduler process; any number may run."),
        sentence("Fires what is due and sends mails, until Ctrl-C or SIGTERM; of several each thing is done by one."),
    ),
    "demo": Told(
        sentence("A district with people and cases, played forward, then served."),
        sentence(
            "Makes a database anew, plays a year of it on a clock of its own, says what happened, and serves it. The database of an earlier demo is replaced, a real one is refused."
        ),
    ),
    "check": Told(
        sentence("Validate definitions, prove their claims, run their stories."),
        sentence(
            "Every problem is one line, FILE:LINE: place: what is wrong. Ends with 1 where there is one; warnings do not count. Needs no database."
        ),
    ),
    "draw": Told(
        sentence("The diagram of a definition, as SVG or Mermaid."),
        sentence(
            "A line of steps with what leads back, past or off it, as an SVG file of its own, upright below 720 px; or all states and triggers as Mermaid, text that many editors and sites draw. Needs no database."
        ),
    ),
    "explain": Told(
        sentence("The procedure of a definition in plain words."),
        sentence("Who does what, until when, and where it leads, as a guide for those concerned. Needs no database."),
    ),
    "simulate": Told(
        sentence("What happens if nobody acts, and how long cases take."),
        sentence(
            "For each step, what the clock does by itself and who is told, with the people and data of the first story. With `--runs`, a forecast as well: cases are played by people who answer after a random share of their time, and nine in ten times on the way forward. The same seed gives the same forecast. Needs no database."
        ),
    ),
    "mutate": Told(
        sentence("Which rules the claims and stories of a definition look at."),
        sentence(
            "Changes one rule after the other, such as a condition, a deadline or a recusal, and tries claims and stories on each until one notices. What nobody notices is one line, FILE:LINE: place: what was changed; then comes how many were noticed. Needs no database."
        ),
    ),
    "publish": Told(
        sentence("Publish a version of a definition."),
        sentence(
            "Checks the file and stores it with its stories and texts; cases that run keep the version they began with. The same texts again make no new version."
        ),
    ),
    "import": Told(
        sentence("Import organisations, people or nominations from xlsx or csv."),
        sentence(
            "Good rows go in. Each other row is refused in one line with its column and the reason, and stands in a report workbook that can be mended and imported again; then the command ends with 1. The same file again adds nothing."
        ),
    ),
    "import organisations": Told(
        sentence("Organisations into the tree."),
        sentence(
            "Columns: 名称 name, 层级 level, 类别 kind, 上级 parent, 会员数 members, 职工数 workers; what others say stays in the register. Known again by their name below their parent."
        ),
    ),
    "import people": Told(
        sentence("People and the posts that they hold."),
        sentence(
            "Columns: 姓名 name, 登录名 login, 邮箱 email, 手机 mobile, 语言 language, 单位 employer, 岗位 role, 任职单位 organisation; a line a post. Known again by their login."
        ),
    ),
    "import nominations": Told(
        sentence("Nominations into the round that takes cases."),
        sentence(
            "Each good row becomes a draft of the unit that it names. Which heading means which field stands in columns.yaml of the definition, else the labels of its fields count."
        ),
    ),
    "import undo": Told(
        sentence("Undo an import of nominations."),
        sentence(
            "Cancels its cases and ends the units that it proposed, as long as all its cases are drafts; else nothing is undone."
        ),
    ),
    "export": Told(
        sentence("Export what the service knows, as workbooks or csv."),
        sentence("Every cell is a text, a number or a date, never a formula, whatever somebody typed into a form."),
    ),
    "export rounds": Told(
        sentence("A round: the dispatch sheet of a week, the report of a month."),
        sentence(
            "A line a case with totals below, how many have reported, and on a second sheet the figures of the round. With `--as` only what that person may see."
        ),
    ),
    "export cases": Told(
        sentence("Cases as a list: what they are about, where they stand, what their forms say."),
        sentence(
            "A line a case, the earliest first; with `--definition` a column for each field of its form. With `--as` only the cases that person may read, each with what they may see of it."
        ),
    ),
    "export indicators": Told(
        sentence("What units report month by month, as a list."),
        sentence(
            "A line for each unit and month, a column for each indicator. With `--as` only what was reported by cases that person may read."
        ),
    ),
    "token": Told(
        sentence("A bearer token of a person, for the API."),
        sentence("Prints it and nothing else; nobody can read it a second time."),
    ),
    "verify": Told(
        sentence("Fold every history, check every chain."),
        sentence(
            "Compares each case with the fold of its events and each event with its hash, in one snapshot, beside a running service. Each thing that is broken is one line, and the command ends with 1."
        ),
    ),
    "upgrade": Told(
        sentence("Bring the tables of a database to this version."),
        sentence("In one transaction; a database that is missing is made. Stop the other processes before."),
    ),
}

#: By name; where one command means another thing by it, by command and name.
PARAMETERS: Final = {
    "database": sentence(
        "The database; without it that of YANGGUANG_DATABASE, else the file var/yangguang.db of this folder."
    ),
    "host": sentence("The address to listen at; 0.0.0.0 is every one of this machine."),
    "port": sentence("The port to listen at."),
    "workers": sentence("How many web processes."),
    "serving": sentence("Serve it afterwards, or end once it is played."),
    "language": sentence("The language of the answer."),
    "key": sentence("The key of a definition that is shipped, or the path of another."),
    "begins": sentence("The day on which it begins; without it that of the first story."),
    "days": sentence("How many days are looked ahead."),
    "runs": sentence("How many cases are played for a forecast; without it there is none."),
    "seed": sentence("The seed of chance."),
    "rights": sentence("Instead, for each step a table of who may see, write and decide what."),
    "limit": sentence("How many changes are tried, spread over the file; without it all."),
    "as_json": sentence("As data for other programs."),
    "path": sentence("A definition.yaml, its folder, or a folder of such folders."),
    "check path": sentence("A definition.yaml, its folder, or a folder of such folders; without it those shipped."),
    "file": sentence("A workbook, .xlsx or .csv."),
    "login": sentence("The login of the person who does it; without it the service itself does."),
    "token login": sentence("The login of the person."),
    "report": sentence("The folder for the report; without it, beside the database."),
    "invite": sentence("Send each newcomer a code for the first password, or send nobody anything."),
    "definition": sentence("The key of the definition whose cases they become."),
    "round_id": sentence("The id of the round, where several take cases."),
    "export rounds round_id": sentence("The id of the round."),
    "draw target": sentence(
        "The file to write, .svg or for Mermaid .mmd; one that is there is replaced. Without it the text is printed."
    ),
    "as_mermaid": sentence("As Mermaid."),
    "width": sentence("How wide the SVG is."),
    "target": sentence("The workbook to write, .xlsx; one that is there is replaced."),
    "export cases target": sentence("The list to write, .xlsx or .csv; one that is there is replaced."),
    "export indicators target": sentence("The list to write, .xlsx or .csv; one that is there is replaced."),
    "export cases definition": sentence("Only cases of the definition with this key."),
    "export cases round_id": sentence("Only cases of the round with this id."),
    "state": sentence("Only cases in this state."),
    "unit": sentence("Only of this unit and those below it, by name or number."),
    "month": sentence("Only this month, as 2026-03."),
    "first": sentence("From this month on."),
    "last": sentence("Until this month."),
    "number": sentence("The number of the import, as it was printed."),
    "reason": sentence("Why, for the history."),
}

#: Chinese has no spaces at which click could break a line; the terminal breaks it better.
_UNBROKEN: Final = 10_000


def title_of(path: str, language: Language) -> str:
    return COMMANDS[path].title.say(language)


def guided(command: click.Command, path: str, language: Language) -> click.Command:
    """The command with its help in the reader's language, and so those below it."""
    told = COMMANDS[path]
    command.help = f"{told.title.say(language)}\n\n{told.about.say(language)}"
    command.short_help = told.title.say(language)
    if language == "zh":
        command.context_settings = {**command.context_settings, "terminal_width": _UNBROKEN}
    for parameter in command.params:
        text = PARAMETERS.get(f"{path} {parameter.name}") or PARAMETERS.get(str(parameter.name))
        if text is not None and isinstance(parameter, click.Option | click.Argument):
            parameter.help = text.say(language)
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            guided(below, f"{path} {name}", language)
    return command
