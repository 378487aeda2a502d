"""Where a form leads to when it is done: the page it was sent from, of this server only."""

import re

from django.utils.http import url_has_allowed_host_and_scheme

# Two of them, also the other way round, begin the name of a server.
ONE_SLASH = re.compile(r"/(?![/\\])")


def way_back(data, name: str, default: str) -> str:
    """The path that stands in `data` (of a form or an address) under `name`; `default` for what is none of ours.

    A path and not only a relative address: what has no slash in it is taken for the name of a route by `redirect`.
    """
    wanted = data.get(name, "")
    is_ours = ONE_SLASH.match(wanted) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else default
