import { env } from 'node:process'; // not from libs/runtime, which loads Nest: a command line has to be quick

import { runCommand } from './program.js';

const terminal = {
  out: process.stdout,
  err: process.stderr,
  interactive: process.stderr.isTTY,
};

// A reader that has had enough (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommand(process.argv.slice(2), { terminal, env });
