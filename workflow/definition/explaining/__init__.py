"""The procedure in plain Chinese or English, for someone who has never seen the file: `explain`.

`guide` is the table of contents; each file beside it puts one part of a definition in words. `vocabulary` knows what
names are called, `rights` makes the tables of who may do what, `expressions` and `moments` put guards and time terms in words.
"""

from workflow.definition.explaining.claims import claim_in_words
from workflow.definition.explaining.comparing import Difference, differences
from workflow.definition.explaining.expressions import condition
from workflow.definition.explaining.guide import explain, guide
from workflow.definition.explaining.page import Item, Section, begun
from workflow.definition.explaining.people import who
from workflow.definition.explaining.phrases import unmarked
from workflow.definition.explaining.rights import RightsTable, explain_rights, rights_tables
from workflow.definition.explaining.vocabulary import Vocabulary

__all__ = [
    "Difference",
    "Item",
    "RightsTable",
    "Section",
    "Vocabulary",
    "begun",
    "claim_in_words",
    "condition",
    "differences",
    "explain",
    "explain_rights",
    "guide",
    "rights_tables",
    "unmarked",
    "who",
]
