"""`python -m safeshare`, which is what `bin/safeshare` runs."""

from safeshare.cli import main

if __name__ == "__main__":
    main()
