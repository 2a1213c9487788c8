"""The standard words of each kind of message."""

from dataclasses import dataclass, replace
from typing import Literal

from workflow.engine.subject import TaskKind
from workflow.messages.content import Content, Kind
from workflow.text import Sentence, sentence

#: Whose message it is; by it the operators of mobile nets know who sends.
SUBJECT = sentence("[Yangguang] {subject}")

Tone = Literal["pine", "sun", "red", "clay", "hold", "plain"]


@dataclass(frozen=True, slots=True)
class Standard:
    """The words of one kind of message: subject line, heading with the name and without, sentence, band and its tone."""

    subject: Sentence
    heading: Sentence
    unnamed: Sentence
    says: Sentence | None
    band: Sentence
    tone: Tone


BY_KIND: dict[Kind, Standard] = {
    "task": Standard(
        sentence("To do: {what}"),
        sentence("{name}, this is waiting for you"),
        sentence("This is waiting for you"),
        sentence('It has come to you at "{state}".'),
        sentence("New task"),
        "sun",
    ),
    "escalation": Standard(
        sentence("Escalated: {what}"),
        sentence("{name}, this has been escalated to you"),
        sentence("This has been escalated to you"),
        sentence('Those who hold it at "{state}" have not acted yet. Whoever acts first, you or they, settles it.'),
        sentence("Escalated"),
        "red",
    ),
    "urged": Standard(
        sentence("Nudge: {what}"),
        sentence("{name}, you have been nudged about this"),
        sentence("You have been nudged about this"),
        sentence('Whoever started it, or acted last, asks you to act at "{state}".'),
        sentence("Nudge"),
        "sun",
    ),
    "delegated": Standard(
        sentence("To confirm: {what}"),
        sentence("{name}, your delegate has answered"),
        sentence("Your delegate has answered"),
        sentence('The answer at "{state}" counts when you have confirmed it.'),
        sentence("To confirm"),
        "sun",
    ),
    "reminder": Standard(
        sentence("Reminder: {what}"),
        sentence("{name}, a reminder"),
        sentence("A reminder"),
        sentence('It waits at "{state}".'),
        sentence("Reminder"),
        "sun",
    ),
    "returned": Standard(
        sentence("Sent back: {what}"),
        sentence("{name}, this was sent back to you"),
        sentence("This was sent back to you"),
        sentence('It was sent back from "{state}".'),
        sentence("Sent back"),
        "clay",
    ),
    "ended": Standard(
        sentence("Ended: {what}, {outcome}"),
        sentence("{name}, this has ended: {outcome}"),
        sentence("This has ended: {outcome}"),
        None,
        sentence("Ended"),
        "pine",
    ),
    "state": Standard(
        sentence("News: {what}, {state}"),
        sentence('{name}, this has reached "{state}"'),
        sentence('This has reached "{state}"'),
        sentence("You need not do anything."),
        sentence("News"),
        "plain",
    ),
    "copied": Standard(
        sentence("Copied to you: {what}"),
        sentence("{name}, this was copied to you"),
        sentence("This was copied to you"),
        sentence("You may read it; you need not do anything."),
        sentence("Copied to you"),
        "plain",
    ),
    "objection": Standard(
        sentence("Your objection has been answered"),
        sentence("Your objection has been answered: {outcome}"),
        sentence("Your objection has been answered: {outcome}"),
        sentence("With your receipt code you can read who examined it, and why."),
        sentence("Objection"),
        "hold",
    ),
    "round": Standard(
        sentence("About {what}"),
        sentence('{name}, news of "{round}"'),
        sentence('News of "{round}"'),
        None,
        sentence("News of the round"),
        "plain",
    ),
    "invitation": Standard(
        sentence("Give yourself a password"),
        sentence("{name}, give yourself a password"),
        sentence("Give yourself a password"),
        sentence("The link works once, for {hours} hours. If you did not ask for it, leave it: nothing changes."),
        sentence("Signing in"),
        "pine",
    ),
    "link": Standard(
        sentence("For you: {what}"),
        sentence("{name}, this is for you"),
        sentence("This is for you"),
        sentence("The link needs no account. Whoever has it can answer in your place: pass it on to nobody."),
        sentence("For you"),
        "sun",
    ),
}

#: What a task asks for, where it is not just to be handled.
ASKS: dict[TaskKind, tuple[Sentence, Sentence, Sentence]] = {
    "ballot": (
        sentence("To vote: {what}"),
        sentence("{name}, your vote is wanted"),
        sentence("Your vote is wanted"),
    ),
    "score": (
        sentence("To mark: {what}"),
        sentence("{name}, your marks are wanted"),
        sentence("Your marks are wanted"),
    ),
    "record": (
        sentence("To enter: {what}"),
        sentence("{name}, the result of a vote is to be entered"),
        sentence("The result of a vote is to be entered"),
    ),
    "objection": (
        sentence("To examine: {what}"),
        sentence("{name}, an objection is to be examined"),
        sentence("An objection is to be examined"),
    ),
    "signer": (
        sentence("To sign: {what}"),
        sentence("{name}, your agreement is asked for"),
        sentence("Your agreement is asked for"),
    ),
}

NEWS: dict[str, tuple[Sentence, Sentence]] = {
    "opened": (sentence("Round opened"), sentence("It has opened.")),
    "announced": (sentence("Round announced"), sentence("It begins soon; its dates are on its page.")),
    "corrected": (sentence("Round changed"), sentence("Its dates or other particulars have changed; see its page.")),
    "over": (sentence("Round over"), sentence("It is over.")),
}


def standard_of(content: Content) -> Standard:
    """By its kind; a task also by what it asks for, news of a round by what they are."""
    found = BY_KIND[content.kind]
    if content.kind == "task" and content.asks in ASKS:
        subject, heading, unnamed = ASKS[content.asks]
        return replace(found, subject=subject, heading=heading, unnamed=unnamed)
    if content.stopped:
        return replace(found, tone="plain")
    if content.kind == "round" and content.news is not None:
        band, says = NEWS[content.news]
        return replace(found, band=band, says=says)
    return found
