"""The child process: `python -m safeshare.cleaning BYTES SECONDS`."""

import sys

from safeshare.cleaning.child import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
