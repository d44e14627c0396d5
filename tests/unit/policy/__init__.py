"""Tests of aiverify.policy."""
