"""Claims about a definition, decided by exhaustive exploration when the file is read.

A refuted one comes with its shortest counterexample, as moves and as a story that can be pasted into `stories.yaml`.
"""

from workflow.definition.proving.verdicts import Verdict, look_at_claims, prove

__all__ = ["Verdict", "look_at_claims", "prove"]
