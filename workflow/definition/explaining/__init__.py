"""The procedure in plain Chinese or English, for someone who has never seen the file: `explain`.

`guide` is the table of contents; each file beside it puts one part of a definition in words. `vocabulary` knows what
names are called, `rights` makes the tables of who may do what, `expressions` and `moments` put guards and time terms in words.
"""

from workflow.definition.explaining.expressions import condition
from workflow.definition.explaining.guide import explain, guide
from workflow.definition.explaining.page import Item, Section, begun
from workflow.definition.explaining.people import who
from workflow.definition.explaining.phrases import unmarked
from workflow.definition.explaining.rights import explain_rights
from workflow.definition.explaining.vocabulary import Vocabulary

__all__ = [
    "Item",
    "Section",
    "Vocabulary",
    "begun",
    "condition",
    "explain",
    "explain_rights",
    "guide",
    "unmarked",
    "who",
]
