"""The lists of this app whose looks can be kept under names."""

from django.utils.translation import gettext_lazy as _

from workspaces.kept_lists import KeptList

SPEND = KeptList("spend", "leads:spend_list", _("All spend"))
