"""Rounds: their life, and the sittings in which their cases are decided together.

`step` is the round's own step, `sitting` one sitting's work, `ranking` and `allocation` the sums, `settling` what follows for
each case.
"""
