/** The launcher cannot go on. The message is for a person: what is wrong, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * The system's own code of a failed call (`ENOENT` …), null for any other error. Told by the code, not by the class: a test
 * runner has an `Error` of its own.
 */
export function systemCode(error: unknown): string | null {
  const coded = typeof error === 'object' && error !== null && 'code' in error;
  return coded && typeof error.code === 'string' ? error.code : null;
}
