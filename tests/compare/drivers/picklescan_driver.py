"""picklescan: unsafe where its command line exits with 1, unknown where with 2."""

from common import SAFE, UNKNOWN, UNSAFE, drive
from picklescan.scanner import scan_directory_path


def scan(folder: str) -> str:
    result = scan_directory_path(folder)
    if result.issues_count:
        return UNSAFE
    return UNKNOWN if result.scan_err else SAFE


drive(scan)
