// `node .ci/with-system.mjs COMMAND…`: runs a command while the whole system serves at BASE_URL, without the demo.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'murmuration-system-'));
// As root, Postgres runs as another user, who has to be able to enter.
chmodSync(folder, 0o711);
const settings = { MURMUR_DATA: join(folder, 'data'), GATEWAY_PORT: '0', MURMUR_DEMO: 'off' };
const system = spawn(process.execPath, ['dist/apps/standalone/main.js'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, ...settings },
});
const url = await new Promise((resolve, reject) => {
  let printed = '';
  system.stdout.on('data', (chunk) => {
    printed += chunk;
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
    if (found) resolve(found[0]);
  });
  system.once('exit', (code) => reject(new Error(`the system ended with ${code}: ${printed}`)));
});
const [, , command, ...args] = process.argv;
const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, BASE_URL: url } });
const code = await new Promise((resolve) => child.once('exit', (ended) => resolve(ended ?? 1)));
const ended = new Promise((resolve) => system.once('exit', resolve));
system.kill('SIGTERM');
await ended;
rmSync(folder, { recursive: true, force: true });
process.exit(code);
