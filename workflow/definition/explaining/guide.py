"""The guide 办事指南: the whole procedure for someone who has never seen the file."""

from collections.abc import Iterator

from workflow.definition.explaining.forms import checks, grouped, parameters
from workflow.definition.explaining.page import Item, Section, markdown
from workflow.definition.explaining.people import notes
from workflow.definition.explaining.phrases import lines_of, plain
from workflow.definition.explaining.rounds import round_rules
from workflow.definition.explaining.rules import anytime, operations, recusal, starting
from workflow.definition.explaining.steps import ends, steps
from workflow.definition.explaining.vocabulary import Others, Vocabulary, none_known
from workflow.definition.model import Definition
from workflow.text import Label, Language, sentence


def explain(definition: Definition, language: Language, others: Others = none_known) -> str:
    """The procedure in plain Chinese or English, as Markdown; others that it names are called as they call themselves."""
    return markdown(guide(definition, language, others), language)


def guide(definition: Definition, language: Language, others: Others = none_known) -> Section:
    """The same as headings and lists; each text is Markdown of one line."""
    return Section(
        heading=plain(definition.title),
        preamble=tuple(_paragraphs(definition.about, language)),
        sections=tuple(_sections(definition, Vocabulary(definition=definition, others=others))),
    )


def _paragraphs(about: Label | None, language: Language) -> list[str]:
    return lines_of(about.say(language)) if about else []


def _sections(definition: Definition, words: Vocabulary) -> Iterator[Section]:
    yield Section(heading=sentence("How it starts"), items=tuple(starting(words)))
    if definition.round is not None:
        yield Section(heading=sentence("The round"), items=tuple(round_rules(definition.round, words)))
    yield _form(definition, words)
    yield Section(heading=sentence("Numbers that are set"), items=_parameters(definition))
    yield Section(heading=sentence("Step by step"), sections=steps(words))
    yield Section(heading=sentence("How it ends"), items=tuple(ends(words)))
    yield Section(heading=sentence("At any time"), items=tuple(anytime(words)))
    yield Section(heading=sentence("Who may not act"), items=tuple(recusal(words)))
    yield Section(heading=sentence("About those who act"), items=tuple(notes(words)))
    yield Section(heading=sentence("Operations that are limited"), items=tuple(operations(words)))


def _parameters(definition: Definition) -> tuple[Item, ...]:
    in_round = definition.round.fields if definition.round else {}
    return (*parameters(definition.fields), *parameters(in_round))


def _form(definition: Definition, words: Vocabulary) -> Section:
    first, headed = grouped(definition.fields, words)
    rules = tuple(checks(definition.checks, words))
    checked = (Section(heading=sentence("Checked when it is handed in"), items=rules),) if rules else ()
    return Section(heading=sentence("What is filled in"), items=first, sections=(*headed, *checked))
