"""The templates of mails, and the one style sheet, written into each tag as mail programs want it."""

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from workflow.messages.wording import HAN
from workflow.text import Language

_TEMPLATES = Path(__file__).with_name("templates")


class Laid(Protocol):
    """A frozen value whose fields a template names."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


def rendered(template: str, page: Laid) -> str:
    """HTML with its styles, or plain text."""
    values = {field.name: getattr(page, field.name) for field in fields(page)}
    text = _environment().get_template(template).render(values)
    return _inliner().inline(text) if template.endswith(".html") else text


@cache
def _environment() -> Environment:
    """Only templates of this folder; what they name must be there, and HTML is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["as_written"] = as_written
    return environment


def as_written(text: str, language: Language) -> Markup:
    """Chinese within an English mail says that it is, or its signs are drawn as Japanese ones."""
    if language == "en" and HAN.search(text):
        return Markup('<span lang="zh-CN">{}</span>').format(text)
    return escape(text)


@cache
def _inliner() -> CSSInliner:
    """Nothing is fetched, from the network or the disk."""
    return CSSInliner(extra_css=(_TEMPLATES / "mail.css").read_text(encoding="utf-8"), load_remote_stylesheets=False)
