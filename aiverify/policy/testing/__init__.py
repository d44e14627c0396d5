"""Tests of policies: rules named `test_...`, as OPA and conftest have them."""
