"""`python -m slrdoctor`."""

from slrdoctor.cli import main

if __name__ == "__main__":
    main()
