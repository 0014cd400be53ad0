"""`python -m slrdoctor`, and the console script: first of all the path, then what is found on it."""

from slrdoctor.python_path import leave_the_current_folder

leave_the_current_folder()

from slrdoctor.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
