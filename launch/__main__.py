"""`python -m launch …` is `./run …` for an environment that is already installed: nothing is fetched."""

import sys

from launch.commands import main

sys.exit(main(sys.argv[1:]))
