"""modelscan: unsafe where its command line exits with 1, unknown where with 2 or 3."""

from common import SAFE, UNKNOWN, UNSAFE, drive
from modelscan.modelscan import ModelScan


def scan(folder: str) -> str:
    scanner = ModelScan()
    result = scanner.scan(folder)
    if result["summary"]["total_issues"]:
        return UNSAFE
    if result["errors"] or not result["summary"]["scanned"]["total_scanned"]:
        return UNKNOWN
    return SAFE


drive(scan)
