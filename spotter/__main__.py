"""`python -m spotter`."""

from spotter.cli import main

if __name__ == "__main__":
    main()
