"""Tests of aiverify.webhook.judging."""
