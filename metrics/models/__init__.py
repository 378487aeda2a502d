"""What is true: figures computed from facts by the closing of days, and written by nothing else."""

from metrics.models.account_day import AccountDay, MovementKind
from metrics.models.annotation import Annotation
from metrics.models.closing import Closing, ClosingFailure, ClosingState
from metrics.models.dashboard import Dashboard, StartPage
from metrics.models.digest import DigestSubscription
from metrics.models.goal import Goal
from metrics.models.line_span import LineSpan
from metrics.models.movement import Movement
from metrics.models.period_figures import Interval, PeriodFigures
from metrics.models.published_figures import PublishedFigures
from metrics.models.restatement import Reason, Restatement, RestatementBatch, RestatementFact
from metrics.models.shared_link import SharedLink, SharedPage
from metrics.models.term_end import RENEWED, UNSETTLED, Outcome, Standing, TermEnd

__all__ = [
    "RENEWED",
    "UNSETTLED",
    "AccountDay",
    "Annotation",
    "Closing",
    "ClosingFailure",
    "ClosingState",
    "Dashboard",
    "DigestSubscription",
    "Goal",
    "Interval",
    "LineSpan",
    "Movement",
    "MovementKind",
    "Outcome",
    "PeriodFigures",
    "PublishedFigures",
    "Reason",
    "Restatement",
    "RestatementBatch",
    "RestatementFact",
    "SharedLink",
    "SharedPage",
    "Standing",
    "StartPage",
    "TermEnd",
]
