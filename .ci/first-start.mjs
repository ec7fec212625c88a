// What a newcomer sees: `npm start` in a fresh clone, numbers that move within ten seconds, a clean end on Ctrl-C, the data
// still there at the second start.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

function start() {
  const npm = spawn('npm', ['start'], { stdio: ['ignore', 'pipe', 'inherit'], env: process.env });
  let printed = '';
  const ready = new Promise((resolve, reject) => {
    npm.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      printed += chunk;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
      if (url && /stop/i.test(printed)) resolve(url);
    });
    npm.once('exit', (code) => reject(new Error(`npm start ended with ${code} before it was ready`)));
  });
  const stop = async () => {
    const ended = new Promise((resolve) => npm.once('exit', (code, signal) => resolve(code ?? signal)));
    npm.kill('SIGINT');
    const code = await ended;
    if (code !== 0 && code !== 130 && code !== 'SIGINT')
      throw new Error(`npm start ended with ${code} on Ctrl-C`);
  };
  return { ready, stop };
}

async function posts(url) {
  const answer = await fetch(`${url}/api/v1/collections`);
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  const { items } = await answer.json();
  return items.reduce((sum, { totals }) => sum + totals.posts, 0);
}

async function within(ms, what, ask) {
  const end = Date.now() + ms;
  for (;;) {
    if (await ask()) return;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await delay(100);
  }
}

const first = start();
const url = await first.ready;
const page = await (await fetch(url)).text();
if (!page.includes('<title>Murmuration')) throw new Error('the page is not served');
let seen = 0;
await within(10_000, 'the first numbers', async () => (seen = await posts(url)) > 0);
await within(10_000, 'numbers that move', async () => (await posts(url)) > seen);
seen = await posts(url);
await first.stop();

const second = start();
const again = await second.ready;
await within(10_000, 'the data of the first start', async () => (await posts(again)) >= seen);
await second.stop();
console.log('first start: numbers moved, stopped cleanly, everything was there again');
