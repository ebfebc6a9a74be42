import { statSync } from 'node:fs';

// The worker touches the file before each receive; a job may take PROCESSING_TIMEOUT_SECONDS.
const limit = (Number(process.env.PROCESSING_TIMEOUT_SECONDS ?? 900) + 60) * 1000;
process.exit(Date.now() - statSync('/tmp/heartbeat').mtimeMs < limit ? 0 : 1);
