"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "b2bops.settings")
application = get_wsgi_application()

# Apps have to be loaded first.
from b2bops.serving import get_ready  # noqa: E402

get_ready()
