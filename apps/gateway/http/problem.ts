import { type Problem } from '#libs/api';

/** An answer that is no success, as RFC 9457 has it. Thrown anywhere, written by the one exception filter. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(
    readonly status: number,
    /** What happened. */
    readonly title: string,
    /** What was not done, and what to do. */
    readonly detail: string,
    readonly more: {
      readonly errors?: Problem['errors'];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(`${title}: ${detail}`);
  }
}

export const notFound = (what: string, id: string) =>
  new ProblemError(404, `No such ${what}`, `There is no ${what} with the id "${id}".`);

export const gone = (what: string, id: string) =>
  new ProblemError(
    410,
    `The ${what} was deleted`,
    `The ${what} "${id}" was deleted and takes nothing any more.`,
  );

export const invalid = (field: string, message: string) =>
  new ProblemError(422, 'The request is not usable', `${field}: ${message}. Nothing was done.`, {
    errors: [{ field, message }],
  });

export const unavailable = (detail: string, seconds = 2) =>
  new ProblemError(503, 'Not available right now', detail, { headers: { 'retry-after': String(seconds) } });
