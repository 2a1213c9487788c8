"""How much of a definition its claims and stories look at: one rule after the other is changed, and somebody should notice.

`rules` finds what can be changed, `changing` makes the changed document, `expressions` changes conditions; `catching` tries
claims and stories on each.
"""

from workflow.engine.mutating.catching import Outcome, mutate
from workflow.engine.mutating.changing import Mutation

__all__ = ["Mutation", "Outcome", "mutate"]
