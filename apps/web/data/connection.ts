import { signal } from '@preact/signals';

/** When the page lost its server, null while it has it. */
export const lostAt = signal<Date | null>(null);

/** When the newest answer came, for "as of". */
export const answeredAt = signal<Date | null>(null);

/** Raised to make every resource ask again at once. */
export const knock = signal(0);

export function answered(): void {
  answeredAt.value = new Date();
  if (lostAt.value === null) return;
  lostAt.value = null;
  knock.value += 1; // what was missed meanwhile is fetched now, not at its next turn
}

export function unanswered(): void {
  lostAt.value ??= answeredAt.value ?? new Date();
}

export function knockNow(): void {
  knock.value += 1;
}
