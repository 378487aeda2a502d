"""The lists of this app whose looks can be kept under names."""

from django.utils.translation import gettext_lazy as _

from workspaces.kept_lists import KeptList

MOVEMENTS = KeptList("movements", "metrics:movement_list", _("All movements"))
RENEWALS = KeptList("renewals", "metrics:renewal_list", _("All renewals"))
