"""The tables of intake: what came in and what became of it, and the sources that it came from."""

from accord.server.intake.models.arrivals import Arrival
from accord.server.intake.models.sources import Source
from accord.server.intake.models.uploads import Mapping, Upload

__all__ = ["Arrival", "Mapping", "Source", "Upload"]
