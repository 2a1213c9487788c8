"""Sentences for people, in Chinese and English, from the gettext catalogues."""

import gettext
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
_CATALOGUES = Path(__file__).with_name("translations")


@dataclass(frozen=True, slots=True)
class Label:
    """What people read instead of a name, in both languages."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the catalogues with its facts: made where something happens, said where someone reads."""

    template: str
    facts: Mapping[str, object]

    def say(self, language: Language) -> str:
        return say(self.template, language, **self.facts)


Sayable = str | Label | Sentence


def say(template: str, language: Language, **facts: object) -> str:
    """The sentence of a template `like {this}`; a label among the facts is said in the same language."""
    return (
        _catalogue(language).gettext(template).format_map({name: _said(fact, language) for name, fact in facts.items()})
    )


def sentence(template: str, **facts: object) -> Sentence:
    """Marks `template` for the catalogues and keeps its facts for whoever will read it."""
    return Sentence(template, facts)


def as_language(word: str | None) -> Language:
    """The language for a tag such as `en-GB` or `zh_CN.UTF-8`: English where it says so, else Chinese."""
    tag = (word or "").lower()
    return "en" if tag == "c" or tag.startswith(("en", "c.", "posix")) else "zh"


def listed(parts: Iterable[str], language: Language) -> str:
    """One after another, as the language separates them."""
    return ("、" if language == "zh" else ", ").join(parts)


def _said(fact: object, language: Language) -> object:
    match fact:
        case Label() | Sentence():
            return fact.say(language)
        case list() | tuple():
            return listed((str(_said(part, language)) for part in fact), language)
        case _:
            return fact


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation("workflow", _CATALOGUES, [language], fallback=True)
