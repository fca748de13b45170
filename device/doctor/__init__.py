"""Everything that can be wrong with a board, each with its mend, before anything is loaded."""

from pipit.device.doctor.case import Case, Finding
from pipit.device.doctor.examination import as_json, examine, render, settings_or_defaults, worst

__all__ = ["Case", "Finding", "as_json", "examine", "render", "settings_or_defaults", "worst"]
