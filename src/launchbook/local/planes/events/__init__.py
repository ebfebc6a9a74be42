"""EventBridge: rules matched, targets delivered to, failures counted."""
