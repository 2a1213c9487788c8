"""`/verify`: whether a certificate is genuine and its honour holds, for whoever has it in his hands."""

from datetime import date
from typing import Any, Final

from flask import Response, redirect, request, url_for

from workflow.api.asking import context_for, office
from workflow.api.honours import registered, why_unknown
from workflow.engine.context import PUBLIC_ACTOR
from workflow.errors import said
from workflow.records.codes import grouped
from workflow.text import Label, Language, Sentence, say, sentence
from workflow.web.codes import code_for
from workflow.web.looking import wording_of
from workflow.web.pages import kept_page, page, pages, reader

blueprint = pages("verifying", __name__)

_LONGEST = 64
_SAYS: Final = {
    "valid": sentence("The certificate is in the register, and the honour holds."),
    "suspended": sentence("The certificate is in the register, but the honour is suspended since {since}."),
    "withdrawn": sentence("The certificate is in the register, but the honour was withdrawn on {since}."),
    "expired": sentence("The certificate is in the register, but the honour held until {since} only."),
}
_HEADINGS: Final = {
    "valid": sentence("Genuine, and the honour holds"),
    "suspended": sentence("The honour is suspended"),
    "withdrawn": sentence("The honour was withdrawn"),
    "expired": sentence("The honour has run out"),
}
_BY: Final = {
    "suspended": sentence("Suspended by"),
    "withdrawn": sentence("Withdrawn by"),
}


@blueprint.get("/verify")
def ask() -> Any:
    """By a form without a script; a number that was typed leads to its page."""
    typed = request.args.get("code", "").strip()[:_LONGEST]
    if not grouped(typed):
        return kept_page("verify.html", here="verify", typed="", found=None, problem=None)
    return redirect(url_for("page_verifying.verify", code=grouped(typed), language=request.args.get("language")))


@blueprint.get("/verify/<code>")
def verify(code: str) -> Response:
    """The answer first, then what to compare; of a number that is none only what was likely mistyped."""
    speaks = reader()
    typed = grouped(code[:_LONGEST])
    found = registered(code[:_LONGEST])
    if found is None:
        problem = said(why_unknown(code[:_LONGEST]), speaks)
        return page("verify.html", 404, here="verify", typed=typed, found=None, problem=problem)
    shown = {
        "state": found["state"],
        "answer": say(_SAYS[found["state"]].template, speaks, since=_day(found["state_since"], speaks) or "–"),
        "heading": _HEADINGS[found["state"]].say(speaks),
        "facts": [(name.say(speaks), value) for name, value in _facts(found, speaks) if value],
    }
    with office().database.read() as connection:
        now = office().database.now(connection)
        checked = wording_of(context_for(connection, actor=PUBLIC_ACTOR), speaks).moment(now)
    drawn = code_for(url_for("page_verifying.verify", code=found["code"]))
    return page("verify.html", here="verify", typed=typed, found=shown, problem=None, checked=checked, code=drawn)


def _facts(found: dict[str, Any], speaks: Language) -> list[tuple[Sentence, str | None]]:
    """What stands on the certificate, in its order."""
    decision = found["decision"]
    unit = found["unit"]["name"] if found["unit"] else None
    facts = [
        (sentence("Name"), found["name"]),
        (sentence("Unit"), unit if unit != found["name"] else None),
        (sentence("Honour"), found["honour_label"][speaks]),
        (sentence("Level"), found["level_label"][speaks] if found["level_label"] else None),
        (sentence("Granted on"), _day(found["granted_on"], speaks)),
        (sentence("Holds until"), _day(found["valid_until"], speaks)),
        (sentence("Number"), found["code"]),
    ]
    if decision:
        words = (decision["title"][speaks], decision["number"])
        facts.append((_BY[found["state"]], " ".join(word for word in words if word)))
    if found["suspended_until"]:
        facts.append((sentence("Suspended until"), _day(found["suspended_until"], speaks)))
    return facts


def _day(day: str | None, speaks: Language) -> str | None:
    if day is None:
        return None
    known = date.fromisoformat(day)
    return Label(f"{known.year}年{known.month}月{known.day}日", f"{known:%Y-%m-%d}").say(speaks)
