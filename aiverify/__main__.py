"""`python -m aiverify`."""

from aiverify.cli.main import main

main()
