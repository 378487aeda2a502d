from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class DigestSubscription(LinkedTenantModel):
    """Who gets the weekly digest, and when: a member by mail, or a group robot in its chat. Day and hour are the
    workspace's.

    `sent_for` is the day of the last one that was sent or spoken of, so that a week has one, whoever asks how often.
    """

    DIGEST, NOTICE = "digest", "notice"
    OUTCOMES = [(DIGEST, _("Sent")), (NOTICE, _("Said why there is none"))]
    FIRST_DAY, FIRST_HOUR = 0, 8

    member = TenantKey("workspaces.Membership", models.CASCADE, null=True, related_name="+")
    robot = TenantKey("jobs.Webhook", models.CASCADE, null=True, related_name="+")
    is_on = models.BooleanField(_("weekly digest"), default=True)
    # Monday is 0.
    weekday = models.PositiveSmallIntegerField(_("day"), default=FIRST_DAY, validators=[MaxValueValidator(6)])
    hour = models.PositiveSmallIntegerField(_("hour"), default=FIRST_HOUR, validators=[MaxValueValidator(23)])
    # A robot's; members read their own language. Empty: the workspace's.
    language = models.CharField(max_length=10, blank=True, default="")
    # What would have been due before is not sent.
    since = models.DateTimeField()
    sent_for = models.DateField(null=True)
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True, default="")

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("member", name="metrics_digest_member_fk"),
            TenantForeignKey("robot", name="metrics_digest_robot_fk"),
            models.UniqueConstraint(fields=["workspace", "member"], name="metrics_digest_member_once"),
            models.UniqueConstraint(fields=["workspace", "robot"], name="metrics_digest_robot_once"),
            models.CheckConstraint(
                condition=models.Q(member__isnull=False) | models.Q(robot__isnull=False),
                name="metrics_digest_to_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6) & models.Q(hour__lte=23), name="metrics_digest_when"
            ),
        ]

    def __str__(self):
        return f"digest to {self.member_id or self.robot_id}"
