"""Saying how far people are with a renewal."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.changes import record_changes
from accounts.models import Contract, RenewalStage
from accounts.models.renewal_stage import Stage
from workspaces import roles
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.batch import Conflict

# Terms of a month for a century.
LAST_NUMBER = 1_200


@transaction.atomic
def move_renewal(
    *, workspace, contract_id, number: int, stage: str, by: Actor, was: str | None = None
) -> tuple[Stage, Stage]:
    """Put the renewal of a contract, at the end of its term that `number` counts, at a stage: (before, after).

    was: the stage at which it must still be, for taking a move back. Raises Contract.DoesNotExist, ValueError for a stage
    that there is not, and Conflict when it was moved since.
    """
    by.require(roles.EDIT_FACTS)
    after = Stage(stage)
    if not 0 <= number <= LAST_NUMBER:
        raise Contract.DoesNotExist
    # The contract is locked rather than the stage, which may have no row yet.
    contract = Contract.objects.standing().select_for_update().get(workspace=workspace, pk=contract_id)
    known = RenewalStage.objects.filter(workspace=workspace, contract=contract, number=number).first()
    before = Stage(known.stage) if known is not None else Stage.NOT_STARTED
    if was is not None and before != was:
        raise Conflict({"row": [_("It was moved since and stays.")]})
    if before == after:
        return before, after
    moved = known or RenewalStage(workspace=workspace, contract=contract, number=number)
    moved.stage, moved.moved_at, moved.moved_by = after, Now(), by.label[:200]
    moved.save()
    change = Change(
        "renewal_moved",
        "contract",
        contract.pk,
        contract.called,
        {"renewal_stage": str(before)},
        {"renewal_stage": str(after)},
    )
    record_changes(workspace=workspace, by=by, changes=[change])
    return before, after
