"""The lists of this app whose looks can be kept under names."""

from django.utils.translation import gettext_lazy as _

from workspaces.kept_lists import KeptList

IMPORTS = KeptList("imports", "jobs:import_list", _("All imports"))
