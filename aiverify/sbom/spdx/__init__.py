"""The bill of materials as SPDX 3.0.1, with the AI and Dataset profiles."""
