"""What every voiding asks for: a reason, because the trail keeps it."""

from django.contrib import messages
from django.utils.translation import gettext as _


def reason_given(request) -> str:
    """The reason typed into the dialog; "" after saying that one is needed."""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if not reason:
        messages.error(request, _("Give a reason; the trail keeps it."))
    return reason
