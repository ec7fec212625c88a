import { useEffect, useRef, useState } from 'preact/hooks';

import type { Problem } from '#libs/api';

import { ApiError, OfflineError, call, explain } from './client.js';
import { answered, knock, lostAt, unanswered } from './connection.js';

export interface Resource<T> {
  /** The last answer, kept while the next one is on its way and while there is none. */
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly refresh: () => void;
}

export interface Asking<T> {
  /** Milliseconds until it is asked again; null: only when `version` changes. */
  readonly every?: (data: T | undefined) => number | null;
  /** Something that says "this may have changed"; asked again then, though not before `gap` ms have passed. */
  readonly version?: string | undefined;
  readonly gap?: number;
}

/** The newest answers, so that going back shows at once what was there. */
const kept = new Map<string, unknown>();
const KEPT = 120;

function keep(path: string, data: unknown): void {
  kept.delete(path);
  kept.set(path, data);
  const oldest = kept.keys().next();
  if (kept.size > KEPT && oldest.done === false) kept.delete(oldest.value);
}

const RETRY = 2_000;

interface Loop {
  wake: (delay: number) => void;
  stop: () => void;
  lastAt: number;
}

interface Watcher<T> {
  readonly path: string;
  readonly every: () => Asking<T>['every'];
  readonly set: (data: T | undefined, problem: Problem | undefined) => void;
}

/** Asks, waits, asks again; not while the page is hidden. */
function startLoop<T>({ path, every, set }: Watcher<T>): Loop {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  let again = false;

  const next = (data: T | undefined, failed: boolean): void => {
    const wait = failed ? RETRY : every()?.(data);
    if (again) loop.wake(0);
    else if (wait !== null && wait !== undefined) loop.wake(wait);
    again = false;
  };

  async function ask(): Promise<void> {
    busy = true;
    loop.lastAt = Date.now();
    try {
      const data = await call<T>(path, { signal: abort.signal });
      busy = false;
      answered();
      keep(path, data);
      set(data, undefined);
      next(data, false);
    } catch (error) {
      busy = false;
      if (abort.signal.aborted) return;
      if (error instanceof OfflineError) unanswered();
      else answered();
      set(undefined, error instanceof OfflineError ? undefined : explain(error));
      next(undefined, !(error instanceof ApiError) || error.problem.status >= 500);
    }
  }

  const loop: Loop = {
    lastAt: 0,
    wake(delay) {
      clearTimeout(timer);
      if (busy) again = true;
      else timer = setTimeout(() => (document.hidden ? undefined : void ask()), delay);
    },
    stop() {
      clearTimeout(timer);
      abort.abort();
    },
  };
  return loop;
}

/** A GET that keeps itself fresh. With `path` null it asks nothing. */
export function useResource<T>(path: string | null, asking: Asking<T> = {}): Resource<T> {
  const [state, setState] = useState<{
    path: string | null;
    data: T | undefined;
    problem: Problem | undefined;
  }>(() => ({
    path,
    data: path === null ? undefined : (kept.get(path) as T | undefined),
    problem: undefined,
  }));
  const latest = useRef(asking);
  latest.current = asking;
  const loop = useRef<Loop | null>(null);

  useEffect(() => {
    if (path === null) return undefined;
    const running = startLoop<T>({
      path,
      every: () => latest.current.every,
      set: (data, problem) =>
        setState((old) => ({
          path,
          data: data === undefined && old.path === path ? old.data : data,
          problem: problem ?? (data === undefined && lostAt.value !== null ? old.problem : undefined),
        })),
    });
    loop.current = running;
    running.wake(0);
    const visible = (): void => (document.hidden ? undefined : running.wake(0));
    document.addEventListener('visibilitychange', visible);
    let first = true;
    const unsubscribe = knock.subscribe(() => (first ? undefined : running.wake(0)));
    first = false;
    return () => {
      document.removeEventListener('visibilitychange', visible);
      unsubscribe();
      running.stop();
      loop.current = null;
    };
  }, [path]);

  useEffect(() => {
    const running = loop.current;
    if (running === null || running.lastAt === 0) return;
    running.wake(Math.max(0, running.lastAt + (asking.gap ?? 0) - Date.now()));
  }, [asking.version]);

  const current = state.path === path;
  return {
    data: current ? state.data : path === null ? undefined : (kept.get(path) as T | undefined),
    problem: current ? state.problem : undefined,
    refresh: () => loop.current?.wake(0),
  };
}
