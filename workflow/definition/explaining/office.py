"""The usual words of offices: roles, levels, places of publication, honours, grades. Any other word says itself."""

from collections.abc import Mapping

from workflow.definition.explaining.phrases import marked
from workflow.text import Sayable, Sentence, sentence

#: Levels of which there is one above everything: this district's leader, not that of any.
SINGLE_LEVELS = frozenset({"district", "city", "province", "federation"})

ROLES: Mapping[str, Sentence] = {
    "union_chair": sentence("union chair"),
    "chair": sentence("chair"),
    "vice_chair": sentence("vice-chair"),
    "reviewer": sentence("reviewer"),
    "officer": sentence("officer"),
    "model_worker_officer": sentence("officer for model workers"),
    "instructor": sentence("instructor"),
    "leader": sentence("leader"),
    "examiner": sentence("examiner of objections"),
    "expert": sentence("expert"),
    "representative": sentence("representative"),
    "administrator": sentence("administrator"),
    "inspector": sentence("inspector"),
    "mediator": sentence("mediator"),
    "lawyer": sentence("lawyer"),
    "accountant": sentence("accountant"),
    "auditor": sentence("auditor"),
    "secretary": sentence("secretary"),
    "member": sentence("member"),
    "employer_representative": sentence("employer's representative"),
}

LEVELS: Mapping[str, Sentence] = {
    "enterprise": sentence("enterprise"),
    "branch": sentence("branch"),
    "township": sentence("township"),
    "district": sentence("district"),
    "city": sentence("city"),
    "province": sentence("province"),
    "federation": sentence("federation"),
    "national": sentence("national"),
    "qualified": sentence("qualified"),
    "advanced": sentence("advanced"),
    "model": sentence("model"),
    "department": sentence("department"),
    "public_security": sentence("public security"),
    "tax": sentence("tax"),
    "health": sentence("health"),
    "human_resources": sentence("human resources"),
    "emergency_management": sentence("emergency management"),
    "ecology": sentence("ecology"),
    "market_regulation": sentence("market regulation"),
    "audit": sentence("audit"),
    "discipline_inspection": sentence("discipline inspection"),
    "organisation_department": sentence("organisation department"),
    "finance": sentence("finance"),
    "labour": sentence("labour administration"),
    "government": sentence("government"),
}

PLACES: Mapping[str, Sentence] = {
    "public": sentence("the public page"),
    "unit": sentence("the unit"),
    "newspaper": sentence("a newspaper"),
    "website": sentence("the website"),
    "board": sentence("the notice board"),
}

THINGS: Mapping[str, Sentence] = {
    "model_worker": sentence("model worker"),
    "craftsman": sentence("craftsman of the era"),
    "worker_pioneer": sentence("worker pioneer"),
    "workers_home": sentence("workers' home"),
    "members_evaluation": sentence("members' evaluation"),
    "weekly_dispatch": sentence("weekly dispatch"),
    "monthly_report": sentence("monthly report"),
    "collective_contract": sentence("collective contract"),
    "innovation_studio": sentence("innovation studio"),
    "exemplar": sentence("exemplar"),
    "certificate": sentence("certificate"),
    "decision": sentence("decision"),
    "approval_form": sentence("approval form"),
    "bonus": sentence("bonus"),
    "plaque": sentence("plaque"),
    "union_funds": sentence("funds of the union"),
    "league_table": sentence("league table"),
    "examination": sentence("physical examination"),
    "study_tour": sentence("study tour"),
    "newspapers": sentence("newspapers"),
    "visit": sentence("festival visit"),
    "hardship_aid": sentence("hardship aid"),
    "condolence": sentence("condolence payment"),
    "no_record": sentence("no record"),
    "deeds": sentence("deeds"),
    "deeds_shown": sentence("deeds shown"),
    "skill": sentence("skill"),
    "innovation": sentence("innovation"),
    "integrity": sentence("integrity"),
    "recognition": sentence("public recognition"),
    "excellent": sentence("excellent"),
    "good": sentence("good"),
    "fair": sentence("fair"),
    "poor": sentence("poor"),
    "competent": sentence("competent"),
    "basic": sentence("basically competent"),
    "unqualified": sentence("not competent"),
    "base": sentence("base part"),
    "merit": sentence("merit part"),
}

#: Columns of the directory that expressions may read.
COLUMNS: Mapping[str, Sentence] = {
    "name": sentence("the name"),
    "level": sentence("the level"),
    "kind": sentence("the kind"),
    "members": sentence("the number of members"),
    "workers": sentence("the number of workers"),
    "age": sentence("the age"),
    "born_on": sentence("the date of birth"),
}

#: What `from` may take of an honour.
OF_HONOURS: Mapping[str, Sentence] = {
    "granted_on": sentence("the date of the grant"),
    "year": sentence("the year of the grant"),
    "amount": sentence("the amount"),
    "level": sentence("the level of the honour"),
}


def usual(word: str, words: Mapping[str, Sentence] = THINGS) -> Sayable:
    """What a word without a label is called."""
    return words.get(word) or marked(word.replace("_", " "))
