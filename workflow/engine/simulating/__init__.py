"""What would become of a case, tried in the world of the first story: nothing here needs a database.

`beginning` puts a case into a state; `waiting` lets the clock go on while nobody acts; `forecast` lets people act as they
often do (`habits`, by the `chance` of a seed), many times over, and counts how long it takes.
"""

from workflow.engine.simulating.beginning import Stage, stage_of
from workflow.engine.simulating.forecast import Forecast, Spread, forecast
from workflow.engine.simulating.waiting import Happening, Wait, if_nobody_acts

__all__ = ["Forecast", "Happening", "Spread", "Stage", "Wait", "forecast", "if_nobody_acts", "stage_of"]
