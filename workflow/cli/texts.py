"""The texts of a definition's folder, as a version keeps them."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow.cli.authoring import texts_of

if TYPE_CHECKING:
    from workflow.cases.versions import Texts


def read_texts(file: Path) -> "Texts":
    from workflow.cases.versions import Texts  # noqa: PLC0415 -- slow import

    definition, stories, beside = texts_of(file)
    return Texts(definition=definition, stories=stories, texts=beside)
