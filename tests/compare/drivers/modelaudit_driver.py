"""modelaudit: unsafe where its command line exits with 1, unknown where with 2."""

import logging

from common import SAFE, UNKNOWN, UNSAFE, drive
from modelaudit.core import determine_exit_code, scan_model_directory_or_file

logging.disable(logging.CRITICAL)


def scan(folder: str) -> str:
    code = determine_exit_code(scan_model_directory_or_file(folder, cache_enabled=False))
    return {0: SAFE, 1: UNSAFE}.get(code, UNKNOWN)


drive(scan)
