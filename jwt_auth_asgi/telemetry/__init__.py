"""Telemetry: spans and counters of what the edge does, where OpenTelemetry or Prometheus is at work."""
