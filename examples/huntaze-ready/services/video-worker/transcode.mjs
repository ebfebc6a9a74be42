import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs ffmpeg on one job; it is stopped after `timeout` seconds. */
export async function transcode(job, bucket, timeout) {
  const child = spawn('ffmpeg', ['-i', `s3://${bucket}/${job.key}`, `s3://${bucket}/out/${job.key}.mp4`], {
    timeout: timeout * 1000,
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
}
