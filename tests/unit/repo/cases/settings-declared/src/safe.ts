import { str, envsafe, port } from 'envsafe';
export const env = envsafe({ NODE_ENV: str(), SAFE_URL: str({ default: 'x' }) });
