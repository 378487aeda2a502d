"""What acme tells the outside by: a system and a group robot, for the walk over all routes."""

from jobs.webhooks.actions import create_webhook
from jobs.webhooks.robot_actions import create_robot
from tests.cast import AT
from tests.route_cases import CANARY


def make_webhook(who: dict):
    """A system of acme's that is told everything. Its deliveries are asked for by its own id, so that none is found."""
    row = {"url": f"https://{CANARY}.example.com/{CANARY}", "description": CANARY, "events": ["*"]}
    return create_webhook(row=row, at=AT, **who).pk


def make_robot(who: dict):
    """A group robot of acme's."""
    url = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={CANARY}"
    return create_robot(vendor="wecom", url=url, secret="", description=CANARY, at=AT, **who).pk
