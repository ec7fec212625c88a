/** The closed list of reasons for which a record is not read, as people would say it. */
const words: Readonly<Record<string, string>> = {
  json: 'The text is broken: it is no complete JSON',
  encoding: 'The bytes are no valid text',
  too_large: 'The record is too large',
  not_a_post: 'There is something else where a post should be',
  unknown_format: 'Nobody knows this format',
  shape: 'A field has another shape than it should',
  identity: 'The post says another id than the record it came in',
  origin: 'Real and simulated posts do not mix',
};

export const reasonWords = (reason: string): string => words[reason] ?? reason.replaceAll('_', ' ');
