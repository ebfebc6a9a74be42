"""Helm charts: templates rendered as far as the chart's own values decide them, with the line of each line kept."""
