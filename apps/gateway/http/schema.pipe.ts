import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';

import { ProblemError } from './problem.js';

/** Checks bodies and queries against the schema given with `@Body({ schema })`; a missing body is an empty one. */
@Injectable()
export class SchemaPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({
      exceptionFactory: (issues) =>
        invalidFields(
          issues.map(({ path = [], message }) => ({
            field: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
            message,
          })),
        ),
    });
  }

  override transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    return super.transform(metadata.type === 'body' ? ((value ?? {}) as T) : value, metadata);
  }
}

export function invalidFields(errors: readonly { field: string; message: string }[]): ProblemError {
  // One fault per field is enough to mend it.
  const each = [...new Map(errors.toReversed().map((error) => [error.field, error])).values()].toReversed();
  const [first] = each;
  const detail = first
    ? `${first.field === '' ? 'The body' : first.field}: ${first.message}. Nothing was done.`
    : '';
  return new ProblemError(422, 'The request is not usable', detail, { errors: each.slice(0, 20) });
}
