import { at, Random, Weighted } from './random.js';

const MINUTE = 60_000;
const MINUTES_A_DAY = 1440;

/** Activity by hour of the day (UTC), seen from the coast where the storm is. */
const day = [
  22, 15, 11, 9, 10, 16, 34, 52, 62, 66, 70, 74, 80, 76, 72, 74, 80, 90, 98, 104, 110, 106, 78, 44,
];

/** The storm over the span: [share of the span, height], straight lines between. */
const storm = [
  [0, 5],
  [0.28, 8],
  [0.42, 24],
  [0.52, 60],
  [0.58, 120],
  [0.63, 50],
  [0.7, 66],
  [0.78, 42],
  [0.88, 22],
  [1, 26],
] as const;

const BURSTS = 9;
const BURST_MINUTES = 45;

/** How many posts are written when: a weight for each minute of a span. */
export class Rhythm {
  readonly #minutes: Weighted;

  /** @param start epoch milliseconds of the first minute. */
  constructor(
    private readonly start: number,
    days: number,
    random: Random,
  ) {
    const minutes = Math.max(1, Math.round(days * MINUTES_A_DAY));
    const weights = Array.from(
      { length: minutes },
      (_, minute) => daily(start + minute * MINUTE) * along(minute / minutes),
    );
    for (let burst = 0; burst < BURSTS; burst += 1) addBurst(weights, random);
    this.#minutes = new Weighted(weights);
  }

  /** The instant (epoch ms) at which a share (0…1) of all posts is written. Ascending in the share. */
  at(share: number): number {
    const value = share * this.#minutes.total;
    const minute = this.#minutes.below(value);
    const from = this.#minutes.before(minute);
    const weight = this.#minutes.before(minute + 1) - from;
    return this.start + Math.floor((minute + (value - from) / weight) * MINUTE);
  }
}

/** Something happens, everybody writes, and an hour later nobody does. */
function addBurst(weights: number[], random: Random): void {
  const first = random.int(weights.length);
  const height = 0.6 + 2.4 * random.next();
  for (let minute = 0; minute < BURST_MINUTES; minute += 1) {
    const left = 1 - minute / BURST_MINUTES;
    const weight = weights[first + minute];
    if (weight !== undefined) weights[first + minute] = weight * (1 + height * left * left);
  }
}

function daily(time: number): number {
  const hours = (time / 3_600_000) % 24;
  const hour = Math.floor(hours);
  return between(at(day, hour), at(day, (hour + 1) % 24), hours - hour);
}

function along(share: number): number {
  const next = Math.max(
    1,
    storm.findIndex(([until]) => until > share),
  );
  const [from, low] = at(storm, next - 1);
  const [to, high] = at(storm, next);
  return between(low, high, (share - from) / (to - from));
}

const between = (low: number, high: number, share: number) => low + (high - low) * share;
