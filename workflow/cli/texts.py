"""The texts of a definition's folder, as a version keeps them."""

from pathlib import Path

from workflow.cases.versions import Texts
from workflow.cli.authoring import texts_of


def read_texts(file: Path) -> Texts:
    definition, stories, beside = texts_of(file)
    return Texts(definition=definition, stories=stories, texts=beside)
