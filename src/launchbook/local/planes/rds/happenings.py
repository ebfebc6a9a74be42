"""The events of RDS: their words where moto lacks them, and their numbers."""

from __future__ import annotations

#: Events that moto does not know; the words are RDS's.
EVENTS = {
    "DB_INSTANCE_RESTART": {"Categories": ["availability"], "Message": "DB instance restarted"},
    "DB_INSTANCE_STOP": {"Categories": ["notification"], "Message": "DB instance stopped"},
    "DB_INSTANCE_START": {"Categories": ["notification"], "Message": "DB instance started"},
    "DB_INSTANCE_DELETE": {"Categories": ["deletion"], "Message": "DB instance deleted"},
    "DB_INSTANCE_RECOVERY": {
        "Categories": ["recovery"],
        "Message": "Recovery of the DB instance is complete",
    },
    "DB_INSTANCE_NOTE": {"Categories": ["notification"], "Message": ""},
}
#: RDS's own numbers of events; one without a number stays off EventBridge.
NUMBERS = {
    "DB_INSTANCE_BACKUP_START": 1, "DB_INSTANCE_BACKUP_FINISH": 2, "DB_INSTANCE_DELETE": 3,
    "DB_INSTANCE_CREATE": 5, "DB_INSTANCE_RESTART": 6, "DB_INSTANCE_RESET_MASTER_CREDENTIALS": 16,
    "DB_INSTANCE_RECOVERY": 21, "DB_SNAPSHOT_CREATE_MANUAL_START": 40, "DB_SNAPSHOT_CREATE_MANUAL_FINISH": 42,
    "DB_INSTANCE_STOP": 87, "DB_INSTANCE_START": 88, "DB_SNAPSHOT_CREATE_AUTOMATED_START": 90,
    "DB_SNAPSHOT_CREATE_AUTOMATED_FINISH": 91,
}  # fmt: skip
