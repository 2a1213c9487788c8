"""Guards and computed values: CEL, checked against the fields when the file is read, evaluated by the library.

`syntax` reads the text into a tree, `kinds` checks the tree, `evaluation` runs it.
"""

from workflow.definition.expression.evaluation import (
    Expression,
    ExpressionFailed,
    Values,
    both,
    compile_expression,
)
from workflow.definition.expression.kinds import (
    ANY,
    MOMENT,
    NULL,
    NUMBER,
    TEXT,
    TRUTH,
    ExpressionWrong,
    Kind,
    Names,
    choice_of,
    list_of,
    map_of,
    record_of,
)

__all__ = [
    "ANY",
    "MOMENT",
    "NULL",
    "NUMBER",
    "TEXT",
    "TRUTH",
    "Expression",
    "ExpressionFailed",
    "ExpressionWrong",
    "Kind",
    "Names",
    "Values",
    "both",
    "choice_of",
    "compile_expression",
    "list_of",
    "map_of",
    "record_of",
]
