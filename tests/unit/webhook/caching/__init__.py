"""Tests of aiverify.webhook.caching."""
