"""The profile: `aiverify.yaml`, one file for the command line, CI and the cluster."""

from __future__ import annotations

from aiverify.verify.profile.read import API_VERSION as API_VERSION
from aiverify.verify.profile.read import OBJECT_VERSION as OBJECT_VERSION
from aiverify.verify.profile.read import Profile as Profile
from aiverify.verify.profile.read import read_profile as read_profile
from aiverify.verify.profile.read import read_profile_object as read_profile_object
