/** Time, passed in. All in milliseconds. */
export interface Clock {
  now(): number;
  /** Runs an action once, later. Returns how to call it off. Does not keep the process alive. */
  after(delay: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, action) {
    const timer = setTimeout(action, delay).unref();
    return () => clearTimeout(timer);
  },
};
