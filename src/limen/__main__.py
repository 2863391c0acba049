"""`python -m limen` is the program `limen`."""

from limen.cli import main

if __name__ == "__main__":
    main()
