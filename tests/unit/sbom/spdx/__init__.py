"""The bill of materials as SPDX."""
