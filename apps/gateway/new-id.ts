import { randomInt } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** An id of a collection, job, request or rebuild: 12 characters of a–z and 0–9. */
export const newId = (): string => Array.from({ length: 12 }, () => ALPHABET[randomInt(36)]).join('');
