/** The launcher cannot go on. The message is for a person: what is wrong, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The system's own code of a failed call (`ENOENT` …), null for any other error. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
