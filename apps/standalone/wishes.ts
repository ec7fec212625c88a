/** npm passes on a Ctrl-C that the terminal has sent to us as well: that is one wish, not two. */
const ONE_WISH = 800;

/** What a person at the terminal (or the system) asks for: `stop` first, `hurry` when asked once more. */
export interface Wishes {
  readonly stop: Promise<'stop'>;
  readonly hurry: Promise<'hurry'>;
}

export function wishes(now: () => number = Date.now): Wishes {
  let asked = Number.NaN;
  const stop = deferred<'stop'>();
  const hurry = deferred<'hurry'>();
  const hear = () => {
    if (Number.isNaN(asked)) {
      asked = now();
      stop.resolve('stop');
    } else if (now() - asked > ONE_WISH) hurry.resolve('hurry');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
  return { stop: stop.promise, hurry: hurry.promise };
}

/** `Promise.withResolvers`, which Node 20 does not have. */
export function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: Error) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((whenDone, whenFailed) => {
    resolve = whenDone;
    reject = whenFailed;
  });
  return { promise, resolve, reject };
}
