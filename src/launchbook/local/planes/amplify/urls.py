"""Amplify's routes: all lead to one dispatcher, which knows them from botocore's model."""

from __future__ import annotations

from launchbook.local.planes.amplify.responses import AmplifyResponse

url_bases = [r"https?://amplify\.(.+)\.amazonaws\.com"]
url_paths = {
    "{0}/apps$": AmplifyResponse.dispatch,
    "{0}/apps/(?P<path>.+)$": AmplifyResponse.dispatch,
    "{0}/tags/(?P<arn>.+)$": AmplifyResponse.dispatch,
}
