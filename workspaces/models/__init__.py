"""Who: tenants, people, keys, and the trail of what they did."""

from workspaces.models.activity import Activity
from workspaces.models.api_key import ApiKey
from workspaces.models.erasure import Erasure
from workspaces.models.idempotency import IdempotencyKey
from workspaces.models.invitation import Invitation
from workspaces.models.membership import Membership, Team
from workspaces.models.metric_settings import ChurnTiming, MetricSettings
from workspaces.models.notification import Notification, NotificationChoice, Way
from workspaces.models.saved_view import DefaultView, SavedView
from workspaces.models.user import User
from workspaces.models.workspace import Workspace

__all__ = [
    "Activity",
    "ApiKey",
    "ChurnTiming",
    "DefaultView",
    "Erasure",
    "IdempotencyKey",
    "Invitation",
    "Membership",
    "MetricSettings",
    "Notification",
    "NotificationChoice",
    "SavedView",
    "Team",
    "User",
    "Way",
    "Workspace",
]
