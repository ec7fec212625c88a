import type { Problem } from '#libs/api';

/** A command could not do what was asked. `message` is for a person; the process ends with 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The server refused, and said why. */
export class ApiError extends CommandError {
  override readonly name = 'ApiError';
  constructor(readonly problem: Problem) {
    const fields = (problem.errors ?? []).map(({ field, message }) => `  ${field}: ${message}`);
    super([problem.title, problem.detail, ...fields].filter((line) => line !== '').join('\n'));
  }
}
